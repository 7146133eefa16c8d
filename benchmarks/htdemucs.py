"""Processing time over audio time beside HTDemucs, on this machine's CPU.

HTDemucs is `demucs` from the package registry, installed into a temporary folder for this measurement only, with its
own `apply_model` and its released sizes, but without its weights, which do not change the time. It is measured as
PyTorch comes and with our settings, in turns with our networks. Run it as `python benchmarks/htdemucs.py [--rounds 3]`;
it prints a table.
"""

from __future__ import annotations

import argparse
import importlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # the engine beside us, installed or not

PACKAGES = ("demucs", "openunmix", "julius", "einops", "dora-search", "treetable", "omegaconf", "submitit", "retrying")
SECONDS = 31.2  # four of its segments
OURS = (("preset:small", "fast"), ("preset:light", "balanced"), ("default", "fast"), ("default", "balanced"))


def main() -> None:
    """Install, measure in turns, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(measure("cpu", SECONDS, settings=options.measure == "settings"))
        return
    from engine.inference.bench import bench

    ratios: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, *PACKAGES]
        subprocess.run(install, check=True)
        environment = {**os.environ, "PYTHONPATH": folder}
        for _round in range(options.rounds):
            for settings in ("default", "settings"):
                command = [sys.executable, __file__, "--measure", settings]
                result = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
                ratios.setdefault(f"HTDemucs, {settings}", []).append(float(result.stdout))
            rows = bench(sorted({model for model, _quality in OURS}), ["fast"], "cpu", 1, lambda _line: None).rows
            for row in rows:
                for quality, speed in row.real_time.items():
                    if (row.model, quality) in OURS:
                        ratios.setdefault(f"{row.model} at {quality}", []).append(1 / speed)
    print("| | processing time / audio time |\n|---|---|")
    for name, values in ratios.items():
        print(f"| {name} | {statistics.median(values):.2f} |")


def measure(device: str, seconds: float, *, settings: bool = True) -> float:
    """Processing time over audio time, after a segment to warm up; on a CPU with our settings or without."""
    import torch

    if device == "cpu" and settings:
        from engine.inference.device import prepare_cpu

        prepare_cpu()
    # Not a dependency of the program: main puts it on the path.
    apply_model: Any = importlib.import_module("demucs.apply").apply_model
    network: Any = importlib.import_module("demucs.htdemucs").HTDemucs

    model = network(["drums", "bass", "other", "vocals"], bottom_channels=512, samplerate=44_100, segment=7.8).eval()
    song = 0.1 * torch.randn(1, 2, round(seconds * 44_100), generator=torch.Generator().manual_seed(0))
    apply_model(model, song[..., : 8 * 44_100], device=device)
    started = time.perf_counter()
    apply_model(model, song, device=device)  # whose result comes back, so that nothing is left to wait for
    return (time.perf_counter() - started) / seconds


if __name__ == "__main__":
    main()
