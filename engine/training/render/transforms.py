"""Fourier transforms made for convolution: a block is transformed, multiplied and transformed back in one go.

The order of a spectrum does not matter where two spectra are only multiplied, so nothing is ever sorted. Steps that
quarter a transform go from large to small and back; a quarter is finished before the next one is begun, so that it
stays in the processor's cache. What remains in the end, transforms of as many numbers as a register holds, is computed
in the registers.

A block is complex: two arrays, real and imaginary. Filtered with a real kernel, both stay apart, so that a block is two
stretches of a signal. Shapes: n numbers of a block, `LANES` times a power of 4 and no fewer than `TILE`.
"""

from __future__ import annotations

import cmath
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.model.kept_code import compiled_once
from engine.model.simd import LANES, Code, Vector, constant, intrinsic

Floats = NDArray[np.float32]
Row = tuple[Vector, Vector]

# Numbers of a piece that is transformed in the registers.
TILE = LANES * LANES


class Spectrum(NamedTuple):
    """A kernel's transform, in an order of its own: real and imaginary parts (n,)."""

    real: Floats
    imaginary: Floats


def spectrum_of(kernel: Floats, size: int) -> Spectrum:
    """The transform of a kernel (K,), for blocks of `size` numbers."""
    spectrum = Spectrum(np.zeros(size, np.float32), np.zeros(size, np.float32))
    # Transforms there and back multiply by the size.
    spectrum.real[: len(kernel)] = kernel * np.float32(1 / size)
    _transform(*spectrum, _turns(size))
    return spectrum


def convolve_block(real: Floats, imaginary: Floats, spectrum: Spectrum) -> None:
    """Convolve both parts (n,) of a block with a real kernel, in place, as if their ends met."""
    _convolve(real, imaginary, *spectrum, _turns(len(real)))


def sizes_up_to(longest: int) -> list[int]:
    """Sizes that a block may have, in ascending order; the last one is `longest` or more."""
    sizes = [LANES]
    while sizes[-1] < longest:
        sizes.append(sizes[-1] * 4)
    return [size for size in sizes if size >= TILE]


