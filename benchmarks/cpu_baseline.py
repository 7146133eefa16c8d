"""CPU seconds per audio second of every preset and quality, with and without the settings the engine makes.

Each path runs in a process of its own, because the allocator's settings are a process's: `plain` is the network as
PyTorch comes, `engine` is after `engine.inference.device.prepare_cpu` and with the fastest core. Rounds are interleaved
so that a busy moment of the machine hits both; medians are reported. Run it as
`python benchmarks/cpu_baseline.py [--rounds 3]`; it writes cpu_baseline.json beside itself and prints a table for the
README.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the engine beside us, installed or not

RESULT = Path(__file__).with_suffix(".json")
PRESETS = ("full", "light", "small")
PATHS = ("plain", "engine")


def main() -> None:
    """Measure every preset on both paths, in turns."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", nargs=2, metavar=("PRESET", "PATH"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(measure(*options.measure))
        return
    seconds: dict[tuple[str, str], list[float]] = {(preset, path): [] for preset in PRESETS for path in PATHS}
    for _round in range(options.rounds):
        for (preset, path), values in seconds.items():
            command = [sys.executable, __file__, "--measure", preset, path]
            values.append(float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
            print(f"{preset} {path}: {values[-1]:.2f} s", file=sys.stderr)
    report({key: statistics.median(values) for key, values in seconds.items()}, options.rounds)


def measure(preset: str, path: str) -> float:
    """Seconds for one 3 s stereo segment, after one to warm up."""
    import torch

    from engine.inference.device import prepare_cpu
    from engine.model.backend import prepare
    from engine.model.config import PRESETS as CONFIGS
    from engine.model.separator import Separator

    separator = Separator(CONFIGS[preset]).eval()
    if path == "engine":
        prepare_cpu()
        prepare(separator, torch.device("cpu"))
    mixture = 0.1 * torch.randn(1, 2, 132_300, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        separator(mixture)
        started = time.perf_counter()
        separator(mixture)
    return time.perf_counter() - started


def report(medians: dict[tuple[str, str], float], rounds: int) -> None:
    """Write the JSON file and print the table."""
    import torch

    from engine.inference.stream import HOP_SAMPLES
    from engine.model.separator import SAMPLE_RATE

    hops = {quality: samples / SAMPLE_RATE for quality, samples in HOP_SAMPLES.items()}
    print("| preset | path | s per segment | " + " | ".join(hops) + " |")
    print("|---|---|---|" + "---|" * len(hops))
    rows: list[dict[str, object]] = []
    for (preset, path), segment in medians.items():
        per_second = {quality: round(segment / hop, 3) for quality, hop in hops.items()}
        rows.append({"preset": preset, "path": path, "seconds_per_segment": round(segment, 3), **per_second})
        cells = " | ".join(f"{value:.2f}" for value in per_second.values())
        print(f"| {preset} | {path} | {segment:.2f} | {cells} |")
    machine = {
        "processor": platform.processor() or platform.machine(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "rounds": rounds,
    }
    RESULT.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
