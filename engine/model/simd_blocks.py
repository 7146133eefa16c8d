"""Building blocks of the fused kernels that are more than one loop over vectors; see `simd`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba

from engine.model.simd import LANES, ROWS, WIDEST, Code, Vector, constant, intrinsic
from engine.model.simd_int16 import as_floats, plus_pairs

_AHEAD = 12  # rows that a filter looks ahead, because the processor does not see the pattern


def _filter_writer(finish: Callable[[Vector], Vector]) -> Callable[[Code], None]:
    def write(code: Code) -> None:
        output, source, taps, bias = code.pointer(0), code.pointer(3), code.pointer(7), code.pointer(10)
        times, build = code.builder.mul, code.builder

        def columns(column: Any) -> None:
            places = [build.add(times(code.value(9), constant(tap)), column) for tap in range(4)]
            weights = [code.load(code.after(taps, place)) for place in places]
            start, offset = code.after(source, column), code.load(code.after(bias, column))
            back = [code.after(start, times(code.value(5), constant(-rows))) for rows in (3, 2, 1)]
            earlier = [code.load_if(code.value(13), place) for place in back]

            def rows(row: Any, held: list[Vector]) -> list[Vector]:
                code.prefetch(code.after(start, times(build.add(row, constant(_AHEAD)), code.value(5))))
                newest = code.load(code.after(start, times(row, code.value(5))))
                line = [*held, newest]
                total = offset
                for weight, x in zip(weights, line, strict=True):
                    total = total.plus_product(weight, x)
                finish(total).store(code.after(output, build.add(times(row, code.value(2)), column)))
                return line[1:]

            code.carry(code.value(6), 1, earlier, rows)

        code.repeat(code.value(12), LANES, columns)

    return write


_FILTER = [
    *("output", "at", "output_stride", "source", "at_source", "source_stride", "rows"),
    *("taps", "at_taps", "taps_stride", "bias", "at_bias", "count", "earlier"),
]
filter_4: Any = intrinsic("filter_4", _FILTER, _filter_writer(lambda total: total))
"""Filter `count` columns over rows with four taps each, the newest last.

Strides lead from a row to the next, and may be negative. Without `earlier`, the three rows before are zero.
"""
filter_4_silu: Any = intrinsic("filter_4_silu", _FILTER, _filter_writer(Vector.silu))
"""The same, and the SiLU of it."""


def _write_tap_gradients(code: Code) -> None:
    taps, bias, gradient, source = code.pointer(0), code.pointer(3), code.pointer(5), code.pointer(8)
    times, build = code.builder.mul, code.builder

    def columns(column: Any) -> None:
        places = [code.after(taps, build.add(times(code.value(2), constant(tap)), column)) for tap in range(4)]
        places.append(code.after(bias, column))

        def rows(row: Any, so_far: list[Vector]) -> list[Vector]:
            held, sums = so_far[:3], so_far[3:]
            slope = code.load(code.after(gradient, build.add(times(row, code.value(7)), column)))
            line = [*held, code.load(code.after(source, build.add(times(row, code.value(10)), column)))]
            products = [total.plus_product(slope, x) for total, x in zip(sums, line, strict=False)]
            return [*line[1:], *products, sums[4] + slope]

        results = code.carry(code.value(11), 1, [code.zero()] * (3 + len(places)), rows)
        for place, result in zip(places, results[3:], strict=True):
            (code.load(place) + result).store(place)

    code.repeat(code.value(12), LANES, columns)


tap_gradients: Any = intrinsic(
    "tap_gradients",
    [
        *("taps", "at_taps", "taps_stride", "bias", "at_bias", "gradient", "at_gradient", "gradient_stride"),
        *("source", "at_source", "source_stride", "rows", "count"),
    ],
    _write_tap_gradients,
)
"""Add to the gradients of `filter_4`'s taps and bias, from its source and the gradient of its output."""


