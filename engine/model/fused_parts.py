"""What the fused kernels share: their arguments, their compiler's settings, and a few loops. Letters as in `ssd`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from engine.model.blocks import NORM_EPS
from engine.model.kept_code import compiled_once
from engine.model.mamba2 import GATED_NORM_EPS
from engine.model.simd import LANES, ROWS, Vector, vector_loop, vector_sum

Floats = NDArray[np.float32]
_Function = TypeVar("_Function", bound=Callable[..., Any])
Number = TypeVar("Number", bound=np.float32 | np.int32)

TAPS = 4
_LINE = 64  # bytes of a cache line
ZERO, ONE, EPS = np.float32(0), np.float32(1), np.float32(GATED_NORM_EPS)
BLOCK = -(-ROWS // LANES) * LANES  # a block's rows as whole vectors
FRAMES = 8 * ROWS  # that go through several layers at a time
# Infinities and NaN keep their meaning: a square may overflow.
FASTMATH = {"reassoc", "contract", "nsz"}


class Layout(NamedTuple):
    """B sequences of L rows; one row of the input starts `row_stride` numbers after the other."""

    sequences: int
    length: int
    row_stride: int
    reverse: bool


class Rows(NamedTuple):
    """Rows of a matrix: the first begins at index `at` of the array, every other one `stride` numbers further on."""

    array: Floats
    at: int
    stride: int


class Bands(NamedTuple):
    """Sizes of features (B, C, K, T, N): C, K and T."""

    channels: int
    bands: int
    frames: int


class Weights(NamedTuple):
    """Parameters.

    Shapes: taps (TAPS, channels), bias (channels,), dt_bias, a and skip (H,), norm (inner,).
    """

    taps: Floats
    bias: Floats
    dt_bias: Floats
    a: Floats
    skip: Floats
    norm: Floats

    def flat(self) -> Weights:
        """The same with taps (TAPS channels,), as `forward` wants them."""
        return self._replace(taps=self.taps.reshape(-1))


class Sizes(NamedTuple):
    """H, P and D."""

    heads: int
    width: int
    state: int


def room(rows: int, numbers: int) -> Floats:
    """Zeros for a matrix row by row, with room for `BLOCK` rows and a vector more."""
    return aligned(np.zeros((rows + BLOCK) * numbers + LANES, np.float32))


def aligned(array: NDArray[Number]) -> NDArray[Number]:
    """The same numbers from the start of a cache line on, so that vectors do not lie across two of them."""
    place = np.empty(array.size + _LINE // 4, array.dtype)
    first = -place.ctypes.data % _LINE // 4
    kept = place[first : first + array.size].reshape(array.shape)
    kept[...] = array
    return kept


def stacked(arrays: Sequence[NDArray[Number]]) -> NDArray[Number]:
    """Arrays of whole vectors along a new first axis, `aligned`."""
    return aligned(np.stack(arrays))


@vector_sum
def power(x: Vector) -> Vector:
    """The sum of squares."""
    return x * x


@vector_sum
def _total(x: Vector) -> Vector:
    return x


@vector_loop(scalars=1)
def _less(x: Vector, mean: Vector) -> Vector:
    return x - mean


@vector_loop(scalars=1)
def _affine(x: Vector, gain: Vector, offset: Vector, scale: Vector) -> Vector:
    return offset.plus_product(x * scale, gain)


@vector_loop(scalars=1)
def add_scaled(total: Vector, x: Vector, factor: Vector) -> Vector:
    """Add x times a number."""
    return total.plus_product(x, factor)


@vector_loop()
def multiplied(x: Vector, y: Vector) -> Vector:
    """Multiply number by number."""
    return x * y


@vector_loop()
def softplus(x: Vector) -> Vector:
    """Set x to log(1 + exp(x))."""
    return x.softplus()


@vector_loop(scalars=1)
def scaled(x: Vector, factor: Vector) -> Vector:
    """Multiply by a number."""
    return x * factor


@vector_loop()
def gated(y: Vector, z: Vector) -> Vector:
    """Multiply by the SiLU of z."""
    return y * z.silu()


def entry(function: _Function) -> _Function:
    """Compile what Python calls: it runs without Python's lock, and is kept between starts."""
    return compiled_once(fastmath=FASTMATH, error_model="numpy")(function)


def compiled(function: _Function) -> _Function:
    """Compile as a function of its own that only compiled code calls, which takes less time to compile."""
    return cast("Any", numba.njit)(fastmath=FASTMATH, error_model="numpy", no_cpython_wrapper=True)(function)


class Norm(NamedTuple):
    """Parameters (N,) of a norm over a whole sequence."""

    gain: Floats
    offset: Floats


@compiled
def normalise(x: Floats, at: int, length: int, norm: Norm, output: Floats) -> None:
    """Set (L, N) to a sequence with zero mean and unit variance, times the gain, plus the offset."""
    features = norm.gain.shape[0]
    count = length * features
    _less(output, 0, count, x, at, _total(count, x, at) / np.float32(count))
    scale = ONE / np.float32(math.sqrt(power(count, output, 0) / np.float32(count) + np.float32(NORM_EPS)))
    for row in range(0, count, features):
        _affine(output, row, features, output, row, norm.gain, 0, norm.offset, 0, scale)
