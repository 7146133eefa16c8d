"""The forward pass of `fused_core`: convolution, scan, gate and norm of a sequence in one go.

In PyTorch operations the core writes a dozen tensors of the input's size to memory and reads them back; here what lies
between input and output stays in the processor's cache. A sequence is cut into chunks, and a chunk is computed as a
matrix product: what every step takes from every step before it (the scores, shared by the heads, times the decays of a
head), next to what it takes from the state before the chunk. Short sequences are one chunk and need no state.

`row` is a position in memory, `t` one in scan order, counted from the start of a chunk where it says so. Letters as in
`ssd`; inner = H P, channels = inner + 2 D. The rows of a matrix are worked on in blocks of `ROWS`, so all matrices have
room for that many rows more, whose contents do not matter.
Source: the quadratic form and the chunks of arXiv 2405.21060.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np

from engine.model.fused_parts import (
    BLOCK,
    EPS,
    FASTMATH,
    ONE,
    ZERO,
    Floats,
    Layout,
    Sizes,
    Weights,
    compiled,
    entry,
    gated,
    scaled,
    softplus,
)
from engine.model.simd import LANES, ROWS, Vector, flush_denormals, restore_denormals, vector_loop, vector_sum
from engine.model.simd_blocks import filter_4_silu, tile, tile_2

_Function = TypeVar("_Function")

_SHORT_CHUNK = 48


def chunk_length(length: int, sizes: Sizes) -> int:
    """How many steps to compute at once: all, unless carrying the state from chunk to chunk is less work.

    A step costs D + H P products for each of the steps before it in the chunk, half of the chunk on average, and with
    states 2 H P D more to read and to write them.
    """
    each = sizes.heads * sizes.width
    if (length - _SHORT_CHUNK) * (sizes.state + each) <= 4 * each * sizes.state:
        return length
    return -(-length // -(-length // _SHORT_CHUNK))


@vector_loop(scalars=1)
def _decayed(log_decay: Vector, dt: Vector, until: Vector) -> Vector:
    return (until - log_decay).exp() * dt


@vector_loop(scalars=1)
def _decayed_scores(log_decay: Vector, dt: Vector, scores: Vector, allowed: Vector, until: Vector) -> Vector:
    return (until - log_decay).minimum(0.0).exp() * dt * scores * allowed


@vector_loop(scalars=1)
def _decay(log_decay: Vector, since: Vector) -> Vector:
    return (log_decay - since).minimum(0.0).exp()


@vector_loop(scalars=1)
def _weighted(fed: Vector, scores: Vector, decay: Vector) -> Vector:
    return fed * scores * decay


@vector_loop(scalars=1)
def _scaled_product(x: Vector, y: Vector, factor: Vector) -> Vector:
    return x * y * factor


@vector_loop(scalars=1)
def _kept(state: Vector, own: Vector, keep: Vector) -> Vector:
    return state * keep + own


@vector_sum
def _power(x: Vector) -> Vector:
    return x * x


def _inlined(function: _Function) -> _Function:
    return cast("Any", numba.njit(fastmath=FASTMATH, error_model="numpy", inline="always"))(function)


class Pass(NamedTuple):
    """What is computed: rows [z | x | B | C | dt] of the source to rows of (inner,) numbers of the output.

    Rows of the output start `output_stride` numbers after each other.
    """

    source: Floats
    layout: Layout
    weights: Weights
    output: Floats
    output_stride: int


class _Chunk(NamedTuple):
    """Steps start..start + steps of a sequence, in scan order."""

    sequence: int
    start: int
    steps: int


class Work(NamedTuple):
    """Memory of one chunk of Q steps at most; one-dimensional arrays that hold matrices row by row.

    Attributes:
        b: (Q, D), convolved.
        b_across: (D, columns), the same transposed.
        c: (Q, D), convolved.
        scores: (Q, columns), C_t B_j for j up to t.
        inputs: (D + Q, P): a head's state before the chunk, then its convolved x.
        states: (H, D, P), of all heads.
        dt: (H, columns), after softplus.
        log_decay: (H, columns), of the decay from the start of the chunk to the end of step t.
        fed: (columns,), what remains of step j in a later state, as a factor of x_j B_j.
        decays: (BLOCK,), from one step to each step of a block.
        factors: (ROWS, D + columns), of the inputs in each output of a block of steps.
        weighted: (D, columns), B times `fed`.
        made: (ROWS, P).
        allowed: (ROWS, BLOCK), 1 where a block's step may hear a step, 0 where that is still to come.
    """

    b: Floats
    b_across: Floats
    c: Floats
    scores: Floats
    inputs: Floats
    states: Floats
    dt: Floats
    log_decay: Floats
    fed: Floats
    decays: Floats
    factors: Floats
    weighted: Floats
    made: Floats
    allowed: Floats


def make_work(sizes: Sizes, chunk: int) -> Work:
    """Memory for chunks of so many steps; the numbers that are not set yet are finite."""
    # Room for a row with one number for each step, with blocks and vectors rounded up.
    columns = -(-(chunk + ROWS) // (2 * LANES)) * 2 * LANES + LANES
    heads, width, state = sizes
    shapes = (
        (chunk, state), (state, columns), (chunk, state), (chunk, columns), (state + chunk, width),
        (heads * state, width), (heads, columns), (heads, columns), (1, columns), (1, BLOCK),
        (ROWS, state + columns), (state, columns), (ROWS, width),
    )  # fmt: skip
    matrices = [np.zeros((rows + ROWS) * numbers + LANES, np.float32) for rows, numbers in shapes]
    return Work._make([*matrices, np.tri(ROWS, BLOCK, dtype=np.float32).reshape(-1)])


@compiled
def _row(layout: Layout, chunk: _Chunk, step: int) -> int:
    t = chunk.start + step
    return chunk.sequence * layout.length + (layout.length - 1 - t if layout.reverse else t)


@compiled
def _convolve(run: Pass, chunk: _Chunk, first: int, count: int, output: Floats, at: int) -> None:
    """Set rows of `count` numbers, one for each step of a chunk, to the convolved channels from `first` on."""
    stride = run.layout.row_stride
    newest = _row(run.layout, chunk, 0) * stride + run.weights.norm.shape[0] + first
    filter_4_silu(
        output, at, count, run.source, newest, -stride if run.layout.reverse else stride, chunk.steps,
        run.weights.taps, first, run.weights.bias.shape[0], run.weights.bias, first, count, chunk.start,
    )  # fmt: skip


@compiled
def _set_scores(run: Pass, work: Work, chunk: _Chunk) -> None:
    """Convolve B and C of a chunk and multiply them; collect what will be dt."""
    heads, inner = run.weights.a.shape[0], run.weights.norm.shape[0]
    channels, steps = run.weights.bias.shape[0], chunk.steps
    state = (channels - inner) // 2
    columns = work.b_across.shape[0] // (state + ROWS)
    _convolve(run, chunk, inner, state, work.b, 0)
    _convolve(run, chunk, inner + state, state, work.c, 0)
    for d in range(state):
        for t in range(steps):
            work.b_across[d * columns + t] = work.b[t * state + d]
    for t in range(steps):
        raw = _row(run.layout, chunk, t) * run.layout.row_stride + inner + channels
        for h in range(heads):
            work.dt[h * columns + t] = run.source[raw + h] + run.weights.dt_bias[h]
    for first in range(0, steps, ROWS):
        for column in range(0, min(first + ROWS, steps), 2 * LANES):
            tile_2(
                work.c, first * state, state, 1, work.b_across, column, columns, state,
                work.scores, first * columns + column, columns,
            )  # fmt: skip


@_inlined
def _set_block_weights(work: Work, sizes: tuple[int, int], chunk: _Chunk, head: tuple[int, float], first: int) -> None:
    """How much of every input is in the outputs of steps first..first + ROWS of a chunk: `work.factors`.

    What comes from before the block decays until its first step, and from there on to the step that it is for.
    """
    state, columns = sizes
    at, skip = head
    log_decay, stride = work.log_decay, state + columns
    _decayed(work.fed, 0, first, log_decay, at, work.dt, at, log_decay[at + first])
    _decay(work.decays, 0, ROWS, log_decay, at + first, log_decay[at + first])
    for row in range(ROWS):
        scores, factors, now = (first + row) * columns, row * stride + state, log_decay[at + first + row]
        _weighted(work.factors, factors, first, work.fed, 0, work.scores, scores, work.decays[row])
        _decayed_scores(
            work.factors, factors + first, ROWS, log_decay, at + first, work.dt, at + first,
            work.scores, scores + first, work.allowed, row * BLOCK, now,
        )  # fmt: skip
        work.factors[factors + first + row] += np.float32(skip)
    if chunk.start:
        _decay(work.decays, 0, ROWS, log_decay, at + first, ZERO)
        for row in range(ROWS):
            scaled(work.factors, row * stride, state, work.c, (first + row) * state, work.decays[row])


@compiled
def _scan_head(run: Pass, work: Work, chunk: _Chunk, h: int) -> None:
    """Set the gated output of one head's chunk."""
    heads, inner = run.weights.a.shape[0], run.weights.norm.shape[0]
    width, state, steps = inner // heads, (run.weights.bias.shape[0] - inner) // 2, chunk.steps
    columns = work.b_across.shape[0] // (state + ROWS)
    at = h * columns
    softplus(work.dt, at, steps, work.dt, at)
    total = 0.0
    for t in range(steps):
        total += work.dt[at + t] * run.weights.a[h]
        work.log_decay[at + t] = np.float32(total)
    _convolve(run, chunk, h * width, width, work.inputs, state * width)
    unused = 0 if chunk.start else state  # there is no state before the first chunk
    if chunk.start:
        scaled(work.inputs, 0, state * width, work.states, h * state * width, ONE)
    for first in range(0, steps, ROWS):
        count = min(ROWS, steps - first)
        _set_block_weights(work, (state, columns), chunk, (at, run.weights.skip[h]), first)
        tile(
            work.factors, unused, state + columns, 1, work.inputs, unused * width, width,
            state - unused + first + count, work.made, 0, width, width,
        )  # fmt: skip
        for row in range(count):
            place = _row(run.layout, chunk, first + row)
            gate, output = place * run.layout.row_stride + h * width, place * run.output_stride + h * width
            gated(run.output, output, width, work.made, row * width, run.source, gate)


