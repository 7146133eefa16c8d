"""Peak memory and time of splitting songs of several lengths: time grows with them, memory does not.

Makes a file of each length, splits it with the command line in its own processes, and samples the memory of all of them
together. Run it as `python benchmarks/long_file.py [--model NAME] [--seconds 10 60 240 1200]`, two hours being 7200;
prints one JSON object for each.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import soundfile

RATE = 44100


def main() -> None:
    """Make the song, split it under watch, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="default")
    parser.add_argument("--seconds", type=int, nargs="+", default=[10, 60, 240, 1200])
    parser.add_argument("--quality", default="fast")
    options = parser.parse_args()
    for seconds in options.seconds:
        print(json.dumps(measure(seconds, options.model, options.quality)), flush=True)


def measure(audio_seconds: int, model: str, quality: str) -> dict[str, Any]:
    """Split a song of this length under watch."""
    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder) / "long.flac"
        write_song(song, audio_seconds)
        out = Path(folder) / "out"
        command = [sys.executable, "-m", "engine", "split", str(song), "--out", str(out), "--model", model]
        command += ["--quality", quality, "--format", "flac", "--json"]
        peak_bytes, seconds, last = watch(command)
        frames = {soundfile.info(stages["2"]).frames for stages in last["files"].values()}
        return {
            "audio_seconds": audio_seconds,
            "seconds": round(seconds, 1),
            "peak_memory_gb": round(peak_bytes / 1e9, 3),
            "device": last.get("device"),
            "quality": quality,
            "stems_of_right_length": frames == {soundfile.info(song).frames},
        }


def write_song(path: Path, seconds: int) -> None:
    """Chords that change every second over noise: never silent, never the same."""
    generator = np.random.default_rng(0)
    time_axis = np.arange(RATE) / RATE
    with soundfile.SoundFile(path, "w", RATE, 2, subtype="PCM_16") as file:
        for _second in range(seconds):
            tones = generator.uniform(50, 5000, (2, 6, 1))
            chord = np.sin(2 * np.pi * tones * time_axis).mean(axis=1)
            file.write((0.3 * chord + 0.02 * generator.standard_normal((2, RATE))).T)


def watch(command: list[str]) -> tuple[int, float, dict[str, Any]]:
    """Run a command; returns the peak memory of it and its children in bytes, its seconds, and its last JSON line."""
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as output:
        process = psutil.Popen(command, stdout=output)
        peak = 0
        while process.poll() is None:
            peak = max(peak, tree_bytes(process))
            time.sleep(0.2)
        output.seek(0)
        lines = output.read().splitlines()
    if process.returncode != 0:
        raise SystemExit(f"the split failed: {lines[-1:]}")
    return peak, time.monotonic() - started, json.loads(lines[-1])


def tree_bytes(process: psutil.Process) -> int:
    """Unique memory of a process and its children."""
    total = 0
    for member in (process, *process.children(recursive=True)):
        try:
            total += member.memory_full_info().uss
        except psutil.Error:
            continue  # it ended between the listing and the look
    return total


if __name__ == "__main__":
    main()
