"""A whole mixer of TS-BSMAMBA2 for one sequence at a time: norm, both directions with their projections, and the sum.

Every head is projected in, scanned and projected out before the next one, so that what lies between a sequence and its
result is small enough for the cache of one core, and nothing waits for Python. Letters as in `ssd`; inner = H P.
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
from engine.model.simd import Vector, vector_loop


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
    """Memory of one sequence; matrices as in `fused_forward`.

    Attributes:
        core: Of the core.
        heard: (L, N), normalised.
        turned: (L, N), the same from the last step to the first.
        shared: (L, ...), [B | C | dt].
        own: (L, 2 P), [z | x] of a head.
        gated: (L, P), its output.
        packed: (L, N / 2 + 1), the sequence for products, if not as it is.
        packed_gated: (L, P / 2 + 1), the same of a head's output.
        made: (L, N), projected, summed over heads.
        power: (L,), sum of squares of all heads' outputs.
        total: (L, N), without the input.
    """

    core: Work
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


def make_mixer_work(sizes: Sizes, features: int, length: int) -> MixerWork:
    """Memory for sequences of this length."""
    width, packed = sizes.width, (features // 2 + 1, sizes.width // 2 + 1)
    rows = (features, features, padded(2 * sizes.state + sizes.heads), 2 * width, width, *packed, features)
    return MixerWork(
        make_work(sizes, Span(length, chunk_length(length, sizes))),
        *(room(length, numbers) for numbers in rows),
        power=np.zeros(length, np.float32),
        total=room(length, features),
    )


@compiled
def _scan(way: Direction, heard: Rows, sizes: Sizes, work: MixerWork, span: Span) -> None:
    """Set `made` and `power` from a sequence in scan order."""
    heads, width, state = sizes
    length, features, columns = span.length, heard.stride, padded(2 * state + heads)
    shared, own, gated = Rows(work.shared, 0, columns), Rows(work.own, 0, 2 * width), Rows(work.gated, 0, width)
    own_heard = packed(heard, length, features, way.shared, work.packed)
    product(own_heard, length, features, way.shared, shared, columns, 0)
    prepare(shared, way.core, sizes, work.core, span)
    work.power[:] = ZERO
    for h in range(heads):
        product(own_heard, length, features, way.heads[h], own, 2 * width, 0)
        scan_head(own, Rows(work.own, width, 2 * width), gated, way.core, sizes, work.core, span, h)
        for t in range(length):
            work.power[t] += power(width, work.gated, t * width)
        own_gated = packed(gated, length, width, way.out[h], work.packed_gated)
        product(own_gated, length, width, way.out[h], Rows(work.made, 0, features), features, min(h, 1))


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
    length, group, features, inner = span.length, run.group, run.mixer.bias.shape[0], run.sizes.heads * run.sizes.width
    heard, turned = Rows(work.heard, 0, features), Rows(work.turned, 0, features)
    for sequence in range(first, last):
        at = sequence * length * features
        normalise(run.x, at, length, run.mixer.norm, work.heard)
        own_heard = packed(heard, length, features, run.mixer.past, work.packed)
        product(own_heard, length, features, run.mixer.past, Rows(work.total, 0, features), features, 0)
        for t in range(length):
            scaled(work.turned, t * features, features, work.heard, (length - 1 - t) * features, ONE)
        for way in range(2):
            _scan(run.mixer.ways[way], turned if way else heard, run.sizes, work, span)
            for t in range(length):
                row = (length - 1 - t if way else t) * features
                scale = ONE / np.float32(math.sqrt(work.power[t] / np.float32(inner) + EPS))
                add_scaled(work.total, row, features, work.total, row, work.made, t * features, scale)
        place = (sequence // group * length * group + sequence % group) * features
        for t in range(length):
            row = t * features
            _sum_of_three(
                run.output, place + row * group, features, run.x, at + row, work.total, row, run.mixer.bias, 0
            )  # fmt: skip
