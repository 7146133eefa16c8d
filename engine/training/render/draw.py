"""Small draws from a random generator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from engine.training.render.recipe import Range, Weights

Item = TypeVar("Item")
Rng = np.random.Generator


def weighted(rng: Rng, weights: Weights) -> str:
    """One key, as often as its weight says."""
    names = list(weights)
    shares = np.cumsum(list(weights.values()))
    return names[int(np.searchsorted(shares, rng.random() * shares[-1], side="right"))]


def one_of(rng: Rng, items: Sequence[Item]) -> Item:
    """One item, all equally likely.

    Raises:
        ValueError: There are none.
    """
    return items[int(rng.integers(len(items)))]


def chance(rng: Rng, probability: float) -> bool:
    """True with this probability."""
    return bool(rng.random() < probability)


def uniform(rng: Rng, limits: Range) -> float:
    """A number within a range."""
    return float(rng.uniform(*limits))


def log_uniform(rng: Rng, limits: Range) -> float:
    """A number within a range, even in octaves."""
    return math.exp(rng.uniform(math.log(limits[0]), math.log(limits[1])))


def gain(db: float) -> float:
    """Decibels to a factor."""
    return float(10.0 ** (db / 20.0))