@cache
def _turns(size: int) -> Floats:
    """Cosines and sines for all steps of a transform: those that quarter `size` numbers come first."""
    parts: list[NDArray[np.float64]] = []
    while size > LANES:
        angles = -2 * np.pi / size * np.arange(size // 4)
        parts += [np.cos(angles), np.sin(angles)]
        size //= 4
    return np.concatenate(parts).astype(np.float32)


def _times(row: Row, factor: Row) -> Row:
    return row[0] * factor[0] - row[1] * factor[1], row[0] * factor[1] + row[1] * factor[0]


def _times_conjugate(row: Row, factor: Row) -> Row:
    return row[0] * factor[0] + row[1] * factor[1], row[1] * factor[0] - row[0] * factor[1]


def _plus(a: Row, b: Row) -> Row:
    return a[0] + b[0], a[1] + b[1]


def _minus(a: Row, b: Row) -> Row:
    return a[0] - b[0], a[1] - b[1]


def _quarter_turn(row: Row) -> Row:
    """Times i."""
    return -row[1], row[0]


def _there(rows: list[Row], turn: Row) -> tuple[Row, Row, Row, Row]:
    """One step of a transform, on the same place of its four quarters; decimation in frequency."""
    a, b, c, d = rows
    double = _times(turn, turn)
    even, odd = _plus(a, c), _minus(a, c)
    sums, turned = _plus(b, d), _quarter_turn(_minus(b, d))
    return (
        _plus(even, sums),
        _times(_minus(odd, turned), turn),
        _times(_minus(even, sums), double),
        _times(_plus(odd, turned), _times(double, turn)),
    )


def _back(rows: list[Row], turn: Row) -> tuple[Row, Row, Row, Row]:
    """Undo `_there`, but for a factor of 4."""
    double = _times(turn, turn)
    a = rows[0]
    b, c = _times_conjugate(rows[1], turn), _times_conjugate(rows[2], double)
    d = _times_conjugate(rows[3], _times(double, turn))
    even, odd = _plus(a, c), _minus(a, c)
    sums, turned = _plus(b, d), _quarter_turn(_minus(b, d))
    return _plus(even, sums), _plus(odd, turned), _minus(even, sums), _minus(odd, turned)


def _step_writer(step: Callable[[list[Row], Row], tuple[Row, ...]]) -> Callable[[Code], None]:
    def write(code: Code) -> None:
        real, imaginary, cosines, quarter = code.pointer(0), code.pointer(2), code.pointer(4), code.value(6)
        sines = code.after(cosines, quarter)

        def body(place: Any) -> None:  # noqa: ANN401
            at = [code.builder.add(code.builder.mul(quarter, constant(part)), place) for part in range(4)]
            pointers = [(code.after(real, each), code.after(imaginary, each)) for each in at]
            rows = [(code.load(re), code.load(im)) for re, im in pointers]
            turn = code.load(code.after(cosines, place)), code.load(code.after(sines, place))
            for row, pointer in zip(step(rows, turn), pointers, strict=True):
                row[0].store(pointer[0])
                row[1].store(pointer[1])

        code.repeat(quarter, LANES, body)

    return write


_STEP = ["real", "at", "imaginary", "at_imaginary", "turns", "at_turns", "quarter"]
_step_there: Any = intrinsic("step_there", _STEP, _step_writer(_there))
"""Quarter the transform of the 4 * `quarter` numbers from `at` on."""
_step_back: Any = intrinsic("step_back", _STEP, _step_writer(_back))
"""Undo `step_there`, but for a factor of 4."""


def _turned(row: Row, part: int, of: int) -> Row:
    """A row times exp(2 pi i part / of)."""
    if part == 0:
        return row
    if 4 * abs(part) == of:
        turned = _quarter_turn(row)
        return turned if part > 0 else (-turned[0], -turned[1])
    turn = cmath.exp(2j * cmath.pi * part / of)
    return row[0] * turn.real - row[1] * turn.imag, row[0] * turn.imag + row[1] * turn.real


def _rows_there(rows: list[Row]) -> list[Row]:
    """The transform over rows, in bit-reversed order."""
    half = len(rows) // 2
    if half == 0:
        return rows
    pairs = list(zip(rows[:half], rows[half:], strict=True))
    differences = [_turned(_minus(a, b), -place, 2 * half) for place, (a, b) in enumerate(pairs)]
    return _rows_there([_plus(a, b) for a, b in pairs]) + _rows_there(differences)


def _rows_back(rows: list[Row]) -> list[Row]:
    """Undo `_rows_there`, but for a factor of their number."""
    half = len(rows) // 2
    if half == 0:
        return rows
    sums, differences = _rows_back(rows[:half]), _rows_back(rows[half:])
    pairs = [(a, _turned(b, place, 2 * half)) for place, (a, b) in enumerate(zip(sums, differences, strict=True))]
    return [_plus(a, b) for a, b in pairs] + [_minus(a, b) for a, b in pairs]


def _flipped(rows: list[Vector]) -> list[Vector]:
    """Rows become columns: squares of 1, 2, 4, ... numbers change places."""
    for step in (1 << bit for bit in range(LANES.bit_length() - 1)):
        upper = [lane if not lane & step else LANES + (lane ^ step) for lane in range(LANES)]
        lower = [lane ^ step if not lane & step else LANES + lane for lane in range(LANES)]
        for place in range(LANES):
            if not place & step:
                a, b = rows[place], rows[place | step]
                rows[place], rows[place | step] = a.chosen(b, upper), a.chosen(b, lower)
    return rows


def _read_tile(code: Code) -> list[Row]:
    """The rows of a tile, flipped."""
    parts = [
        _flipped([code.load(code.after(code.pointer(part), constant(row * LANES))) for row in range(LANES)])
        for part in (0, 2)
    ]
    return list(zip(*parts, strict=True))


def _write_tile(code: Code, parts: tuple[list[Vector], list[Vector]]) -> None:
    for part, rows in zip((0, 2), parts, strict=True):
        for number, row in enumerate(rows):
            row.store(code.after(code.pointer(part), constant(number * LANES)))


def _write_tile_there(code: Code) -> None:
    rows = _rows_there(_read_tile(code))
    _write_tile(code, ([real for real, _ in rows], [imaginary for _, imaginary in rows]))


def _write_tile_product(code: Code) -> None:
    factors = [
        tuple(code.load(code.after(code.pointer(part), constant(row * LANES))) for part in (4, 6))
        for row in range(LANES)
    ]
    rows = _rows_there(_read_tile(code))
    rows = _rows_back([_times(row, (factor[0], factor[1])) for row, factor in zip(rows, factors, strict=True)])
    _write_tile(code, (_flipped([real for real, _ in rows]), _flipped([imaginary for _, imaginary in rows])))


_TILE = ["real", "at", "imaginary", "at_imaginary"]
_tile_there: Any = intrinsic("tile_there", _TILE, _write_tile_there)
"""Transform `LANES` times `LANES` numbers; the results lie by frequency."""
_tile_product: Any = intrinsic(
    "tile_product", [*_TILE, "other", "at_other", "other_imaginary", "at_other_imaginary"], _write_tile_product
)
"""Transform `LANES` times `LANES` numbers, multiply by what `tile_there` made of others, and transform back."""


@compiled_once()
def _transform(real: Floats, imaginary: Floats, turns: Floats) -> None:
    for at in range(0, real.shape[0], TILE):
        _descend(real, imaginary, turns, at)
        _tile_there(real, at, imaginary, at)


@compiled_once()
def _convolve(real: Floats, imaginary: Floats, other: Floats, other_imaginary: Floats, turns: Floats) -> None:
    for at in range(0, real.shape[0], TILE):
        _descend(real, imaginary, turns, at)
        _tile_product(real, at, imaginary, at, other, at, other_imaginary, at)
        _ascend(real, imaginary, turns, at + TILE)


@compiled_once()
def _descend(real: Floats, imaginary: Floats, turns: Floats, at: int) -> None:
    """Quarter all transforms that begin here, the largest first."""
    size, found = real.shape[0], 0
    while size > LANES:
        if at % size == 0 or size < TILE:
            for piece in range(at, at + max(size, TILE), size):
                _step_there(real, piece, imaginary, piece, turns, found, size // 4)
        found += size // 2
        size //= 4


@compiled_once()
def _ascend(real: Floats, imaginary: Floats, turns: Floats, stop: int) -> None:
    """Join the quarters of all transforms that end here, the smallest first."""
    size, found = 4 * LANES, turns.shape[0] - 2 * LANES
    while size <= real.shape[0]:
        if stop % size == 0:
            for piece in range(stop - max(size, TILE), stop, size):
                _step_back(real, piece, imaginary, piece, turns, found, size // 4)
        size *= 4
        found -= size // 2