def _write_transposed(code: Code) -> None:
    output, source, times = code.pointer(0), code.pointer(3), code.builder.mul
    lines = [code.load(code.after(source, times(code.value(5), constant(row)))) for row in range(LANES)]
    half = LANES // 2
    low = [place for lane in range(half) for place in (lane, LANES + lane)]
    high = [place + half for place in low]
    for _halving in range(LANES.bit_length() - 1):
        pairs = zip(lines[:half], lines[half:], strict=True)
        lines = [first.chosen(second, places) for first, second in pairs for places in (low, high)]
    for row, line in enumerate(lines):
        line.store(code.after(output, times(code.value(2), constant(row))))


_transposed: Any = intrinsic(
    "transposed", ["out", "at_out", "out_stride", "source", "at_source", "source_stride"], _write_transposed
)


@numba.njit(inline="always")
def transpose(
    out: Any,
    at_out: int,
    out_stride: int,
    source: Any,
    at_source: int,
    source_stride: int,
    rows: int,
    columns: int,
) -> None:
    """Set out (columns, rows) to the source (rows, columns) across; both counts are rounded up to whole vectors.

    Matrices are given as for `tile`.
    """
    for row in range(0, rows, LANES):
        for column in range(0, columns, LANES):
            _transposed(
                out, at_out + column * out_stride + row, out_stride,
                source, at_source + row * source_stride + column, source_stride,
            )  # fmt: skip


