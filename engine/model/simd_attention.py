"""Building blocks of attention; see `simd`."""

from __future__ import annotations

from typing import Any

from engine.model.simd import LANES, ROWS, Code, Vector, constant, intrinsic, vector_loop

# Below every score.
LEAST = -1e38


@vector_loop()
def gelu(x: Vector, bias: Vector) -> Vector:
    """Set x to the GELU of x plus the bias, to an error of 3e-7 times that sum.

    That is x times the share of a normal distribution below it. Source: a rational function fitted to that share less
    one half, between -5.2 and 5.2, to an error of 6e-8.
    """
    x = x + bias
    near = x.maximum(-5.2).minimum(5.2)
    square = near * near
    above, below = square * 5.84064251e-6 + 3.14263973e-4, square * 5.01901421e-7 + 1.12741075e-4
    for factor in (5.51873548e-3, 4.95935247e-2, 3.98941917e-1):
        above = above * square + factor
    for factor in (2.70375034e-3, 3.73398651e-2, 2.90973297e-1, 1.0):
        below = below * square + factor
    return x * (near * above * below.inverse() + 0.5)


@vector_loop()
def sigmoid_of_sum(x: Vector, bias: Vector) -> Vector:
    """Set x to the logistic function of x plus the bias."""
    return (x + bias).sigmoid()


def _write_turn(code: Code) -> None:
    first, second, cosine, sine = (code.pointer(place) for place in (0, 2, 4, 6))

    def body(place: Any) -> None:
        x, y, c, s = (code.load(code.after(array, place)) for array in (first, second, cosine, sine))
        (x * c - y * s).store(code.after(first, place))
        (y * c + x * s).store(code.after(second, place))

    code.repeat(code.value(8), LANES, body)


turn: Any = intrinsic(
    "turn", ["x", "at_x", "y", "at_y", "cosine", "at_cosine", "sine", "at_sine", "count"], _write_turn
)
"""Turn pairs of numbers, of which x has the first ones and y the second ones, by angles."""


def _write_exponentials(code: Code) -> None:
    scores, sums, build, count = code.pointer(0), code.pointer(4), code.builder, code.value(3)
    rows = [code.after(scores, build.mul(code.value(2), constant(row))) for row in range(ROWS)]

    def larger(place: Any, so_far: list[Vector]) -> list[Vector]:
        return [most.maximum(code.load(code.after(row, place))) for most, row in zip(so_far, rows, strict=True)]

    largest = code.carry(count, LANES, [code.lanes([LEAST] * LANES)] * ROWS, larger)
    for number, (row, vector) in enumerate(zip(rows, largest, strict=True)):
        most = code.spread(vector.largest())
        _write_row(code, row, most, code.after(sums, constant(number)))


def _write_row(code: Code, row: Any, most: Vector, target: Any) -> None:
    def following(place: Any, total: Vector) -> Vector:
        power = (code.load(code.after(row, place)) - most).exp2()
        power.store(code.after(row, place))
        return total + power

    code.builder.store(code.fold(code.value(3), following).sum(), target, align=4)


exponentials: Any = intrinsic(
    "exponentials", ["scores", "at_scores", "stride", "count", "sums", "at_sums"], _write_exponentials
)
"""Set `ROWS` rows of scores to two to the power of them less a row's largest one, and `sums` to every row's sum."""
