"""Products with prepared weights, and layers made of them, for the fused kernels.

Weights are prepared by `panels` or by `panels_int16`, and the kinds of their arrays tell products which: of float32
numbers, or of whole ones, for which rows of the left factor are `packed`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import overload, register_jitable
from numpy.typing import NDArray
from torch import nn

from engine.model.fused_parts import ONE, Floats, Number, Rows, aligned, compiled
from engine.model.simd import LANES, ROWS, WIDEST, Vector, vector_loop
from engine.model.simd_blocks import tile, tile_int16
from engine.model.simd_int16 import largest, pack_row

_PANEL = WIDEST * LANES

Panels = NDArray[np.float32 | np.int32]
AsPanels = Callable[[Floats], Panels]
"""Prepares weights (depth, columns)."""


@vector_loop()
def _tanh_of_sum(x: Vector, bias: Vector) -> Vector:
    return (x + bias).tanh()


class Layer(NamedTuple):
    """A linear layer: weights (depth, columns) in panels, bias (columns,)."""

    weights: Panels
    bias: Floats


def layer_of(module: nn.Linear, as_panels: AsPanels) -> Layer:
    """Prepare a layer's weights."""
    return Layer(as_panels(module.weight.t().numpy()), module.bias.numpy())


@register_jitable(inline="always")
def padded(columns: int) -> int:
    """How many columns a product with so many really makes."""
    return -(-columns // LANES) * LANES


def panels(weights: Floats) -> Floats:
    """Weights (depth, columns) as products read them: a tile's columns together, zeros up to whole vectors."""
    return _joined(weights)


def panels_int16(weights: Floats) -> NDArray[np.int32]:
    """The same as 16-bit numbers; the depth must be even."""
    depth, columns = weights.shape
    steps = np.maximum(np.abs(weights).max(axis=0), np.float32(1e-30)) / np.float32(largest(depth))
    numbers = np.rint(weights / steps).astype(np.int16)
    words = numbers.reshape(depth // 2, 2, columns).transpose(0, 2, 1).copy().view(np.int32)[..., 0]
    return _joined(np.concatenate([words, steps[None].view(np.int32)]))


def _joined(rows: NDArray[Number]) -> NDArray[Number]:
    wide = np.pad(rows, ((0, 0), (0, padded(rows.shape[1]) - rows.shape[1])))
    return aligned(
        np.concatenate([wide[:, first : first + _PANEL].reshape(-1) for first in range(0, wide.shape[1], _PANEL)])
    )


def packed(left: Rows, count: int, depth: int, weights: Panels, work: Floats) -> Rows:
    """The left factor (count, depth) as products with such weights read it; what is in `work` if it is not itself."""
    raise NotImplementedError  # compiled code has one for each kind of weights


@overload(packed, strict=False, inline="always")
def _packed_for(left: Any, count: Any, depth: Any, weights: Any, work: Any) -> Any:
    del left, count, depth, work
    return _as_it_is if weights.dtype == types.float32 else _pack


def _as_it_is(left: Rows, count: int, depth: int, weights: Panels, work: Floats) -> Rows:  # noqa: ARG001
    return left


def _pack(left: Rows, count: int, depth: int, weights: Panels, work: Floats) -> Rows:  # noqa: ARG001
    stride, unit = depth // 2 + 1, ONE / np.float32(largest(depth))
    for row in range(count):
        pack_row(work, row * stride, left.array, left.at + row * left.stride, depth, unit)
    return Rows(work, 0, stride)


def _row_of_tiles(
    left: Rows, row: int, depth: int, weights: Panels, first: int, wide: int, out: Rows, onto: int
) -> None:
    raise NotImplementedError


@overload(_row_of_tiles, strict=False, inline="always")
def _row_of_tiles_for(left: Any, row: Any, depth: Any, weights: Any, first: Any, wide: Any, out: Any, onto: Any) -> Any:
    del left, row, depth, first, wide, out, onto
    return _of_floats if weights.dtype == types.float32 else _of_words


def _of_floats(left: Rows, row: int, depth: int, weights: Panels, first: int, wide: int, out: Rows, onto: int) -> None:
    tile(
        left.array, left.at + row * left.stride, left.stride, 1, weights, first * depth, wide, depth,
        out.array, out.at + row * out.stride + first, out.stride, wide, onto,
    )  # fmt: skip


def _of_words(left: Rows, row: int, depth: int, weights: Panels, first: int, wide: int, out: Rows, onto: int) -> None:
    words = depth // 2
    tile_int16(
        left.array, left.at + row * left.stride, left.stride, 1, weights, first * (words + 1), wide, words,
        out.array, out.at + row * out.stride + first, out.stride, wide, onto,
    )  # fmt: skip


@compiled
def product(left: Rows, count: int, depth: int, weights: Panels, out: Rows, columns: int, onto: int) -> None:
    """Set `out` (count, columns) to a matrix (count, depth), from `packed`, times weights, or add that if `onto` is 1.

    Rows are rounded up to `ROWS`, columns to `LANES`.
    """
    for first in range(0, columns, _PANEL):
        wide = min(padded(columns - first), _PANEL)
        for row in range(0, count, ROWS):
            _row_of_tiles(left, row, depth, weights, first, wide, out, onto)


@compiled
def activate(x: Rows, count: int, bias: Floats) -> None:
    """Set rows of x to the hyperbolic tangent of them plus the bias."""
    for row in range(x.at, x.at + count * x.stride, x.stride):
        _tanh_of_sum(x.array, row, bias.shape[0], x.array, row, bias, 0)