def _write_block_weights(code: Code) -> None:
    factors, scores, log_decay, dt = (code.pointer(place) for place in (0, 3, 6, 8))
    first, skip, build = code.value(10), code.spread(code.value(11)), code.builder

    def row_of(pointer: Any, stride: Any, row: int) -> Any:
        return code.after(pointer, build.mul(stride, constant(row)))

    made = [row_of(factors, code.value(2), row) for row in range(ROWS)]
    given = [row_of(scores, code.value(5), row) for row in range(ROWS)]
    ends = [code.load(code.after(log_decay, build.add(first, constant(at)))) for at in range(0, ROWS, LANES)]
    until = [ends[row // LANES].lane(row % LANES) for row in range(ROWS)]
    kept = [(end - until[0]).minimum(0.0).exp() for end in ends]
    decays = [kept[row // LANES].lane(row % LANES) for row in range(ROWS)]

    def before_block(place: Any) -> None:
        fed = (until[0] - code.load(code.after(log_decay, place))).exp() * code.load(code.after(dt, place))
        for row in range(ROWS):
            (code.load(code.after(given[row], place)) * fed * decays[row]).store(code.after(made[row], place))

    code.repeat(first, LANES, before_block)
    for at, end in zip(range(0, ROWS, LANES), ends, strict=True):
        place = build.add(first, constant(at))
        fed = code.load(code.after(dt, place))
        for row in range(ROWS):
            heard = code.lanes([float(at + lane <= row) for lane in range(LANES)])
            own = code.lanes([float(at + lane == row) for lane in range(LANES)]) * skip
            decay = (until[row] - end).minimum(0.0).exp() * fed * heard
            own.plus_product(decay, code.load(code.after(given[row], place))).store(code.after(made[row], place))


block_weights: Any = intrinsic(
    "block_weights",
    [
        *("factors", "at_factors", "factors_stride", "scores", "at_scores", "scores_stride"),
        *("log_decay", "at_decay", "dt", "at_dt", "first", "skip"),
    ],
    _write_block_weights,
)
"""Set how much of every input is in the outputs of steps first..first + `ROWS` of a chunk.

Rows of `factors` and `scores` are those of these steps; `log_decay` and `dt` are given from the chunk's first step on.
What comes from before the block decays until its first step, and from there on to the step that it is for; a step hears
nothing that is still to come, and itself by `skip` more.
"""


_TILE = [
    *("left", "at_left", "left_stride", "left_step", "right", "at_right", "right_stride", "depth"),
    *("out", "at_out", "out_stride", "onto"),
]


def _tile_of(vectors: int, *, int16: bool) -> Any:
    """Set a tile of `ROWS` rows and so many vectors to left right, summed over `depth`, or add that if `onto` is 1."""

    def write(code: Code) -> None:
        left, right, output = code.pointer(0), code.pointer(4), code.pointer(8)
        times = code.builder.mul
        rows = [code.after(left, times(code.value(2), constant(row))) for row in range(ROWS)]
        places = [(row, column) for row in range(ROWS) for column in range(vectors)]
        add = plus_pairs if int16 else Vector.plus_product

        def read(inner: Any) -> tuple[list[Vector], list[Vector]]:
            start, step = code.after(right, times(inner, code.value(6))), times(inner, code.value(3))
            line = [code.load(code.after(start, constant(column * LANES))) for column in range(vectors)]
            return [code.spread(code.builder.load(code.after(row, step), align=4)) for row in rows], line

        def body(inner: Any, sums: list[Vector]) -> list[Vector]:
            factors, line = read(inner)
            return [add(total, factors[row], line[column]) for total, (row, column) in zip(sums, places, strict=True)]

        results = code.carry(code.value(7), 1, [code.zero()] * len(places), body)
        if int16:
            steps, line = read(code.value(7))
            pairs = zip(results, places, strict=True)
            results = [as_floats(total) * (steps[row] * line[column]) for total, (row, column) in pairs]
        build = code.builder
        targets = [
            code.after(output, build.add(times(code.value(10), constant(row)), constant(column * LANES)))
            for row, column in places
        ]
        with build.if_else(build.icmp_signed("!=", code.value(11), constant(0))) as (added, set_):
            with added:
                for target, result in zip(targets, results, strict=True):
                    (code.load(target) + result).store(target)
            with set_:
                for target, result in zip(targets, results, strict=True):
                    result.store(target)

    return intrinsic(f"tile_{vectors}{'_int16' * int16}", _TILE, write)


def _tile_from(tile_1: Any, tile_2: Any, tile_3: Any, tile_4: Any) -> Any:
    @numba.njit(inline="always")
    def any_tile(
        left: Any,
        at_left: int,
        left_stride: int,
        left_step: int,
        right: Any,
        at_right: int,
        right_stride: int,
        depth: int,
        out: Any,
        at_out: int,
        out_stride: int,
        columns: int,
        onto: int = 0,
    ) -> None:
        first = 0
        while first < columns:
            vectors = min((columns - first + LANES - 1) // LANES, WIDEST)
            r, o = at_right + first, at_out + first
            if vectors == 4:
                tile_4(left, at_left, left_stride, left_step, right, r, right_stride, depth, out, o, out_stride, onto)
            elif vectors == 3:
                tile_3(left, at_left, left_stride, left_step, right, r, right_stride, depth, out, o, out_stride, onto)
            elif vectors == 2:
                tile_2(left, at_left, left_stride, left_step, right, r, right_stride, depth, out, o, out_stride, onto)
            else:
                tile_1(left, at_left, left_stride, left_step, right, r, right_stride, depth, out, o, out_stride, onto)
            first += vectors * LANES

    return any_tile


_FLOAT_TILES = [_tile_of(vectors, int16=False) for vectors in (1, 2, 3, 4)]
tile_2 = _FLOAT_TILES[1]
tile: Any = _tile_from(*_FLOAT_TILES)
"""Set `ROWS` rows of out = left right, or add to them if `onto` is 1; the columns are rounded up to whole vectors.

Arguments: left (ROWS, depth), right (depth, columns) and out (ROWS, columns), each given by an array, the index of its
first number and the distance between rows; the left one also by the distance between the numbers of a row, so that it
may be read across, and the right one with its depth, how many products are summed; 0 gives zeros.
"""
tile_int16: Any = _tile_from(*(_tile_of(vectors, int16=True) for vectors in (1, 2, 3, 4)))
"""The same of factors as `simd_int16` describes them; depth counts words, after which rows and columns have steps."""
