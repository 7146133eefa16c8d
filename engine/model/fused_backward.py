"""The backward pass of `fused_core`, for training: every sequence is followed twice, and its states stay in the cache.

First forwards, step by step, to have the states again, and then from its end.

`row` is a position in memory, `t` one in scan order. Letters as in `ssd`; inner = H P, channels = inner + 2 D.
Source: the gradient of the decays from outputs and inputs, without states, as in the code of arXiv 2405.21060.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from engine.model.fused_forward import Floats, Layout, Weights
from engine.model.mamba2 import GATED_NORM_EPS

_Function = TypeVar("_Function", bound=Callable[..., Any])

_ZERO, _ONE, _EPS = np.float32(0), np.float32(1), np.float32(GATED_NORM_EPS)
_ROWS = 4  # of a state are advanced at a time
# Sequences are shared out in so many parts, whatever the threads, so that sums of gradients do not depend on them.
PARTS = 16


def _inlined(function: _Function) -> _Function:
    """Compile into the callers, which halves their time: the compiler sees that the arrays do not overlap."""
    return cast("Any", numba.njit(fastmath=True, inline="always")(function))


def _compiled(function: _Function) -> _Function:
    """Compile as a function of its own, called for whole sequences."""
    return cast("Any", numba.njit(fastmath=True)(function))


def _kernel(function: _Function) -> _Function:
    """Compile with threads, and keep the machine code on disk."""
    return cast("Any", numba.njit(fastmath=True, parallel=True, nogil=True, cache=True)(function))


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
    for d in range(0, state.shape[0], _ROWS):
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
    for d in range(0, state.shape[0], _ROWS):
        s0, s1, s2, s3 = state[d], state[d + 1], state[d + 2], state[d + 3]
        e0, e1, e2, e3 = _ZERO, _ZERO, _ZERO, _ZERO
        for p in range(x.shape[0]):
            v = x[p]
            e0, e1, e2, e3 = e0 + s0[p] * v, e1 + s1[p] * v, e2 + s2[p] * v, e3 + s3[p] * v
        y[d] += e0
        y[d + 1] += e1
        y[d + 2] += e2
        y[d + 3] += e3


class _Step(NamedTuple):
    """One step of a sequence: convolved, its sigmoid and their product (channels,); raw, dt and keep (H,)."""

    convolved: Floats
    sigmoid: Floats
    channels: Floats
    raw: Floats
    dt: Floats
    keep: Floats


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


@_inlined
def _scratch(weights: Weights) -> _Scratch:
    heads, inner, channels = weights.a.shape[0], weights.norm.shape[0], weights.bias.shape[0]
    integers = np.empty(max(inner, channels), np.int32)
    return _Scratch(
        np.empty((heads, (channels - inner) // 2, inner // heads), np.float32),
        np.empty((heads, inner // heads), np.float32),
        np.empty(inner, np.float32),
        np.empty(inner, np.float32),
        np.empty(inner // heads, np.float32),
        np.empty(inner // heads, np.float32),
        integers,
        integers.view(np.float32),
    )


@_inlined
def _scan(source: Floats, start: int, step: int, t: int, weights: Weights, now: _Step, scratch: _Scratch) -> None:
    """Bring the states from step t - 1 to t and set y, without the skip; `start` is where the row begins."""
    heads, width = scratch.y.shape
    inner, channels, state = heads * width, weights.bias.shape[0], scratch.states.shape[1]
    _convolve(source, start + inner, step, t, weights, now.convolved)
    _sigmoid(now.convolved, scratch.integers, scratch.floats, now.sigmoid)
    for i in range(channels):
        now.channels[i] = now.convolved[i] * now.sigmoid[i]
    b, c = now.channels[inner : inner + state], now.channels[inner + state :]
    for h in range(heads):
        raw = source[start + inner + channels + h] + weights.dt_bias[h]
        dt = max(raw, _ZERO) + np.float32(math.log1p(math.exp(-abs(raw))))
        now.raw[h], now.dt[h], now.keep[h] = raw, dt, np.float32(math.exp(dt * weights.a[h]))
        x, y = now.channels[h * width : (h + 1) * width], scratch.y[h]
        for p in range(width):
            scratch.fed[p] = dt * x[p]
            y[p] = _ZERO
        _advance(scratch.states[h], now.keep[h], b, scratch.fed, c, y)


@_inlined
def _gate(z: Floats, weights: Weights, channels: Floats, scratch: _Scratch) -> np.float32:
    """Set the gated values, before their norm, and return its scale."""
    heads, width = scratch.y.shape
    _sigmoid(z, scratch.integers, scratch.floats, scratch.sigmoid)
    power = _ZERO
    for h in range(heads):
        first, last, skip = h * width, (h + 1) * width, weights.skip[h]
        x, y, gate, sigmoid = channels[first:last], scratch.y[h], z[first:last], scratch.sigmoid[first:last]
        gated = scratch.gated[first:last]
        for p in range(width):
            value = (y[p] + skip * x[p]) * gate[p] * sigmoid[p]
            gated[p] = value
            power += value * value
    return _ONE / np.float32(math.sqrt(power / np.float32(heads * width) + _EPS))


class _Trace(NamedTuple):
    """What the backward pass remembers of one sequence: all steps, (L, ...), and gradients.

    Shapes: grad_channels (L, channels), at first of the channels, then of what the convolution made; grad_decay (L, H),
    what y contributes to the gradient of the decays' logarithms; grad_y (L, H, P).
    """

    steps: _Step
    grad_channels: Floats
    grad_decay: Floats
    grad_y: Floats


class _Pass(NamedTuple):
    """What a backward pass is given, and where its gradients go; see `backward`."""

    source: Floats
    layout: Layout
    weights: Weights
    grad_output: Floats
    grad_source: Floats
    grads: Weights


@_compiled
def _replay(run: _Pass, sequence: int, trace: _Trace, scratch: _Scratch) -> None:
    """Follow a sequence forwards: remember what is needed, and go back through norm, gate and output of every step."""
    source, layout, weights, grads = run.source, run.layout, run.weights, run.grads
    heads, inner, channels = weights.a.shape[0], weights.norm.shape[0], weights.bias.shape[0]
    width, state, columns = inner // heads, (channels - inner) // 2, inner + channels + heads
    step = layout.row_stride if layout.reverse else -layout.row_stride
    scratch.states[:] = 0
    for t in range(layout.length):
        row = sequence * layout.length + (layout.length - 1 - t if layout.reverse else t)
        start = row * layout.row_stride
        now = _Step(
            trace.steps.convolved[t],
            trace.steps.sigmoid[t],
            trace.steps.channels[t],
            trace.steps.raw[t],
            trace.steps.dt[t],
            trace.steps.keep[t],
        )
        _scan(source, start, step, t, weights, now, scratch)
        z, arriving = source[start : start + inner], run.grad_output[row * inner : (row + 1) * inner]
        scale = _gate(z, weights, now.channels, scratch)
        turning = _ZERO
        for i in range(inner):
            turning += arriving[i] * weights.norm[i] * scratch.gated[i]
        pull = turning * scale * scale * scale / np.float32(inner)
        grad_c = trace.grad_channels[t, inner + state :]
        grad_c[:] = 0
        for h in range(heads):
            first, last, skip = h * width, (h + 1) * width, weights.skip[h]
            x, y, grad_y = now.channels[first:last], scratch.y[h], trace.grad_y[t, h]
            gate, sigmoid, gated = z[first:last], scratch.sigmoid[first:last], scratch.gated[first:last]
            came, norm, grad_norm = arriving[first:last], weights.norm[first:last], grads.norm[first:last]
            grad_z = run.grad_source[row * columns + first : row * columns + last]
            with_x, with_y = _ZERO, _ZERO
            for p in range(width):
                grad_norm[p] += came[p] * gated[p] * scale
                gradient = came[p] * norm[p] * scale - gated[p] * pull
                s = sigmoid[p]
                grad_z[p] = gradient * (y[p] + skip * x[p]) * s * (_ONE + gate[p] * (_ONE - s))
                grad_y[p] = gradient * gate[p] * s
                with_x += grad_y[p] * x[p]
                with_y += grad_y[p] * y[p]
            grads.skip[h] += with_x
            trace.grad_decay[t, h] = with_y
            _add_dots(scratch.states[h], grad_y, grad_c)


@_compiled
def _return(run: _Pass, sequence: int, trace: _Trace, scratch: _Scratch) -> None:
    """Follow a sequence from its end: the gradients of states, inputs, step sizes and decays."""
    layout, weights, grads = run.layout, run.weights, run.grads
    heads, inner, channels = weights.a.shape[0], weights.norm.shape[0], weights.bias.shape[0]
    width, state, columns = inner // heads, (channels - inner) // 2, inner + channels + heads
    scratch.states[:] = 0
    later = np.zeros(heads, np.float32)
    for t in range(layout.length - 1, -1, -1):
        row = sequence * layout.length + (layout.length - 1 - t if layout.reverse else t)
        x, grad_x = trace.steps.channels[t], trace.grad_channels[t]
        b, c = x[inner : inner + state], x[inner + state :]
        grad_b = grad_x[inner : inner + state]
        grad_b[:] = 0
        for h in range(heads):
            mine, dt = x[h * width : (h + 1) * width], trace.steps.dt[t, h]
            grad_mine, grad_y = grad_x[h * width : (h + 1) * width], trace.grad_y[t, h]
            for p in range(width):
                scratch.grad_fed[p] = _ZERO
                scratch.fed[p] = dt * mine[p]
            keep = trace.steps.keep[t + 1, h] if t + 1 < layout.length else _ZERO
            _advance(scratch.states[h], keep, c, grad_y, b, scratch.grad_fed)
            _add_dots(scratch.states[h], scratch.fed, grad_b)
            with_x = _ZERO
            for p in range(width):
                with_x += scratch.grad_fed[p] * mine[p]
                grad_mine[p] = scratch.grad_fed[p] * dt + weights.skip[h] * grad_y[p]
            # A decay's logarithm counts in every output from here on, less what was fed in from here on.
            later[h] += trace.grad_decay[t, h] - with_x * dt
            grads.a[h] += dt * later[h]
            grad_raw = (weights.a[h] * later[h] + with_x) / (_ONE + np.float32(math.exp(-trace.steps.raw[t, h])))
            grads.dt_bias[h] += grad_raw
            run.grad_source[row * columns + inner + channels + h] = grad_raw
        before, sigmoid = trace.steps.convolved[t], trace.steps.sigmoid[t]
        for i in range(channels):
            s = sigmoid[i]
            grad_x[i] *= s * (_ONE + before[i] * (_ONE - s))
            grads.bias[i] += grad_x[i]


@_compiled
def _return_through_convolution(run: _Pass, sequence: int, trace: _Trace) -> None:
    """The gradients of the convolution's input and taps."""
    source, layout, weights, grads = run.source, run.layout, run.weights, run.grads
    inner, (taps, channels) = weights.norm.shape[0], weights.taps.shape
    step = layout.row_stride if layout.reverse else -layout.row_stride
    columns = inner + channels + weights.a.shape[0]
    for t in range(layout.length):
        row = sequence * layout.length + (layout.length - 1 - t if layout.reverse else t)
        first, start = row * columns + inner, row * layout.row_stride + inner
        grad_x = run.grad_source[first : first + channels]
        grad_x[:] = 0
        for k in range(taps):
            if t + k < layout.length:
                _add_product(grad_x, weights.taps[taps - 1 - k], trace.grad_channels[t + k])
            if t >= k:
                before = start + k * step
                _add_product(grads.taps[taps - 1 - k], trace.grad_channels[t], source[before : before + channels])


