"""What the Triton kernels of the mixer core share.

Letters: B sequences, L steps, H heads of P features, D the state, W the width of a row [z | x | B | C | dt | padding];
channels are those of the convolution, [x | B | C]. Steps count in the direction of the scan, so that a reversed scan
only reads and writes other rows. Products take operands of the input's precision and add up in float32; everything else
is float32.
"""

# pyright: basic, reportGeneralTypeIssues=false, reportOperatorIssue=false, reportArgumentType=false
# Triton compiles the functions below itself and has no types for what happens inside.

from __future__ import annotations

import triton
import triton.language as tl
from triton.runtime.interpreter import InterpretedFunction

# Arguments whose values the compiler must not build in: it would compile anew for each of them.
NUMBERS = ("length", "reverse", "sequences", "rows")


@triton.jit
def _device_exponential(value):
    return tl.inline_asm_elementwise(
        "ex2.approx.ftz.f32 $0, $1;", "=f,f", [value * 1.4426950408889634], dtype=tl.float32, is_pure=True, pack=1
    )


@triton.jit
def _device_sigmoid(value):
    return tl.inline_asm_elementwise(
        "rcp.approx.ftz.f32 $0, $1;", "=f,f", [1 + _device_exponential(-value)], dtype=tl.float32, is_pure=True, pack=1
    )


@triton.jit
def _plain_exponential(value):
    return tl.exp(value)


@triton.jit
def _plain_sigmoid(value):
    return tl.sigmoid(value)


# As exact as Triton's own to a unit or two in the last place, but without care for numbers below 1e-38, which takes
# two thirds of their instructions. The interpreter knows no instructions.
_interpreted = isinstance(_plain_sigmoid, InterpretedFunction)
exponential = _plain_exponential if _interpreted else _device_exponential
sigmoid = _plain_sigmoid if _interpreted else _device_sigmoid


@triton.jit
def silu(value):
    """The activation."""
    return value * sigmoid(value)


@triton.jit
def silu_slope(value):
    """Derivative of silu."""
    gate = sigmoid(value)
    return gate * (1 + value * (1 - gate))


@triton.jit
def softplus(value):
    """log(1 + exp(value)), exact also where exp(value) vanishes beside 1."""
    power = tl.exp(tl.minimum(value, 20.0))
    above = 1 + power
    # Rounding in 1 + power cancels against rounding in (1 + power) - 1.
    small = tl.where(above == 1, power, tl.log(above) * (power / tl.where(above == 1, 1.0, above - 1)))
    return tl.where(value > 20, value, small)


@triton.jit
def places_of(head, P: tl.constexpr, D: tl.constexpr):
    """Columns of a head's features (P,), columns of a state (D,), and where numbers of a state lie (P, D)."""
    wide = tl.arange(0, D)
    return head * P + tl.arange(0, P), wide, tl.arange(0, P)[:, None] * D + wide[None, :]


@triton.jit
def rate_of(a_log, head):
    """A head's rate of decay, negative."""
    return -tl.exp(tl.load(a_log + head).to(tl.float32))


@triton.jit
def rows_of(steps, length, reverse):
    """Rows in memory of steps of the scan; `reverse` is 0 or 1."""
    return steps + reverse * (length - 1 - 2 * steps)


@triton.jit
def load(source, steps, columns, length, stride, reverse):
    """Rows x columns in float32; zeros for steps before the first and after the last."""
    rows = rows_of(steps, length, reverse)
    inside = (steps >= 0) & (steps < length)
    return tl.load(source + rows[:, None] * stride + columns[None, :], mask=inside[:, None], other=0.0).to(tl.float32)


@triton.jit
def load_active(source, steps, columns, length, stride, reverse, ACTIVE: tl.constexpr):
    """Like `load`, with the activation, in the source's precision; ACTIVE says that the source has it already."""
    if ACTIVE:
        rows = rows_of(steps, length, reverse)
        inside = (steps >= 0) & (steps < length)
        return tl.load(source + rows[:, None] * stride + columns[None, :], mask=inside[:, None], other=0.0)
    return silu(load(source, steps, columns, length, stride, reverse)).to(source.dtype.element_ty)


@triton.jit
def store(target, value, steps, columns, length, stride, reverse):
    """Write rows x columns, but for steps before the first and after the last."""
    rows = rows_of(steps, length, reverse)
    inside = (steps >= 0) & (steps < length)
    tl.store(
        target + rows[:, None] * stride + columns[None, :], value.to(target.dtype.element_ty), mask=inside[:, None]
    )


@triton.jit
def store_times(target, value, steps, length, stride, reverse):
    """Write one column."""
    places = target + rows_of(steps, length, reverse) * stride
    tl.store(places, value.to(target.dtype.element_ty), mask=steps < length)


@triton.jit
def product(left, right, KIND: tl.constexpr, PRECISION: tl.constexpr):
    """Matrix product of operands rounded to KIND, in float32."""
    return tl.dot(left.to(KIND), right.to(KIND), input_precision=PRECISION)


@triton.jit
def decay(log_decay, positions):
    """What is left at step i of what came in at step j: lower triangular (BLOCK, BLOCK)."""
    past = positions[:, None] >= positions[None, :]
    return exponential(tl.where(past, log_decay[:, None] - log_decay[None, :], float("-inf")))
