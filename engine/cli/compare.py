"""`bandsaw compare`: size, cost, speed and memory of networks, beside what was published."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence

from engine.inference.compare import Compared, Published, compare
from engine.model.architectures import PRESET_PREFIX, PRESETS
from engine.model.bundled import bundled_models

_HEADINGS = (
    "model",
    "architecture",
    "stems",
    "M parameters",
    "of stage 1",
    "GMAC/s",
    "of stage 1",
    "s per s",
    "memory",
)


def run(options: argparse.Namespace) -> int:
    """Collect, measure and print.

    Raises:
        EngineError: There is no such model or device.
    """
    known = (*(PRESET_PREFIX + name for name in PRESETS), *bundled_models())
    rounds = 0 if options.counts_only else options.rounds
    rows = compare(options.models or known, options.device, rounds, _tell)
    sys.stdout.write(json.dumps(_values(rows), indent=1) + "\n" if options.json else table(rows))
    return 0


def table(rows: Sequence[Compared]) -> str:
    """The networks in Markdown."""
    lines = ["| " + " | ".join(_HEADINGS) + " |", "|---" * len(_HEADINGS) + "|"]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in rows]
    lines += ["", "In brackets: what was published."]
    measured = next((row.measured for row in rows if row.measured), None)
    if measured:
        lines.append(f"Speed and memory: one stereo segment, random weights for presets, on {measured.device}.")
    return "\n".join(lines) + "\n"


def _cells(row: Compared) -> list[str]:
    info, published = row.info, row.published or Published("")
    staged = info.stages > 1
    memory = row.measured.peak_bytes if row.measured else None
    return [
        info.model,
        info.architecture,
        str(len(info.stems)),
        _beside(info.parameters / 1e6, published.parameters),
        _beside(info.first_stage_parameters / 1e6, published.first_stage_parameters) if staged else "-",
        _beside(info.macs_per_second / 1e9, published.gmacs),
        _beside(info.first_stage_macs_per_second / 1e9, published.first_stage_gmacs) if staged else "-",
        "-" if row.seconds_per_second is None else f"{row.seconds_per_second:.3g}",
        "-" if memory is None else f"{memory / 1e9:.2f} GB",
    ]


def _beside(ours: float, published: float | None) -> str:
    return _number(ours) + ("" if published is None else f" ({_number(published)})")


def _number(value: float) -> str:
    return f"{value:.2f}" if value >= 1 else f"{value:.3g}"


def _values(rows: Sequence[Compared]) -> list[dict[str, object]]:
    return [{**dataclasses.asdict(row), "seconds_per_second": row.seconds_per_second} for row in rows]


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
