"""The backward pass of `fused_core`, for training: a sequence is computed again as a whole, and then its gradients.

Like the forward pass with one chunk: what step t takes from step j <= t is C_t B_j times the decay from j to t times
dt_j x_j. So the gradients are matrix products, too. With G the scores C_t B_j, E the decays, f_j = dt_j x_j and g the
gradient of y = (E G) f:

    gradient of f = (E G)^T g      of G = E (g f^T), summed over heads      of C = that B      of B = that^T C

Memory grows with the square of the sequence, which is short in training. Letters as in `ssd`; inner = H P, channels =
inner + 2 D. Matrices have room for `BLOCK` rows more and for whole vectors; what lies there does not matter.
Source: the gradient of the decays from outputs and inputs, without the decays' matrix, as in the code of
arXiv 2405.21060.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from engine.model.fused_forward import columns_of
from engine.model.fused_parts import (
    BLOCK,
    EPS,
    ONE,
    ZERO,
    Floats,
    Layout,
    Sizes,
    Weights,
    compiled,
    entry,
    gated,
    multiplied,
    room,
    scaled,
    softplus,
)
from engine.model.simd import ROWS, Vector, vector_loop, vector_sum
from engine.model.simd_blocks import filter_4, tap_gradients, tile, transpose

# Sequences are shared out in so many parts, whatever the threads, so that sums of gradients do not depend on them.
PARTS = 16


@vector_loop()
def _silu(x: Vector) -> Vector:
    return x.silu()


@vector_loop()
def _silu_gradient(x: Vector, gradient: Vector) -> Vector:
    sigmoid = x.sigmoid()
    return gradient * sigmoid * (x * (-sigmoid + 1.0) + 1.0)


@vector_loop(scalars=1)
def _decays(log_decay: Vector, until: Vector) -> Vector:
    return (until - log_decay).minimum(0.0).exp()


@vector_loop()
def _add_product(total: Vector, x: Vector, y: Vector) -> Vector:
    return total.plus_product(x, y)


@vector_loop(scalars=1)
def _add_scaled_product(total: Vector, x: Vector, y: Vector, factor: Vector) -> Vector:
    return total + x * y * factor


@vector_loop(scalars=1)
def _gated(y: Vector, x: Vector, z: Vector, skip: Vector) -> Vector:
    return (y + x * skip) * z.silu()


@vector_loop(scalars=2)
def _norm_gradient(arriving: Vector, norm: Vector, gated: Vector, scale: Vector, pull: Vector) -> Vector:
    return arriving * norm * scale - gated * pull


@vector_loop(scalars=1)
def _gate_gradient(gradient: Vector, y: Vector, x: Vector, z: Vector, skip: Vector) -> Vector:
    sigmoid = z.sigmoid()
    return gradient * (y + x * skip) * sigmoid * (z * (-sigmoid + 1.0) + 1.0)


@vector_loop(scalars=2)
def _input_gradient(fed: Vector, y: Vector, dt: Vector, skip: Vector) -> Vector:
    return fed * dt + y * skip


@vector_sum
def _dot(x: Vector, y: Vector) -> Vector:
    return x * y


@vector_sum
def _dot_3(x: Vector, y: Vector, z: Vector) -> Vector:
    return x * y * z


class BackwardPass(NamedTuple):
    """What is computed; rows [z | x | B | C | dt] of the source, (inner,) of the output, all dense but the source's.

    Attributes:
        source: See above.
        layout: Of the source.
        weights: With flat taps.
        grad_output: Of the core's output.
        grad_source: To be filled.
        nothing: (channels,), zeros.
    """

    source: Floats
    layout: Layout
    weights: Weights
    grad_output: Floats
    grad_source: Floats
    nothing: Floats


class BackwardWork(NamedTuple):
    """Memory of one sequence, as one-dimensional arrays that hold matrices row by row; `columns` is `columns_of` L.

    Attributes:
        convolved: (L, channels), before the SiLU.
        heard: (L, channels), after it: x, B and C.
        grad_heard: (L, channels), its gradient, then that of `convolved`.
        b_across: (D, columns), B transposed.
        scores: (L, columns), C_t B_j.
        grad_scores: (L, columns).
        decays: (H L, columns), from step j to step t, 0 where j comes after t.
        factors: (H L, columns), decays times scores.
        raw: (H, columns), what dt is the softplus of.
        dt: (H, columns).
        log_decay: (H, columns), of the decay from the start to the end of a step.
        decayed: (H, columns), what y contributes to the gradient of log_decay.
        fed: (L, P), dt x of a head.
        fed_across: (P, columns), the same transposed.
        y: (L, inner), without the skip.
        grad_y: (L, inner).
        grad_fed: (L, P).
        gated: (inner,).
        turned: (inner,), the gradient of `gated`.
        made: (ROWS, columns).
        allowed: (ROWS, BLOCK), 1 for the steps of a block up to each of its own, and 0 for later ones.
    """

    convolved: Floats
    heard: Floats
    grad_heard: Floats
    b_across: Floats
    scores: Floats
    grad_scores: Floats
    decays: Floats
    factors: Floats
    raw: Floats
    dt: Floats
    log_decay: Floats
    decayed: Floats
    fed: Floats
    fed_across: Floats
    y: Floats
    grad_y: Floats
    grad_fed: Floats
    gated: Floats
    turned: Floats
    made: Floats
    allowed: Floats


def make_backward_work(sizes: Sizes, length: int) -> BackwardWork:
    """Memory for sequences of this length."""
    heads, width, state = sizes
    inner, columns = heads * width, columns_of(length)
    channels = inner + 2 * state
    shapes = (
        (length, channels), (length, channels), (length, channels), (state, columns), (length, columns),
        (length, columns), (heads * length, columns), (heads * length, columns), (heads, columns), (heads, columns),
        (heads, columns), (heads, columns), (length, width), (width, columns), (length, inner), (length, inner),
        (length, width), (1, inner), (1, inner), (ROWS, max(columns, width, state)),
    )  # fmt: skip
    matrices = [room(rows, numbers) for rows, numbers in shapes]
    return BackwardWork._make([*matrices, np.tri(ROWS, BLOCK, dtype=np.float32).reshape(-1)])


@compiled
def _row(layout: Layout, sequence: int, t: int) -> int:
    return sequence * layout.length + (layout.length - 1 - t if layout.reverse else t)


@compiled
def _prepare(run: BackwardPass, work: BackwardWork, sequence: int, columns: int) -> None:
    """Convolve a sequence again, and compute its scores, steps and decays' logarithms."""
    weights, layout = run.weights, run.layout
    heads, inner, channels, length = weights.a.shape[0], weights.norm.shape[0], weights.bias.shape[0], layout.length
    state = (channels - inner) // 2
    first = _row(layout, sequence, 0) * layout.row_stride + inner
    stride = -layout.row_stride if layout.reverse else layout.row_stride
    filter_4(
        work.convolved, 0, channels, run.source, first, stride, length,
        weights.taps, 0, channels, weights.bias, 0, channels, 0,
    )  # fmt: skip
    _silu(work.heard, 0, length * channels, work.convolved, 0)
    transpose(work.b_across, 0, columns, work.heard, inner, channels, length, state)
    for t in range(0, length, ROWS):
        tile(
            work.heard, t * channels + inner + state, channels, 1, work.b_across, 0, columns, state,
            work.scores, t * columns, columns, min(t + BLOCK, length),
        )  # fmt: skip
    for h in range(heads):
        at, total = h * columns, 0.0
        for t in range(length):
            place = _row(layout, sequence, t) * layout.row_stride + inner + channels + h
            work.raw[at + t] = run.source[place] + weights.dt_bias[h]
        softplus(work.dt, at, length, work.raw, at)
        for t in range(length):
            total += work.dt[at + t] * weights.a[h]
            work.log_decay[at + t] = np.float32(total)


