"""What a network is made of, without its weights."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import torch

from engine.model.config import NetworkConfig


@dataclass(frozen=True)
class Outline:
    """Names and sizes.

    Attributes:
        shapes: Of the parameters and the statistics, by name.
        counts: Names of those that are whole numbers.
        parameters: How many numbers are learnt.
    """

    shapes: Mapping[str, tuple[int, ...]]
    counts: frozenset[str]
    parameters: int


@functools.cache
def outline(config: NetworkConfig) -> Outline:
    """Tell what a network is made of; a network has thousands of parts, so it is put together only once for that."""
    with torch.device("meta"):
        network = config.build()
    state = network.state_dict()
    shapes = {name: tuple(value.shape) for name, value in state.items()}
    counts = frozenset(name for name, value in state.items() if not value.is_floating_point())
    return Outline(shapes, counts, sum(parameter.numel() for parameter in network.parameters()))
