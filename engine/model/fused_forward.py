"""The forward pass of the mixer's core for one sequence: convolution, scan and gate of every head, in the cache.

In PyTorch operations the core writes a dozen tensors of the input's size to memory and reads them back; here what lies
between input and output stays in the processor's cache. A sequence is cut into chunks, and a chunk is computed as a
matrix product: what every step takes from every step before it (the scores, shared by the heads, times the decays of a
head), next to what it takes from the state before the chunk. Short sequences are one chunk and need no state.

`step` counts from the start of a sequence or, where it says so, of a chunk, always in scan order. Letters as in `ssd`;
inner = H P, channels = inner + 2 D. Rows of a matrix are worked on in blocks of `ROWS` or `LANES`, so all matrices have
room for `BLOCK` rows more, whose contents do not matter.
Source: the quadratic form and the chunks of arXiv 2405.21060.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba.extending import register_jitable

from engine.model.fused_parts import (
    BLOCK,
    EPS,
    ONE,
    ZERO,
    Floats,
    Layout,
    Rows,
    Sizes,
    Weights,
    compiled,
    entry,
    gated,
    multiplied,
    power,
    room,
    scaled,
    softplus,
)
from engine.model.simd import LANES, ROWS, Vector, vector_loop
from engine.model.simd_blocks import block_weights, filter_4_silu, tile, tile_2, transpose

_SHORT_CHUNK = 8 * ROWS


def chunk_length(length: int, sizes: Sizes) -> int:
    """How many steps to compute at once: all, unless carrying the state from chunk to chunk is less work.

    A step costs D + H P products for each of the steps before it in the chunk, half of the chunk on average, and with
    states 2 H P D more to read and to write them.
    """
    each = sizes.heads * sizes.width
    if (length - _SHORT_CHUNK) * (sizes.state + each) <= 4 * each * sizes.state:
        return length
    return _SHORT_CHUNK


@vector_loop(scalars=1)
def _decayed(log_decay: Vector, dt: Vector, until: Vector) -> Vector:
    return (until - log_decay).exp() * dt


@vector_loop()
def _decay(log_decay: Vector) -> Vector:
    return log_decay.minimum(0.0).exp()


@vector_loop(scalars=1)
def _scaled_product(x: Vector, y: Vector, factor: Vector) -> Vector:
    return x * y * factor


@vector_loop(scalars=1)
def _kept(state: Vector, own: Vector, keep: Vector) -> Vector:
    return state * keep + own


class Span(NamedTuple):
    """The length of a sequence, and of its chunks."""

    length: int
    chunk: int


class Work(NamedTuple):
    """Memory of one sequence of L steps in chunks of Q; one-dimensional arrays that hold matrices row by row.

    Rows with one number for every step of the sequence or of a chunk are `columns_of` it long.

    Attributes:
        b: (L, D), convolved.
        b_across: (D, L), the same transposed.
        c: (L, D), convolved.
        scores: (L, Q), C_t B_j for j from the start of t's chunk up to t.
        dt: (H, L), after softplus.
        inputs: (D + Q, P), a head's state before the chunk, then its convolved x.
        state: (D, P), of a head.
        log_decay: (Q,), of the decay from the start of the chunk to the end of step t.
        fed: (Q,), what remains of step j in a later state, as a factor of x_j B_j.
        decays: (ROWS,), from the start of the chunk to each step of a block.
        factors: (ROWS, D + Q), of the inputs in each output of a block of steps.
        weighted: (D, Q), B times `fed`.
        made: (ROWS, P).
    """

    b: Floats
    b_across: Floats
    c: Floats
    scores: Floats
    dt: Floats
    inputs: Floats
    state: Floats
    log_decay: Floats
    fed: Floats
    decays: Floats
    factors: Floats
    weighted: Floats
    made: Floats


def make_work(sizes: Sizes, span: Span) -> Work:
    """Memory for sequences of this length; the numbers that are not set yet are finite."""
    heads, width, state = sizes
    length, chunk = span
    steps, own = columns_of(length), columns_of(chunk)
    shapes = (
        (length, state), (state, steps), (length, state), (length, own), (heads, steps), (state + chunk, width),
        (state, width), (1, own), (1, own), (1, BLOCK), (ROWS, state + own), (state, own), (ROWS, width),
    )  # fmt: skip
    return Work._make(room(rows, numbers) for rows, numbers in shapes)


@register_jitable(inline="always")
def columns_of(steps: int) -> int:
    """Room for one number for every step, with blocks and vectors rounded up.

    An odd number of vectors, as rows at distances of a power of two share a few places of the cache.
    """
    return -(-(steps + BLOCK) // (2 * LANES)) * 2 * LANES + LANES


@compiled
def _convolve(
    x: Rows, weights: Weights, first: int, count: int, start: int, steps: int, output: Floats, at: int
) -> None:
    """Set rows of `count` numbers for some steps to convolved channels: those from `first` on, which x has at 0."""
    filter_4_silu(
        output, at, count, x.array, x.at + start * x.stride, x.stride, steps,
        weights.taps, first, weights.bias.shape[0], weights.bias, first, count, start,
    )  # fmt: skip


@compiled
def prepare(heard: Rows, weights: Weights, sizes: Sizes, work: Work, span: Span) -> None:
    """Convolve B and C, multiply them, and compute dt; rows are [B | C | dt]."""
    heads, width, state = sizes
    steps, own = columns_of(span.length), columns_of(span.chunk)
    inner = heads * width
    _convolve(heard, weights, inner, state, 0, span.length, work.b, 0)
    of_c = Rows(heard.array, heard.at + state, heard.stride)
    _convolve(of_c, weights, inner + state, state, 0, span.length, work.c, 0)
    transpose(work.b_across, 0, steps, work.b, 0, state, span.length, state)
    for t in range(span.length):
        raw = heard.at + t * heard.stride + 2 * state
        for h in range(heads):
            work.dt[h * steps + t] = heard.array[raw + h] + weights.dt_bias[h]
    for h in range(heads):
        softplus(work.dt, h * steps, span.length, work.dt, h * steps)
    for start in range(0, span.length, span.chunk):
        count = min(span.chunk, span.length - start)
        for first in range(0, count, ROWS):
            for column in range(0, min(first + ROWS, count), 2 * LANES):
                tile_2(
                    work.c, (start + first) * state, state, 1, work.b_across, start + column, steps, state,
                    work.scores, (start + first) * own + column, own, 0,
                )  # fmt: skip


@compiled
def _carry(work: Work, sizes: Sizes, dt: int, start: int, count: int, strides: tuple[int, int]) -> None:
    """Bring a head's state from before a chunk to its end."""
    state, width = sizes.state, sizes.width
    steps, own = strides
    last = work.log_decay[count - 1]
    keep = np.float32(math.exp(last)) if start else ZERO
    _decayed(work.fed, 0, count, work.log_decay, 0, work.dt, dt, last)
    for d in range(state):
        multiplied(work.weighted, d * own, count, work.b_across, d * steps + start, work.fed, 0)
    for d in range(0, state, ROWS):
        tile(work.weighted, d * own, own, 1, work.inputs, state * width, width, count, work.made, 0, width, width)
        for row in range(min(ROWS, state - d)):
            place = (d + row) * width
            _kept(work.state, place, width, work.state, place, work.made, row * width, keep)


