"""The kernels of `fused_core`: one pass over every sequence, forwards, and for training backwards.

In PyTorch operations the core writes a dozen tensors of the input's size to memory and reads them back. Here a sequence
is followed step by step: convolution, step size, state, gate and norm of one step while they are in the cache, the
states of all heads (H x D x P numbers) never leaving it. The backward pass follows every sequence twice: forwards, to
have the states again, and then from its end.

`row` is a position in memory, `t` one in scan order. Letters as in `ssd`; inner = H P, channels = inner + 2 D.
Source: the gradient of the decays from outputs and inputs, without states, as in the code of arXiv 2405.21060.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from engine.model.mamba2 import GATED_NORM_EPS

Floats = NDArray[np.float32]
_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

_ZERO, _ONE = np.float32(0), np.float32(1)
_EPS = np.float32(GATED_NORM_EPS)
# States are advanced so many rows at a time.
ROWS = 4
# Sequences are shared out in so many parts, whatever the threads, so that sums of gradients do not depend on them.
PARTS = 16


def _inlined(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Compile into the callers, which halves their time: the compiler sees that the arrays do not overlap."""
    return cast("Callable[_Parameters, _Result]", numba.njit(fastmath=True, inline="always")(function))


def _compiled(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Compile as a function of its own, called for whole sequences."""
    return cast("Callable[_Parameters, _Result]", numba.njit(fastmath=True)(function))


def _kernel(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Compile with threads, and keep the machine code on disk."""
    compile_it: Any = numba.njit(fastmath=True, parallel=True, nogil=True, cache=True)
    return cast("Callable[_Parameters, _Result]", compile_it(function))


class Layout(NamedTuple):
    """B sequences of L rows; one row of the input starts `row_stride` numbers after the other."""

    sequences: int
    length: int
    row_stride: int
    reverse: bool


class Weights(NamedTuple):
    """Parameters, or their gradients with one more axis in front.

    Shapes: taps (K, channels), bias (channels,), dt_bias, a and skip (H,), norm (inner,).
    """

    taps: Floats
    bias: Floats
    dt_bias: Floats
    a: Floats
    skip: Floats
    norm: Floats


@_inlined
def _sigmoid(x: Floats, integers: NDArray[np.int32], floats: Floats, y: Floats) -> None:
    """Set y = 1 / (1 + exp(-x)); `integers` and `floats` are one scratch memory seen in two ways, as long as x.

    Source: the polynomial of exp is Cephes' expf.
    """
    for i in range(x.shape[0]):
        v = min(max(-x[i], np.float32(-87.0)), np.float32(87.0))
        k = np.floor(v * np.float32(1.44269504) + np.float32(0.5))
        r = v - k * np.float32(0.693359375) + k * np.float32(2.12194440e-4)
        p = np.float32(1.9875691500e-4) * r + np.float32(1.3981999507e-3)
        p = p * r + np.float32(8.3334519073e-3)
        p = p * r + np.float32(4.1665795894e-2)
        p = p * r + np.float32(1.6666665459e-1)
        p = p * r + np.float32(5.0000001201e-1)
        y[i] = p * r * r + r + _ONE
        integers[i] = (np.int32(k) + np.int32(127)) << np.int32(23)
    for i in range(x.shape[0]):
        y[i] = _ONE / (_ONE + y[i] * floats[i])


@_inlined
def _softplus(x: np.float32) -> np.float32:
    return max(x, _ZERO) + np.float32(math.log1p(math.exp(-abs(x))))


@_inlined
def _add_product(y: Floats, a: Floats, b: Floats) -> None:
    for i in range(y.shape[0]):
        y[i] += a[i] * b[i]


@_inlined
def _convolve(source: Floats, start: int, step: int, t: int, weights: Weights, y: Floats) -> None:
    """Set y to the convolved channels at t; they begin at `start` in the source, `step` leads to the row before."""
    taps, channels = weights.taps.shape
    x, newest = source[start : start + channels], weights.taps[taps - 1]
    for c in range(channels):
        y[c] = weights.bias[c] + newest[c] * x[c]
    for k in range(1, min(t, taps - 1) + 1):
        before = start + k * step
        _add_product(y, weights.taps[taps - 1 - k], source[before : before + channels])


@_inlined
def _advance(state: Floats, keep: np.float32, b: Floats, x: Floats, c: Floats, y: Floats) -> None:
    """Do state = keep state + b x^T, then y += c state; state (D, P)."""
    for d in range(0, state.shape[0], ROWS):
        s0, s1, s2, s3 = state[d], state[d + 1], state[d + 2], state[d + 3]
        b0, b1, b2, b3 = b[d], b[d + 1], b[d + 2], b[d + 3]
        c0, c1, c2, c3 = c[d], c[d + 1], c[d + 2], c[d + 3]
        for p in range(y.shape[0]):
            v = x[p]
            v0, v1, v2, v3 = keep * s0[p] + b0 * v, keep * s1[p] + b1 * v, keep * s2[p] + b2 * v, keep * s3[p] + b3 * v
            s0[p], s1[p], s2[p], s3[p] = v0, v1, v2, v3
            y[p] += c0 * v0 + c1 * v1 + c2 * v2 + c3 * v3


@_inlined
def _add_dots(state: Floats, x: Floats, y: Floats) -> None:
    """Do y += state x; state (D, P)."""
    for d in range(0, state.shape[0], ROWS):
        s0, s1, s2, s3 = state[d], state[d + 1], state[d + 2], state[d + 3]
        e0, e1, e2, e3 = _ZERO, _ZERO, _ZERO, _ZERO
        for p in range(x.shape[0]):
            v = x[p]
            e0 += s0[p] * v
            e1 += s1[p] * v
            e2 += s2[p] * v
            e3 += s3[p] * v
        y[d] += e0
        y[d + 1] += e1
        y[d + 2] += e2
        y[d + 3] += e3


@_kernel
def forward(source: Floats, layout: Layout, weights: Weights, output: Floats) -> None:
    """Fill the output (B L inner,)."""
    heads, inner, channels = weights.a.shape[0], weights.norm.shape[0], weights.bias.shape[0]
    width, state = inner // heads, (channels - inner) // 2
    step = layout.row_stride if layout.reverse else -layout.row_stride
    for part in numba.prange(PARTS):
        x = np.empty(channels, np.float32)
        sigmoid = np.empty(channels, np.float32)
        integers = np.empty(channels, np.int32)
        floats = integers.view(np.float32)
        states = np.empty((heads, state, width), np.float32)
        y = np.empty((heads, width), np.float32)
        flat, fed = y.reshape(inner), np.empty(width, np.float32)
        b, c = x[inner : inner + state], x[inner + state :]
        for sequence in range(part * layout.sequences // PARTS, (part + 1) * layout.sequences // PARTS):
            states[:] = 0
            for t in range(layout.length):
                row = sequence * layout.length + (layout.length - 1 - t if layout.reverse else t)
                start = row * layout.row_stride
                _convolve(source, start + inner, step, t, weights, x)
                _sigmoid(x, integers, floats, sigmoid)
                for i in range(channels):
                    x[i] *= sigmoid[i]
                for h in range(heads):
                    dt = _softplus(source[start + inner + channels + h] + weights.dt_bias[h])
                    mine, result, skip = x[h * width : (h + 1) * width], y[h], weights.skip[h]
                    for p in range(width):
                        fed[p] = dt * mine[p]
                        result[p] = skip * mine[p]
                    _advance(states[h], np.float32(math.exp(dt * weights.a[h])), b, fed, c, result)
                z = source[start : start + inner]
                _sigmoid(z, integers, floats, sigmoid)
                power = _ZERO
                for i in range(inner):
                    flat[i] *= z[i] * sigmoid[i]
                    power += flat[i] * flat[i]
                scale = _ONE / np.float32(math.sqrt(power / np.float32(inner) + _EPS))
                line = output[row * inner : (row + 1) * inner]
                for i in range(inner):
                    line[i] = flat[i] * scale * weights.norm[i]


class _Trace(NamedTuple):
    """What the backward pass remembers of one sequence, and its gradients on the way back.

    Shapes: convolved, sigmoid, channels and grad_channels (L, channels), of the convolution's output, its sigmoid, the
    product of both, and its gradient; grad_y (L, H, P); raw, dt, keep and grad_decay (L, H), of the step sizes before
    and after softplus, the decays, and what y contributes to the gradient of the decays' logarithms.
    """

    convolved: Floats
    sigmoid: Floats
    channels: Floats
    grad_channels: Floats
    grad_y: Floats
    raw: Floats
    dt: Floats
    keep: Floats
    grad_decay: Floats


class _Scratch(NamedTuple):
    """Memory of one step; `integers` and `floats` are the same."""

    states: Floats
    y: Floats
    gated: Floats
    sigmoid: Floats
    fed: Floats
    grad_fed: Floats
    integers: NDArray[np.int32]
    floats: Floats


@_compiled
def _replay(
    source: Floats,
    layout: Layout,
    weights: Weights,
    sequence: int,
    grad_output: Floats,
    grad_source: Floats,
    grads: Weights,
    trace: _Trace,
    scratch: _Scratch,
) -> None:
    """Follow a sequence forwards: remember what is needed, and go back through norm, gate and output of every step."""
    heads, inner, channels = weights.a.shape[0], weights.norm.shape[0], weights.bias.shape[0]
    width, state = inner // heads, (channels - inner) // 2
    step = layout.row_stride if layout.reverse else -layout.row_stride
    columns = inner + channels + heads
    scratch.states[:] = 0
    for t in range(layout.length):
        row = sequence * layout.length + (layout.length - 1 - t if layout.reverse else t)
        start = row * layout.row_stride
        before, sigmoid, x = trace.convolved[t], trace.sigmoid[t], trace.channels[t]
        _convolve(source, start + inner, step, t, weights, before)
        _sigmoid(before, scratch.integers, scratch.floats, sigmoid)
        for i in range(channels):
            x[i] = before[i] * sigmoid[i]
        b, c = x[inner : inner + state], x[inner + state :]
        for h in range(heads):
            raw = source[start + inner + channels + h] + weights.dt_bias[h]
            dt = _softplus(raw)
            keep = np.float32(math.exp(dt * weights.a[h]))
            trace.raw[t, h], trace.dt[t, h], trace.keep[t, h] = raw, dt, keep
            mine, result = x[h * width : (h + 1) * width], scratch.y[h]
            for p in range(width):
                scratch.fed[p] = dt * mine[p]
                result[p] = _ZERO
            _advance(scratch.states[h], keep, b, scratch.fed, c, result)

        z, arriving = source[start : start + inner], grad_output[row * inner : (row + 1) * inner]
        _sigmoid(z, scratch.integers, scratch.floats, scratch.sigmoid)
        power, turning = _ZERO, _ZERO
        for h in range(heads):
            for p in range(width):
                i = h * width + p
                value = (scratch.y[h, p] + weights.skip[h] * x[i]) * z[i] * scratch.sigmoid[i]
                scratch.gated[i] = value
                power += value * value
                turning += arriving[i] * weights.norm[i] * value
        scale = _ONE / np.float32(math.sqrt(power / np.float32(inner) + _EPS))
        pull = turning * scale * scale * scale / np.float32(inner)
        grad_z = grad_source[row * columns : row * columns + inner]
        grad_c = trace.grad_channels[t, inner + state :]
        grad_c[:] = 0
        for h in range(heads):
            first = h * width
            skip, result, grad_y = weights.skip[h], scratch.y[h], trace.grad_y[t, h]
            with_x, with_y = _ZERO, _ZERO
            for p in range(width):
                i = first + p
                grads.norm[i] += arriving[i] * scratch.gated[i] * scale
                gradient = arriving[i] * weights.norm[i] * scale - scratch.gated[i] * pull
                s = scratch.sigmoid[i]
                grad_z[i] = gradient * (result[p] + skip * x[i]) * s * (_ONE + z[i] * (_ONE - s))
                grad_y[p] = gradient * z[i] * s
                with_x += grad_y[p] * x[i]
                with_y += grad_y[p] * result[p]
            grads.skip[h] += with_x
            trace.grad_decay[t, h] = with_y
            _add_dots(scratch.states[h], grad_y, grad_c)


@_compiled
def _return(
    layout: Layout,
    weights: Weights,
    sequence: int,
    grad_source: Floats,
    grads: Weights,
    trace: _Trace,
    scratch: _Scratch,
) -> None:
    """Follow a sequence from its end: the gradients of states, inputs, step sizes and decays."""
    heads, inner, channels = weights.a.shape[0], weights.norm.shape[0], weights.bias.shape[0]
    width, state = inner // heads, (channels - inner) // 2
    columns = inner + channels + heads
    scratch.states[:] = 0
    later = np.zeros(heads, np.float32)
    for t in range(layout.length - 1, -1, -1):
        row = sequence * layout.length + (layout.length - 1 - t if layout.reverse else t)
        x, grad_x = trace.channels[t], trace.grad_channels[t]
        b, c = x[inner : inner + state], x[inner + state :]
        grad_b = grad_x[inner : inner + state]
        grad_b[:] = 0
        for h in range(heads):
            mine, dt = x[h * width : (h + 1) * width], trace.dt[t, h]
            grad_mine, grad_y = grad_x[h * width : (h + 1) * width], trace.grad_y[t, h]
            for p in range(width):
                scratch.grad_fed[p] = _ZERO
                scratch.fed[p] = dt * mine[p]
            keep = trace.keep[t + 1, h] if t + 1 < layout.length else _ZERO
            _advance(scratch.states[h], keep, c, grad_y, b, scratch.grad_fed)
            _add_dots(scratch.states[h], scratch.fed, grad_b)
            with_x = _ZERO
            for p in range(width):
                with_x += scratch.grad_fed[p] * mine[p]
                grad_mine[p] = scratch.grad_fed[p] * dt + weights.skip[h] * grad_y[p]
            # A decay's logarithm counts in every output from here on, less what was fed in from here on.
            later[h] += trace.grad_decay[t, h] - with_x * dt
            grads.a[h] += dt * later[h]
            grad_raw = (weights.a[h] * later[h] + with_x) / (_ONE + np.float32(math.exp(-trace.raw[t, h])))
            grads.dt_bias[h] += grad_raw
            grad_source[row * columns + inner + channels + h] = grad_raw
        before, sigmoid = trace.convolved[t], trace.sigmoid[t]
        for i in range(channels):
            s = sigmoid[i]
            grad_x[i] *= s * (_ONE + before[i] * (_ONE - s))
            grads.bias[i] += grad_x[i]


@_compiled
def _return_through_convolution(
    source: Floats,
    layout: Layout,
    weights: Weights,
    sequence: int,
    grad_source: Floats,
    grads: Weights,
    trace: _Trace,
) -> None:
    """The gradients of the convolution's input and taps."""
    inner, (taps, channels) = weights.norm.shape[0], weights.taps.shape
    step = layout.row_stride if layout.reverse else -layout.row_stride
    columns = inner + channels + weights.a.shape[0]
    for t in range(layout.length):
        row = sequence * layout.length + (layout.length - 1 - t if layout.reverse else t)
        first, start = row * columns + inner, row * layout.row_stride + inner
        grad_x = grad_source[first : first + channels]
        grad_x[:] = 0
        for k in range(taps):
            if t + k < layout.length:
                _add_product(grad_x, weights.taps[taps - 1 - k], trace.grad_channels[t + k])
            if t >= k:
                before = start + k * step
                _add_product(grads.taps[taps - 1 - k], trace.grad_channels[t], source[before : before + channels])


@_kernel
def backward(
    source: Floats, layout: Layout, weights: Weights, grad_output: Floats, grad_source: Floats, grads: Weights
) -> None:
    """Fill the gradient of the source (B L W,), dense, and add to the parts' gradients of the parameters."""
    heads, inner, channels = weights.a.shape[0], weights.norm.shape[0], weights.bias.shape[0]
    width, length, longest = inner // heads, layout.length, max(inner, channels)
    for part in numba.prange(PARTS):
        mine = Weights(
            grads.taps[part], grads.bias[part], grads.dt_bias[part], grads.a[part], grads.skip[part], grads.norm[part]
        )
        wide = np.empty((4, length, channels), np.float32)
        narrow = np.empty((4, length, heads), np.float32)
        grad_y = np.empty((length, heads, width), np.float32)
        trace = _Trace(wide[0], wide[1], wide[2], wide[3], grad_y, narrow[0], narrow[1], narrow[2], narrow[3])
        integers = np.empty(longest, np.int32)
        scratch = _Scratch(
            np.empty((heads, (channels - inner) // 2, width), np.float32),
            np.empty((heads, width), np.float32),
            np.empty(inner, np.float32),
            np.empty(longest, np.float32),
            np.empty(width, np.float32),
            np.empty(width, np.float32),
            integers,
            integers.view(np.float32),
        )
        for sequence in range(part * layout.sequences // PARTS, (part + 1) * layout.sequences // PARTS):
            _replay(source, layout, weights, sequence, grad_output, grad_source, mine, trace, scratch)
            _return(layout, weights, sequence, grad_source, mine, trace, scratch)
            _return_through_convolution(source, layout, weights, sequence, grad_source, mine, trace)