@compiled
def _carry_head(work: Work, sizes: tuple[int, int, int], chunk: _Chunk, h: int) -> None:
    """Bring a head's state from before a chunk to its end."""
    state, width, columns = sizes
    at, steps = h * columns, chunk.steps
    last = work.log_decay[at + steps - 1]
    keep = np.float32(math.exp(last)) if chunk.start else ZERO
    _decayed(work.fed, 0, steps, work.log_decay, at, work.dt, at, last)
    for d in range(state):
        _scaled_product(work.weighted, d * columns, steps, work.b_across, d * columns, work.fed, 0, ONE)
    for d in range(0, state, ROWS):
        tile(
            work.weighted, d * columns, columns, 1, work.inputs, state * width, width, steps,
            work.made, 0, width, width,
        )  # fmt: skip
        for row in range(min(ROWS, state - d)):
            place = (h * state + d + row) * width
            _kept(work.states, place, width, work.states, place, work.made, row * width, keep)


@compiled
def _normalise(run: Pass, sequence: int) -> None:
    inner = run.weights.norm.shape[0]
    for row in range(sequence * run.layout.length, (sequence + 1) * run.layout.length):
        at = row * run.output_stride
        power = _power(inner, run.output, at)
        scale = ONE / np.float32(math.sqrt(power / np.float32(inner) + EPS))
        _scaled_product(run.output, at, inner, run.output, at, run.weights.norm, 0, scale)


@entry
def forward(run: Pass, work: Work, chunk: int, first: int, last: int) -> None:
    """Fill the rows of sequences first..last of the output; runs without Python's lock.

    Args:
        run: P and D are multiples of `simd.LANES`.
        work: Of this thread, for chunks of `chunk` steps.
        chunk: See `chunk_length`.
        first: Of the sequences to compute.
        last: The one after them.
    """
    heads, inner = run.weights.a.shape[0], run.weights.norm.shape[0]
    width, state, length = inner // heads, (run.weights.bias.shape[0] - inner) // 2, run.layout.length
    sizes = (state, width, work.b_across.shape[0] // (state + ROWS))
    before = flush_denormals()  # decays become ever smaller
    for sequence in range(first, last):
        for start in range(0, length, chunk):
            steps = _Chunk(sequence, start, min(chunk, length - start))
            _set_scores(run, work, steps)
            for h in range(heads):
                _scan_head(run, work, steps, h)
                if start + chunk < length:
                    _carry_head(work, sizes, steps, h)
        _normalise(run, sequence)
    restore_denormals(before)