@compiled
def _feed(work: BackwardWork, h: int, width: int, channels: int, columns: int, length: int) -> None:
    """Set dt x of a head."""
    for t in range(length):
        x = t * channels + h * width
        scaled(work.fed, t * width, width, work.heard, x, work.dt[h * columns + t])


@compiled
def _compute_head(work: BackwardWork, h: int, sizes: tuple[int, int, int], columns: int, length: int) -> None:
    """Set decays, factors and y of a head."""
    width, inner, channels = sizes
    _feed(work, h, width, channels, columns, length)
    for first in range(0, length, ROWS):
        for row in range(min(ROWS, length - first)):
            t = first + row
            at, now = (h * length + t) * columns, work.log_decay[h * columns + t]
            _decays(work.decays, at, first + BLOCK, work.log_decay, h * columns, now)
            multiplied(work.decays, at + first, BLOCK, work.decays, at + first, work.allowed, row * BLOCK)
            multiplied(work.factors, at, first + BLOCK, work.decays, at, work.scores, t * columns)
        tile(
            work.factors, (h * length + first) * columns, columns, 1, work.fed, 0, width, min(first + ROWS, length),
            work.y, first * inner + h * width, inner, width,
        )  # fmt: skip


@compiled
def _turn(run: BackwardPass, work: BackwardWork, grads: Weights, sequence: int, columns: int) -> None:
    """Go back through norm, gate and skip: gradients of z and y, and what y has to do with the decays."""
    weights, layout = run.weights, run.layout
    heads, inner, channels = weights.a.shape[0], weights.norm.shape[0], weights.bias.shape[0]
    width, wide = inner // heads, inner + channels + heads
    for t in range(layout.length):
        row = _row(layout, sequence, t)
        z, arriving, heard, y = row * layout.row_stride, row * inner, t * channels, t * inner
        for h in range(heads):
            p = h * width
            _gated(work.gated, p, width, work.y, y + p, work.heard, heard + p, run.source, z + p, weights.skip[h])
        power = _dot(inner, work.gated, 0, work.gated, 0)
        scale = ONE / np.float32(math.sqrt(power / np.float32(inner) + EPS))
        turning = _dot_3(inner, run.grad_output, arriving, weights.norm, 0, work.gated, 0)
        pull = turning * scale * scale * scale / np.float32(inner)
        _norm_gradient(
            work.turned, 0, inner, run.grad_output, arriving, weights.norm, 0, work.gated, 0, scale, pull
        )  # fmt: skip
        _add_scaled_product(grads.norm, 0, inner, grads.norm, 0, run.grad_output, arriving, work.gated, 0, scale)
        gated(work.grad_y, y, inner, work.turned, 0, run.source, z)
        for h in range(heads):
            p = h * width
            _gate_gradient(
                run.grad_source, row * wide + p, width, work.turned, p, work.y, y + p, work.heard, heard + p,
                run.source, z + p, weights.skip[h],
            )  # fmt: skip
            grads.skip[h] += _dot(width, work.grad_y, y + p, work.heard, heard + p)
            work.decayed[h * columns + t] = _dot(width, work.grad_y, y + p, work.y, y + p)


