"""A whole transformer of a RoFormer for some sequences at a time: attention, then the feed-forward layer.

Every head is projected, attends and is written before the next one, and what a few steps attend to is made and used in
the cache of one core, so that nothing as large as a sequence's square is ever kept. Letters as in `bs_roformer`; L
steps of a sequence, Q = P / 2. All widths are whole vectors, as `fast_roformer` fills weights up with zeros; matrices
have room for `fused_parts.BLOCK` rows more, whose contents do not matter.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from engine.model.fused_parts import FRAMES, ONE, Floats, Rows, compiled, entry, multiplied, power, room, scaled
from engine.model.fused_product import Layer, packed, padded, product
from engine.model.simd import LANES, ROWS, WIDEST, Vector, vector_loop
from engine.model.simd_attention import LEAST, exponentials, gelu, sigmoid_of_sum, turn
from engine.model.simd_blocks import tile, transpose

_PANEL = WIDEST * LANES
_LEAST = np.float32(LEAST)
# A vector's length counts as this at least, as in PyTorch's `normalize`.
_SHORTEST = np.float32(1e-12)
# Steps that go through all layers behind attention at a time: as few, they and a part of these layers fit into a cache.
_STEPS = 6 * FRAMES


@vector_loop()
def _sum(x: Vector, y: Vector) -> Vector:
    return x + y


class Widths(NamedTuple):
    """N, H, Q, P and the width of a part of the feed-forward layer; all but H are whole vectors."""

    features: int
    heads: int
    half: int
    head: int
    part: int


class Transformer(NamedTuple):
    """Parameters. Norms' gains and the scale of scores, which are powers of two, are part of the weights behind them.

    Attributes:
        heads: (H, ...), for every head (N, 4 Q + P) in panels, to [query | key | value]; of the pairs that are turned
            the first numbers come before the second ones.
        gates: (N, H).
        out: (H P, N).
        wide: (parts, ...), for every part of the feed-forward layer (N, width) in panels; bias (parts width,).
        back: (parts, ...), for every part (width, N) in panels; bias (N,).
        gain: (N,) of the norm at the end; empty if there is none.
        widths: Of all this.
    """

    heads: Layer
    gates: Layer
    out: Layer
    wide: Layer
    back: Layer
    gain: Floats
    widths: Widths


class TransformerWork(NamedTuple):
    """Memory for some sequences, R steps together.

    Attributes:
        total: (R, N), the input and what is added to it.
        heard: (R, N), normalised.
        gates: (R, H).
        own: (R, 4 Q + P), [query | key | value] of a head.
        keys: (2 Q, L) of a sequence, in panels.
        scores: (ROWS, L).
        sums: (ROWS,).
        found: (R, H P), what all heads have found.
        wide: (_STEPS, width of a part).
        packed: (R, N / 2 + 1), what is heard for products, if not as it is.
        packed_more: (_STEPS, ...), the same of what was found, or is wide.
    """

    total: Floats
    heard: Floats
    gates: Floats
    own: Floats
    keys: Floats
    scores: Floats
    sums: Floats
    found: Floats
    wide: Floats
    packed: Floats
    packed_more: Floats


def make_work(widths: Widths, length: int, sequences: int) -> TransformerWork:
    """Memory for so many sequences of a length at a time."""
    features, heads, half, head, part = widths
    steps = length * sequences
    return TransformerWork(
        total=room(steps, features),
        heard=room(steps, features),
        gates=room(steps, padded(heads)),
        own=room(steps, 4 * half + head),
        keys=room(2 * half, padded(length)),
        scores=room(ROWS, padded(length)),
        sums=np.zeros(ROWS, np.float32),
        found=room(steps, heads * head),
        wide=room(_STEPS, part),
        packed=room(steps, features // 2 + 1),
        packed_more=room(_STEPS, max(part, heads * head) // 2 + 1),
    )


@compiled
def _normalise(x: Floats, at: int, rows: int, features: int, output: Floats) -> None:
    """Scale rows of x, which begin at an index, to a length of one."""
    for row in range(0, rows * features, features):
        length = max(np.float32(math.sqrt(power(features, x, at + row))), _SHORTEST)
        scaled(output, row, features, x, at + row, ONE / length)


@compiled
def _turn(own: Rows, length: int, turns: Floats, half: int) -> None:
    """Turn queries and keys (L, 2 Q | 2 Q | ...) by the angles of their steps; turns (L, cosines | sines)."""
    for t in range(length):
        query, angles = own.at + t * own.stride, 2 * t * half
        key = query + 2 * half
        turn(own.array, query, own.array, query + half, turns, angles, turns, angles + half, half)
        turn(own.array, key, own.array, key + half, turns, angles, turns, angles + half, half)


@compiled
def _attend(own: Rows, length: int, widths: Widths, work: TransformerWork, found: Rows) -> None:
    """Set found (L, P) to what one sequence (L, ...) finds with [query | key | value] of a head."""
    columns, deep, width = padded(length), 2 * widths.half, widths.head
    for first in range(0, length, _PANEL):
        wide = min(columns - first, _PANEL)
        key = own.at + first * own.stride + deep
        transpose(work.keys, first * deep, wide, own.array, key, own.stride, wide, deep)
    scores = Rows(work.scores, 0, columns)
    for t in range(0, length, ROWS):
        product(Rows(own.array, own.at + t * own.stride, own.stride), ROWS, deep, work.keys, scores, length, 0)
        for row in range(ROWS):
            for column in range(length, columns):
                work.scores[row * columns + column] = _LEAST
        exponentials(work.scores, 0, columns, length, work.sums, 0)
        at = found.at + t * found.stride
        tile(
            work.scores, 0, columns, 1, own.array, own.at + 2 * deep, own.stride, length,
            found.array, at, found.stride, width,
        )  # fmt: skip
        for row in range(min(ROWS, length - t)):
            place = at + row * found.stride
            scaled(found.array, place, width, found.array, place, ONE / work.sums[row])


class Transformed(NamedTuple):
    """What is computed.

    Attributes:
        x: (groups, group, L, N), sequences of L steps.
        output: (groups, L, group, N), step by step the transformed sequences of a group.
        length: L.
        group: See above.
        turns: (L, ...), every step's cosines (Q,) and sines (Q,).
    """

    x: Floats
    output: Floats
    length: int
    group: int
    turns: Floats


@entry
def transform(run: Transformed, weights: Transformer, work: TransformerWork, first: int, last: int) -> None:
    """Compute sequences first..last, counted over all groups, together, in this thread's memory for as many."""
    length, rows = run.length, (last - first) * run.length
    features, heads, half, width, _ = weights.widths
    own_width, stride = 4 * half + width, padded(heads)
    heard, own = Rows(work.heard, 0, features), Rows(work.own, 0, own_width)
    gates, found = Rows(work.gates, 0, stride), Rows(work.found, 0, heads * width)
    scaled(work.total, 0, rows * features, run.x, first * length * features, ONE)
    _normalise(work.total, 0, rows, features, work.heard)
    own_heard = packed(heard, rows, features, weights.gates.weights, work.packed)
    product(own_heard, rows, features, weights.gates.weights, gates, stride, 0)
    for row in range(0, rows * stride, stride):
        sigmoid_of_sum(work.gates, row, stride, work.gates, row, weights.gates.bias, 0)
    for h in range(heads):
        product(own_heard, rows, features, weights.heads.weights[h], own, own_width, 0)
        for start in range(0, rows, length):
            sequence = Rows(work.own, start * own_width, own_width)
            _turn(sequence, length, run.turns, half)
            result = Rows(work.found, start * found.stride + h * width, found.stride)
            _attend(sequence, length, weights.widths, work, result)
        for t in range(rows):
            place = t * found.stride + h * width
            scaled(work.found, place, width, work.found, place, work.gates[t * stride + h])
    for start in range(0, rows, _STEPS):
        steps = min(_STEPS, rows - start)
        _finish(weights, work, start, steps)
        for row in range(start, start + steps):
            s, t = first + row // length, row % length
            place = (s // run.group * length + t) * run.group + s % run.group
            scaled(run.output, place * features, features, work.total, row * features, ONE)


@compiled
def _finish(weights: Transformer, work: TransformerWork, start: int, steps: int) -> None:
    """Add to steps of `total` what they have found, then what the feed-forward layer makes of that; then the norm."""
    features, heads, _, width, part = weights.widths
    at, stride = start * features, heads * width
    total, heard, wide = Rows(work.total, at, features), Rows(work.heard, 0, features), Rows(work.wide, 0, part)
    own_found = packed(Rows(work.found, start * stride, stride), steps, stride, weights.out.weights, work.packed_more)
    product(own_found, steps, stride, weights.out.weights, total, features, 1)
    _normalise(work.total, at, steps, features, work.heard)
    own_heard = packed(heard, steps, features, weights.wide.weights, work.packed)
    for number in range(weights.wide.weights.shape[0]):
        product(own_heard, steps, features, weights.wide.weights[number], wide, part, 0)
        for row in range(0, steps * part, part):
            gelu(work.wide, row, part, work.wide, row, weights.wide.bias, number * part)
        own_wide = packed(wide, steps, part, weights.back.weights, work.packed_more)
        product(own_wide, steps, part, weights.back.weights[number], total, features, 1)
    for row in range(at, at + steps * features, features):
        _sum(work.total, row, features, work.total, row, weights.back.bias, 0)
    if weights.gain.shape[0]:
        _normalise(work.total, at, steps, features, work.heard)
        for row in range(0, steps * features, features):
            multiplied(work.total, at + row, features, work.heard, row, weights.gain, 0)
