"""A whole mixer of TS-BSMAMBA2 for a sequence or two: norm, both directions with their projections, and the sum.

Every head is projected in, scanned and projected out before the next one, so that what lies between a sequence and its
result is small enough for the cache of one core, and nothing waits for Python. Letters as in `ssd`; inner = H P;
R = L, or 2 L for sequences that are projected in pairs.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from engine.model.fused_forward import Span, Work, chunk_length, make_work, prepare, scan_head
from engine.model.fused_parts import (
    EPS,
    ONE,
    ZERO,
    Floats,
    Norm,
    Rows,
    Sizes,
    Weights,
    add_scaled,
    compiled,
    entry,
    normalise,
    power,
    room,
    scaled,
    stacked,
)
from engine.model.fused_product import AsPanels, Panels, packed, padded, product
from engine.model.simd import ROWS, Vector, vector_loop

# From so many steps on, the rows that a sequence leaves empty matter less than the cache that a second one needs.
_LONG = 128


@vector_loop()
def _sum_of_three(x: Vector, y: Vector, z: Vector) -> Vector:
    return x + y + z


class Direction(NamedTuple):
    """One mixer's parameters.

    Attributes:
        core: Of the core, with flat taps.
        shared: (N, 2 D + H) in panels, the input projection to [B | C | dt].
        heads: (H, ...), for every head (N, 2 P) in panels, to [z | x].
        out: (H, ...), for every head (P, N) in panels, what is done to it up to the sum, but for the norm's scale.
    """

    core: Weights
    shared: Panels
    heads: Panels
    out: Panels


class Mixer(NamedTuple):
    """Parameters; `past` (N, N) in panels and `bias` (N,) are of what goes past the cores."""

    norm: Norm
    past: Panels
    bias: Floats
    ways: tuple[Direction, Direction]


class MixerWork(NamedTuple):
    """Memory of a sequence or two, one behind the other; matrices as in `fused_forward`.

    Attributes:
        core: Of the first one's core.
        second: Of the second one's core.
        heard: (R, N), normalised.
        turned: (R, N), the same, each from its last step to its first.
        shared: (R, ...), [B | C | dt].
        own: (R, 2 P), [z | x] of a head.
        gated: (R, P), its output.
        packed: (R, N / 2 + 1), the sequence for products, if not as it is.
        packed_gated: (R, P / 2 + 1), the same of a head's output.
        made: (R, N), projected, summed over heads.
        power: (R,), sum of squares of all heads' outputs.
        total: (R, N), without the input.
    """

    core: Work
    second: Work
    heard: Floats
    turned: Floats
    shared: Floats
    own: Floats
    gated: Floats
    packed: Floats
    packed_gated: Floats
    made: Floats
    power: Floats
    total: Floats


def direction_of(core: Weights, sizes: Sizes, into: Floats, out: Floats, as_panels: AsPanels) -> Direction:
    """Prepare a mixer's weights: `into` (2 inner + 2 D + H, N), `out` (N, inner)."""
    width, inner = sizes.width, sizes.heads * sizes.width
    starts = range(0, inner, width)
    heads = [as_panels(np.concatenate([into[h : h + width], into[inner + h : inner + h + width]]).T) for h in starts]
    scaled_out = (out * core.norm).T
    return Direction(
        core=core.flat(),
        shared=as_panels(into[2 * inner :].T),
        heads=stacked(heads),
        out=stacked([as_panels(scaled_out[h : h + width]) for h in starts]),
    )


def sequences_together(length: int) -> int:
    """How many sequences to project at a time: two where they fill blocks of rows that one leaves half empty."""
    return 2 if 0 < length % ROWS <= ROWS // 2 and length < _LONG else 1