@compiled
def _return_head(run: BackwardPass, work: BackwardWork, grads: Weights, place: tuple[int, int], columns: int) -> None:
    """Gradients of a head's inputs, steps and decays, and its share in the gradient of the scores."""
    sequence, h = place
    weights, layout = run.weights, run.layout
    heads, inner, channels, length = weights.a.shape[0], weights.norm.shape[0], weights.bias.shape[0], layout.length
    width, wide = inner // heads, inner + channels + heads
    _feed(work, h, width, channels, columns, length)
    transpose(work.fed_across, 0, columns, work.fed, 0, width, length, width)
    for first in range(0, length, ROWS):
        here, count = first + BLOCK, min(ROWS, length - first)
        tile(
            work.grad_y, first * inner + h * width, inner, 1, work.fed_across, 0, columns, width,
            work.made, 0, columns, min(here, length),
        )  # fmt: skip
        for row in range(count):
            at, t = (h * length + first + row) * columns, (first + row) * columns
            if h:
                _add_product(work.grad_scores, t, here, work.grad_scores, t, work.decays, at, work.made, row * columns)
            else:
                multiplied(work.grad_scores, t, here, work.decays, at, work.made, row * columns)
        # The factors are read across: from this block's steps to all steps from its first one on.
        tile(
            work.factors, (h * length + first) * columns + first, 1, columns, work.grad_y, first * inner + h * width,
            inner, length - first, work.grad_fed, first * width, width, width,
        )  # fmt: skip
    later = ZERO
    for t in range(length - 1, -1, -1):
        x, fed, step = t * channels + h * width, t * width, h * columns + t
        dt = work.dt[step]
        with_x = _dot(width, work.grad_fed, fed, work.heard, x)
        _input_gradient(
            work.grad_heard, x, width, work.grad_fed, fed, work.grad_y, t * inner + h * width, dt, weights.skip[h]
        )  # fmt: skip
        # A decay's logarithm counts in every output from here on, less what was fed in from here on.
        later += work.decayed[step] - with_x * dt
        grads.a[h] += dt * later
        grad_raw = (weights.a[h] * later + with_x) / (ONE + np.float32(math.exp(-work.raw[step])))
        grads.dt_bias[h] += grad_raw
        run.grad_source[_row(layout, sequence, t) * wide + inner + channels + h] = grad_raw


