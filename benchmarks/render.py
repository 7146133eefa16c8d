"""How many times faster than real time songs are rendered, on one core, and where the time goes.

Each song is timed in CPU seconds, so that what else runs matters little; caches are shared all the same, hence a median
over songs besides the mean. `dry` is the players alone; `effects` and `mix` come on top. Run it as
`python benchmarks/render.py --assets DIR [--songs 12] [--seconds 60]`; it writes render.json beside itself.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ParamSpec, TypeVar

RESULT = Path(__file__).with_suffix(".json")
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def main() -> None:
    """Measure and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path, required=True, metavar="DIR")
    parser.add_argument("--songs", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    result = measure(options.assets, options.songs, options.seconds)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    for name, value in result.items():
        print(f"{name:28} {value}")


def measure(pack: Path, songs: int, seconds: float) -> dict[str, str | float]:
    """Load the pack both ways and render songs one after the other."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    import numpy as np

    from engine.inference.device import prepare_cpu
    from engine.progress import JobControl
    from engine.training.render import song
    from engine.training.render.assets import decode_banks, load_assets

    prepare_cpu()  # its allocator settings are half of the speed
    stages: dict[str, float] = {"effects": 0.0, "mix": 0.0}
    song.stem_chain = _timed(song.stem_chain, "effects", stages)
    song.master = _timed(song.master, "mix", stages)
    with TemporaryDirectory() as folder:
        decode_banks(pack, Path(folder), JobControl())
        started = time.perf_counter()
        assets = load_assets(pack, Path(folder))
        load_seconds = time.perf_counter() - started
        for seed in range(songs):  # once before, so that all loops are compiled and what is read is in memory
            song.render_song(assets, seed, seconds)
        stages.update(effects=0.0, mix=0.0)
        times: list[float] = []
        for seed in range(songs):
            started = time.process_time()
            song.render_song(assets, seed, seconds)
            times.append(time.process_time() - started)
    total = sum(times)
    return {
        "processor": platform.processor() or platform.machine(),
        "numpy": np.__version__,
        "songs": songs,
        "song_seconds": seconds,
        "times_real_time_mean": round(songs * seconds / total, 1),
        "times_real_time_median": round(seconds / statistics.median(times), 1),
        "times_real_time_dry": round(songs * seconds / (total - sum(stages.values())), 1),
        "share_effects": round(stages["effects"] / total, 2),
        "share_mix": round(stages["mix"] / total, 2),
        "load_wav_copy_seconds": round(load_seconds, 2),
        "banks_mb": round(assets.nbytes / 1e6),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _timed(function: Callable[Arguments, Result], stage: str, stages: dict[str, float]) -> Callable[Arguments, Result]:
    """The same function; its CPU seconds are added to a stage."""

    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        started = time.process_time()
        result = function(*args, **kwargs)
        stages[stage] += time.process_time() - started
        return result

    return run


if __name__ == "__main__":
    main()
