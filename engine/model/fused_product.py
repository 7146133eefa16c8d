"""Products with prepared weights, and layers made of them, for the fused kernels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba.extending import register_jitable
from torch import nn

from engine.model.fused_parts import Floats, Rows, compiled
from engine.model.simd import LANES, ROWS, WIDEST, Vector, vector_loop
from engine.model.simd_blocks import tile

_PANEL = WIDEST * LANES


@vector_loop()
def _tanh_of_sum(x: Vector, bias: Vector) -> Vector:
    return (x + bias).tanh()


class Layer(NamedTuple):
    """A linear layer: weights (depth, columns) in `panels`, bias (columns,)."""

    weights: Floats
    bias: Floats


def layer_of(module: nn.Linear) -> Layer:
    """Prepare a layer's weights."""
    return Layer(panels(module.weight.t().numpy()), module.bias.numpy())


@register_jitable(inline="always")
def padded(columns: int) -> int:
    """How many columns a product with so many really makes."""
    return -(-columns // LANES) * LANES


def panels(weights: Floats) -> Floats:
    """Weights (depth, columns) as products read them: a tile's columns together, zeros up to whole vectors."""
    wide = np.pad(weights, ((0, 0), (0, padded(weights.shape[1]) - weights.shape[1])))
    return np.concatenate([wide[:, first : first + _PANEL].reshape(-1) for first in range(0, wide.shape[1], _PANEL)])


@compiled
def product(left: Rows, count: int, depth: int, weights: Floats, out: Rows, columns: int, onto: int) -> None:
    """Set `out` to a matrix times weights, or add that to it; rows are rounded up to `ROWS`, columns to `LANES`.

    Args:
        left: (count, depth).
        count: Of rows.
        depth: See above.
        weights: (depth, columns), from `panels`.
        out: (count, columns).
        columns: See above.
        onto: 1 to add.
    """
    for first in range(0, columns, _PANEL):
        wide = min(padded(columns - first), _PANEL)
        for row in range(0, count, ROWS):
            tile(
                left.array, left.at + row * left.stride, left.stride, 1, weights, first * depth, wide, depth,
                out.array, out.at + row * out.stride + first, out.stride, wide, onto,
            )  # fmt: skip


@compiled
def activate(x: Rows, count: int, bias: Floats) -> None:
    """Set rows of x to the hyperbolic tangent of them plus the bias."""
    for row in range(x.at, x.at + count * x.stride, x.stride):
        _tanh_of_sum(x.array, row, bias.shape[0], x.array, row, bias, 0)
