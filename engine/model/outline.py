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
        parameters: How many numbers are learnt.
    """

    shapes: Mapping[str, tuple[int, ...]]
    parameters: int


@functools.cache
def outline(config: NetworkConfig) -> Outline:
    """Tell what a network is made of; a network has thousands of parts, so it is put together only once for that."""
    with torch.device("meta"):
        network = config.build()
    shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    return Outline(shapes, sum(parameter.numel() for parameter in network.parameters()))