def make_mixer_work(sizes: Sizes, features: int, length: int) -> MixerWork:
    """Memory for sequences of this length."""
    width, packed = sizes.width, (features // 2 + 1, sizes.width // 2 + 1)
    numbers = (features, features, padded(2 * sizes.state + sizes.heads), 2 * width, width, *packed, features)
    span, rows = Span(length, chunk_length(length, sizes)), sequences_together(length) * length
    core = make_work(sizes, span)
    return MixerWork(
        core,
        make_work(sizes, span) if rows > length else core,
        *(room(rows, each) for each in numbers),
        power=np.zeros(rows, np.float32),
        total=room(rows, features),
    )


@compiled
def _scan(way: Direction, heard: Rows, sizes: Sizes, work: MixerWork, span: Span, count: int) -> None:
    """Set `made` and `power` from a sequence or two in scan order."""
    heads, width, state = sizes
    features, columns, length = heard.stride, padded(2 * state + heads), span.length
    rows = count * length
    shared, own, gated = Rows(work.shared, 0, columns), Rows(work.own, 0, 2 * width), Rows(work.gated, 0, width)
    own_heard = packed(heard, rows, features, way.shared, work.packed)
    product(own_heard, rows, features, way.shared, shared, columns, 0)
    prepare(shared, way.core, sizes, work.core, span)
    if count > 1:
        prepare(_from(shared, length), way.core, sizes, work.second, span)
    work.power[:] = ZERO
    for h in range(heads):
        product(own_heard, rows, features, way.heads[h], own, 2 * width, 0)
        x = Rows(work.own, width, 2 * width)
        scan_head(own, x, gated, way.core, sizes, work.core, span, h)
        if count > 1:
            z_2, x_2, gated_2 = _from(own, length), _from(x, length), _from(gated, length)
            scan_head(z_2, x_2, gated_2, way.core, sizes, work.second, span, h)
        for t in range(rows):
            work.power[t] += power(width, work.gated, t * width)
        own_gated = packed(gated, rows, width, way.out[h], work.packed_gated)
        product(own_gated, rows, width, way.out[h], Rows(work.made, 0, features), features, min(h, 1))


@compiled
def _from(rows: Rows, row: int) -> Rows:
    return Rows(rows.array, rows.at + row * rows.stride, rows.stride)


class Mixed(NamedTuple):
    """What is computed.

    Attributes:
        x: (groups, group, L, N), sequences of L steps.
        output: (groups, L, group, N), step by step the mixed sequences of a group plus x.
        group: See above.
        mixer: P, D and N are multiples of `simd.LANES`.
        sizes: Of its cores.
    """

    x: Floats
    output: Floats
    group: int
    mixer: Mixer
    sizes: Sizes


@entry
def mix(run: Mixed, work: MixerWork, span: Span, first: int, last: int) -> None:
    """Compute sequences first..last, counted over all groups, in this thread's memory."""
    length, features, inner = span.length, run.mixer.bias.shape[0], run.sizes.heads * run.sizes.width
    heard, turned, plane = Rows(work.heard, 0, features), Rows(work.turned, 0, features), length * features
    together = work.power.shape[0] // length
    for sequence in range(first, last, together):
        count = min(together, last - sequence)
        rows = count * length
        for begin in range(0, count * plane, plane):
            normalise(run.x, sequence * plane + begin, length, run.mixer.norm, work.heard[begin:])
            for row in range(0, plane, features):
                opposite = begin + plane - features - row
                scaled(work.turned, begin + row, features, work.heard, opposite, ONE)
        own_heard = packed(heard, rows, features, run.mixer.past, work.packed)
        product(own_heard, rows, features, run.mixer.past, Rows(work.total, 0, features), features, 0)
        for way in range(2):
            _scan(run.mixer.ways[way], turned if way else heard, run.sizes, work, span, count)
            for step in range(rows):
                t = step % length
                row = (step - t + (length - 1 - t if way else t)) * features
                scale = ONE / np.float32(math.sqrt(work.power[step] / np.float32(inner) + EPS))
                add_scaled(work.total, row, features, work.total, row, work.made, step * features, scale)
        for begin in range(0, count * plane, plane):
            _write(run, work, sequence + begin // plane, begin, length)


@compiled
def _write(run: Mixed, work: MixerWork, sequence: int, begin: int, length: int) -> None:
    """Write a sequence, which begins at a number of `total`, to its place."""
    features, group = run.mixer.bias.shape[0], run.group
    at, place = sequence * length * features, (sequence // group * length * group + sequence % group) * features
    for row in range(0, length * features, features):
        _sum_of_three(
            run.output, place + row * group, features, run.x, at + row, work.total, begin + row, run.mixer.bias, 0
        )  # fmt: skip
