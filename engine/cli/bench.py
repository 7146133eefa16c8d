"""`bandsaw bench`: how fast models run on this machine."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from engine.cli.work import tell
from engine.inference.bench import BenchResult, BenchRow, bench
from engine.model.architectures import PRESET_PREFIX
from engine.model.catalog import models_here
from engine.model.two_stage import PRESETS
from engine.stems import BENCH_PATHS, QUALITIES


def run(options: argparse.Namespace) -> int:
    """Measure and print.

    Raises:
        EngineError: There is no such model or device.
    """
    known = (*(PRESET_PREFIX + name for name in PRESETS), *models_here())
    result = bench(options.models or known, options.paths or BENCH_PATHS, options.device, options.rounds, tell)
    text = json.dumps(dataclasses.asdict(result), indent=1) + "\n" if options.json else table(result)
    sys.stdout.write(text)
    return 0


def table(result: BenchResult) -> str:
    """The result in Markdown."""
    qualities = " | ".join(QUALITIES)
    lines = [
        f"{result.threads} CPU threads, {result.gflops:.0f} GFLOP/s in float32 products.",
        "",
        f"| model | path | device | s per segment | of s | {qualities} (x real time) | peak memory | of the ceiling |",
        "|---" * (7 + len(QUALITIES)) + "|",
        *(_line(row) for row in result.rows),
    ]
    return "\n".join(lines) + "\n"


def _line(row: BenchRow) -> str:
    speeds = " | ".join(f"{speed:.2f}" for speed in (row.real_time[quality] for quality in QUALITIES))
    memory = "-" if row.peak_bytes is None else f"{row.peak_bytes / 1e9:.2f} GB"
    ceiling = "-" if row.ceiling is None else f"{100 * row.ceiling:.0f} %"
    segment = f"{row.seconds:.2f} | {row.segment_seconds:.0f}"
    return f"| {row.model} | {row.path} | {row.device} | {segment} | {speeds} | {memory} | {ceiling} |"