@compiled
def _return_through_convolution(
    run: BackwardPass, work: BackwardWork, grads: Weights, sequence: int, columns: int
) -> None:
    """Gradients of B and C, then of the convolution's input, taps and bias."""
    weights, layout = run.weights, run.layout
    heads, inner, channels, length = weights.a.shape[0], weights.norm.shape[0], weights.bias.shape[0], layout.length
    state, wide = (channels - inner) // 2, inner + channels + heads
    for first in range(0, length, ROWS):
        count, b = min(ROWS, length - first), first * channels + inner
        tile(
            work.grad_scores, first * columns + first, 1, columns, work.heard, b + state, channels, length - first,
            work.made, 0, state, state,
        )  # fmt: skip
        for row in range(count):
            scaled(work.grad_heard, b + row * channels, state, work.made, row * state, ONE)
        tile(
            work.grad_scores, first * columns, columns, 1, work.heard, inner, channels, first + count,
            work.made, 0, state, state,
        )  # fmt: skip
        for row in range(count):
            scaled(work.grad_heard, b + state + row * channels, state, work.made, row * state, ONE)
    _silu_gradient(work.grad_heard, 0, length * channels, work.convolved, 0, work.grad_heard, 0)
    start = _row(layout, sequence, 0)
    stride = -layout.row_stride if layout.reverse else layout.row_stride
    tap_gradients(
        grads.taps, 0, channels, grads.bias, 0, work.grad_heard, 0, channels,
        run.source, start * layout.row_stride + inner, stride, length, channels,
    )  # fmt: skip
    # Backwards in time, the gradient is filtered like the input is forwards.
    end = _row(layout, sequence, length - 1)
    filter_4(
        run.grad_source, end * wide + inner, wide if layout.reverse else -wide,
        work.grad_heard, (length - 1) * channels, -channels, length,
        weights.taps, 0, channels, run.nothing, 0, channels, 0,
    )  # fmt: skip


@entry
def backward(run: BackwardPass, work: BackwardWork, grads: Weights, columns: int, part: int) -> None:
    """Fill the gradient of a part's sequences, and add to those of the parameters, in this thread's memory.

    P and D are multiples of `LANES`; of the `PARTS`, each has gradients of its own, with flat taps.
    """
    weights, layout = run.weights, run.layout
    heads, inner, channels = weights.a.shape[0], weights.norm.shape[0], weights.bias.shape[0]
    sizes = (inner // heads, inner, channels)
    for sequence in range(part * layout.sequences // PARTS, (part + 1) * layout.sequences // PARTS):
        _prepare(run, work, sequence, columns)
        for h in range(heads):
            _compute_head(work, h, sizes, columns, layout.length)
        _turn(run, work, grads, sequence, columns)
        for h in range(heads):
            _return_head(run, work, grads, (sequence, h), columns)
        _return_through_convolution(run, work, grads, sequence, columns)
