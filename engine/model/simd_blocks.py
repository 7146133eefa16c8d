"""Building blocks of the fused kernels that are more than one loop over vectors; see `simd`."""

from __future__ import annotations

from typing import Any

import numba
from numba.core import types

from engine.model.simd import LANES, ROWS, WIDEST, Code, Vector, constant, intrinsic


_AHEAD = 12  # rows that a filter looks ahead, because the processor does not see the pattern


def _write_sum_of_squares(code: Code) -> Any:
    build, source, sums = code.builder, code.pointer(0), []

    def body(index: Any, before: Any) -> None:
        total, x = code.carried(), code.load(code.after(source, index))
        made = total.plus_product(x, x)
        total.come_from(code.zero(), before)
        total.come_from(made, build.block)
        sums.append(made)

    before, inside = code.repeat(code.value(2), LANES, body)
    total = code.carried()
    total.come_from(code.zero(), before)
    total.come_from(sums[0], inside)
    return total.sum()


sum_of_squares: Any = intrinsic("sum_of_squares", ["x", "at", "count"], _write_sum_of_squares, types.float32)
"""sum_of_squares(x, at, count) of x[at:at + count]."""


def _write_convolution(code: Code) -> None:
    output, source, taps, bias = code.pointer(0), code.pointer(3), code.pointer(7), code.pointer(10)
    times, build = code.builder.mul, code.builder

    def columns(column: Any, _before: Any) -> None:
        weights = [
            code.load(code.after(taps, build.add(times(code.value(9), constant(tap)), column))) for tap in range(4)
        ]
        start, offset = code.after(source, column), code.load(code.after(bias, column))
        earlier = [
            code.load_if(code.value(13), code.after(start, times(code.value(5), constant(-k)))) for k in (3, 2, 1)
        ]

        def rows(row: Any, before: Any) -> None:
            held = [code.carried() for _ in earlier]
            code.prefetch(code.after(start, times(build.add(row, constant(_AHEAD)), code.value(5))))
            newest = code.load(code.after(start, times(row, code.value(5))))
            line = [*held, newest]
            total = offset
            for weight, x in zip(weights, line, strict=True):
                total = total.plus_product(weight, x)
            total.silu().store(code.after(output, build.add(times(row, code.value(2)), column)))
            for vector, first, following in zip(held, earlier, line[1:], strict=True):
                vector.come_from(first, before)
                vector.come_from(following, build.block)

        code.repeat(code.value(6), 1, rows)

    code.repeat(code.value(12), LANES, columns)


_CONVOLUTION = [
    *("output", "at", "output_stride", "source", "at_source", "source_stride", "rows"),
    *("taps", "at_taps", "taps_stride", "bias", "at_bias", "count", "earlier"),
]
convolve_4: Any = intrinsic("convolve_4", _CONVOLUTION, _write_convolution)
"""Filter `count` columns over rows with four taps each, the newest last, and take the SiLU.

`source_stride` leads from a row to the next, and may be negative. Without `earlier`, the three rows before are zero.
"""


_TILE = ["left", "at_left", "left_stride", "right", "at_right", "right_stride", "depth", "out", "at_out", "out_stride"]


def _tile_of(vectors: int) -> Any:
    """Set a tile of `ROWS` rows and so many vectors of out = left right; the products are summed over `depth`."""

    def write(code: Code) -> None:
        left, right, output = code.pointer(0), code.pointer(3), code.pointer(7)
        times = code.builder.mul
        rows = [code.after(left, times(code.value(2), constant(row))) for row in range(ROWS)]
        places = [(row, column) for row in range(ROWS) for column in range(vectors)]
        made: dict[tuple[int, int], Vector] = {}

        def body(index: Any, before: Any) -> None:
            sums = {place: code.carried() for place in places}
            start = code.after(right, times(index, code.value(5)))
            line = [code.load(code.after(start, constant(column * LANES))) for column in range(vectors)]
            for row in range(ROWS):
                factor = code.spread(code.builder.load(code.after(rows[row], index), align=4))
                for column in range(vectors):
                    made[row, column] = sums[row, column].plus_product(factor, line[column])
            for place in places:
                sums[place].come_from(code.zero(), before)
                sums[place].come_from(made[place], code.builder.block)

        before, inside = code.repeat(code.value(6), 1, body)
        results = {place: code.carried() for place in places}
        for place, result in results.items():
            result.come_from(code.zero(), before)
            result.come_from(made[place], inside)
        for (row, column), result in results.items():
            shift = code.builder.add(times(code.value(9), constant(row)), constant(column * LANES))
            result.store(code.after(output, shift))

    return intrinsic(f"tile_{vectors}", _TILE, write)


tile_1, tile_2, tile_3, tile_4 = (_tile_of(vectors) for vectors in (1, 2, 3, 4))


@numba.njit(inline="always")
def tile(
    left: Any,
    at_left: int,
    left_stride: int,
    right: Any,
    at_right: int,
    right_stride: int,
    depth: int,
    out: Any,
    at_out: int,
    out_stride: int,
    columns: int,
) -> None:
    """Set `ROWS` rows of out = left right; the columns are rounded up to whole vectors.

    Matrices are given by an array, the index of their first number and the distance between rows.

    Args:
        left: (ROWS, depth).
        at_left: See above.
        left_stride: See above.
        right: (depth, columns).
        at_right: See above.
        right_stride: See above.
        depth: Products that are summed; 0 gives zeros.
        out: (ROWS, columns).
        at_out: See above.
        out_stride: See above.
        columns: Of the result.
    """
    first = 0
    while first < columns:
        vectors = min((columns - first + LANES - 1) // LANES, WIDEST)
        r, o = at_right + first, at_out + first
        if vectors == 4:
            tile_4(left, at_left, left_stride, right, r, right_stride, depth, out, o, out_stride)
        elif vectors == 3:
            tile_3(left, at_left, left_stride, right, r, right_stride, depth, out, o, out_stride)
        elif vectors == 2:
            tile_2(left, at_left, left_stride, right, r, right_stride, depth, out, o, out_stride)
        else:
            tile_1(left, at_left, left_stride, right, r, right_stride, depth, out, o, out_stride)
        first += vectors * LANES
