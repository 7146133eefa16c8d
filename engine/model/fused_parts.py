"""What the fused kernels share: their arguments, their compiler's settings, and a few loops. Letters as in `ssd`."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from engine.model.mamba2 import GATED_NORM_EPS
from engine.model.simd import KEPT, LANES, ROWS, Vector, vector_loop

Floats = NDArray[np.float32]
_Function = TypeVar("_Function")

TAPS = 4
ZERO, ONE, EPS = np.float32(0), np.float32(1), np.float32(GATED_NORM_EPS)
BLOCK = -(-ROWS // LANES) * LANES  # a block's rows as whole vectors
# Infinities and NaN keep their meaning: a square may overflow.
FASTMATH = {"reassoc", "contract", "nsz"}


class Layout(NamedTuple):
    """B sequences of L rows; one row of the input starts `row_stride` numbers after the other."""

    sequences: int
    length: int
    row_stride: int
    reverse: bool


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
    return cast("Any", numba.njit(fastmath=FASTMATH, error_model="numpy", nogil=True, cache=KEPT))(function)


def compiled(function: _Function) -> _Function:
    """Compile as a function of its own."""
    return cast("Any", numba.njit(fastmath=FASTMATH, error_model="numpy"))(function)