@compiled
def scan_head(z: Rows, x: Rows, output: Rows, weights: Weights, sizes: Sizes, work: Work, span: Span, h: int) -> None:
    """Set rows of P numbers to the gated output of one head, after `prepare`."""
    _heads, width, state = sizes
    steps, own = columns_of(span.length), columns_of(span.chunk)
    factors = state + own
    for start in range(0, span.length, span.chunk):
        count = min(span.chunk, span.length - start)
        dt, total = h * steps + start, 0.0
        for t in range(count):
            total += work.dt[dt + t] * weights.a[h]
            work.log_decay[t] = np.float32(total)
        _convolve(x, weights, h * width, width, start, count, work.inputs, state * width)
        unused = 0 if start else state  # there is no state before the first chunk
        if start:
            scaled(work.inputs, 0, state * width, work.state, 0, ONE)
        for first in range(0, count, ROWS):
            block_weights(
                work.factors, state, factors, work.scores, (start + first) * own, own,
                work.log_decay, 0, work.dt, dt, first, weights.skip[h],
            )  # fmt: skip
            here = min(ROWS, count - first)
            if start:
                _decay(work.decays, 0, ROWS, work.log_decay, first)
                for row in range(ROWS):
                    c = (start + first + row) * state
                    scaled(work.factors, row * factors, state, work.c, c, work.decays[row])
            tile(
                work.factors, unused, factors, 1, work.inputs, unused * width, width,
                state - unused + first + here, work.made, 0, width, width,
            )  # fmt: skip
            for row in range(here):
                step = start + first + row
                gated(
                    output.array, output.at + step * output.stride, width, work.made, row * width,
                    z.array, z.at + step * z.stride,
                )  # fmt: skip
        if start + span.chunk < span.length:
            _carry(work, sizes, dt, start, count, (steps, own))


class Pass(NamedTuple):
    """What is computed: rows [z | x | B | C | dt] of the source to rows of (inner,) numbers of the output.

    Rows of the output start `output_stride` numbers after each other.
    """

    source: Floats
    layout: Layout
    weights: Weights
    output: Floats
    output_stride: int


@compiled
def rows_of_sequence(array: Floats, layout: Layout, sequence: int, stride: int, first: int) -> Rows:
    """A sequence's rows in scan order, from their number `first` on."""
    if layout.reverse:
        return Rows(array, ((sequence + 1) * layout.length - 1) * stride + first, -stride)
    return Rows(array, sequence * layout.length * stride + first, stride)


@compiled
def _normalise(run: Pass, sequence: int) -> None:
    inner = run.weights.norm.shape[0]
    for row in range(sequence * run.layout.length, (sequence + 1) * run.layout.length):
        at = row * run.output_stride
        scale = ONE / np.float32(math.sqrt(power(inner, run.output, at) / np.float32(inner) + EPS))
        _scaled_product(run.output, at, inner, run.output, at, run.weights.norm, 0, scale)


@entry
def forward(run: Pass, sizes: Sizes, work: Work, span: Span, first: int, last: int) -> None:
    """Fill the rows of sequences first..last of output, in this thread's memory; P and D are multiples of `LANES`."""
    heads, width, _state = sizes
    inner, layout, stride = heads * width, run.layout, run.layout.row_stride
    for sequence in range(first, last):
        heard = rows_of_sequence(run.source, layout, sequence, stride, 2 * inner)
        prepare(heard, run.weights, sizes, work, span)
        for h in range(heads):
            z = rows_of_sequence(run.source, layout, sequence, stride, h * width)
            x = rows_of_sequence(run.source, layout, sequence, stride, inner + h * width)
            output = rows_of_sequence(run.output, layout, sequence, run.output_stride, h * width)
            scan_head(z, x, output, run.weights, sizes, work, span, h)
        _normalise(run, sequence)
