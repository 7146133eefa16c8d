"""Words for what comes out of a song, and for how: stems and stages, qualities, devices and precisions.

A stage is 1 (the masked spectrogram) or 2 (stage 1 plus the residual map). A stem is one output of the network.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

Stage = Literal[1, 2]
Quality = Literal["fast", "balanced", "best"]
DeviceChoice = Literal["auto", "cuda", "mps", "cpu"]
Precision = Literal["auto", "float32", "bfloat16", "int16"]

# The network as PyTorch comes; with the settings of `engine.inference.device.prepare_cpu`; as the program runs it; the
# same with precision `int16`.
BenchPath = Literal["plain", "settings", "fast", "int16"]

STAGES: tuple[Stage, ...] = get_args(Stage)
# As the command line calls them.
STAGE_CHOICES: dict[str, tuple[Stage, ...]] = {"1": (1,), "2": (2,), "both": STAGES}
QUALITIES: tuple[Quality, ...] = get_args(Quality)
DEVICES: tuple[DeviceChoice, ...] = get_args(DeviceChoice)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
BENCH_PATHS: tuple[BenchPath, ...] = get_args(BenchPath)

# What songs are resampled to for networks, unless an architecture has a rate of its own, in Hz.
NETWORK_RATE = 44_100

# The order of the authors' outputs. Source: arXiv 2409.06245 and its published code.
DEFAULT_STEMS = ("vocals", "bass", "drums", "other")

# Beside the stems in scores: their mean.
AVERAGE = "average"

# File name suffixes of the paper's demo page, used when both stages are written side by side.
STAGE_SUFFIXES: dict[Stage, str] = {1: "_mask", 2: "_map"}


def in_usual_order(stems: Iterable[str]) -> tuple[str, ...]:
    """The usual stems first, however a network orders its outputs, then all others as they come."""
    return tuple(sorted(stems, key=lambda stem: (*DEFAULT_STEMS, stem).index(stem)))