@_compiled
def _backward_part(
    source: Floats, layout: Layout, weights: Weights, grad_output: Floats, grad_source: Floats, all_: Weights, part: int
) -> None:
    heads, inner, channels = weights.a.shape[0], weights.norm.shape[0], weights.bias.shape[0]
    length = layout.length
    grads = Weights(
        all_.taps[part], all_.bias[part], all_.dt_bias[part], all_.a[part], all_.skip[part], all_.norm[part]
    )
    run = _Pass(source, layout, weights, grad_output, grad_source, grads)
    scratch = _scratch(weights)
    wide, narrow = np.empty((4, length, channels), np.float32), np.empty((4, length, heads), np.float32)
    steps = _Step(wide[0], wide[1], wide[2], narrow[0], narrow[1], narrow[2])
    trace = _Trace(steps, wide[3], narrow[3], np.empty((length, heads, inner // heads), np.float32))
    for sequence in range(part * layout.sequences // PARTS, (part + 1) * layout.sequences // PARTS):
        _replay(run, sequence, trace, scratch)
        _return(run, sequence, trace, scratch)
        _return_through_convolution(run, sequence, trace)


@_kernel
def backward(
    source: Floats, layout: Layout, weights: Weights, grad_output: Floats, grad_source: Floats, grads: Weights
) -> None:
    """Fill the gradient of the source (B L W,), dense, and add to the parts' gradients of the parameters."""
    for part in numba.prange(PARTS):
        _backward_part(source, layout, weights, grad_output, grad_source, grads, part)
