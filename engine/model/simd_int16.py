"""Products of 16-bit whole numbers, summed in 32 bits: a processor of Intel's kind makes twice as many as in float32.

A row of a left factor, and a column of a right one, is given in whole multiples of a step of its own. Two numbers that
follow each other in a sum share a word, so that both factors have half as many words as numbers in depth, and steps
after them. Numbers are so small that no sum can overflow; see `largest`.
"""

from __future__ import annotations

import math
from typing import Any, Final

import llvmlite.binding as llvm
from llvmlite import ir
from numba.core import cgutils
from numba.extending import register_jitable

from engine.model.kernel_cache import processor
from engine.model.simd import FLOATS, LANES, ROUNDING, WORDS, X86, Code, Vector, constant, intrinsic, lanes_for

# Whether this processor has them, in all lanes of its registers.
INT16: Final = X86 and lanes_for("add", 32, "i16") == LANES
# One instruction instead of two; LLVM takes it apart again on processors where it counts on room for both.
_AT_ONCE: Final = LANES == 16 and "+avx512vnni" in processor()[2]
_PAIRS_SUMMED: Final = {16: "llvm.x86.avx512.pmaddw.d.512", 8: "llvm.x86.avx2.pmadd.wd", 4: "llvm.x86.sse2.pmadd.wd"}
_HALF, _HALVES = ir.IntType(16), ir.VectorType(ir.IntType(16), 2 * LANES)

if _AT_ONCE:
    llvm.initialize_native_asmparser()


@register_jitable(inline="always")
def largest(depth: int) -> int:
    """The magnitude up to which so many products of two numbers can be summed."""
    return int(math.sqrt((2**31 - 1) / depth))


def plus_pairs(total: Vector, left: Vector, right: Vector) -> Vector:
    """Add to 32-bit numbers the products of two pairs of 16-bit numbers each."""
    build = total.builder
    words = [build.bitcast(vector.value, WORDS) for vector in (left, right, total)]
    if _AT_ONCE:
        kind = ir.FunctionType(WORDS, [WORDS] * 3)
        summed = build.asm(kind, "vpdpwssd $2, $1, $0", "=v,v,v,0", words, side_effect=False)
    else:
        kind = ir.FunctionType(WORDS, [_HALVES] * 2)
        multiply = cgutils.get_or_insert_function(build.module, kind, _PAIRS_SUMMED[LANES])
        made = build.call(multiply, [build.bitcast(word, _HALVES) for word in words[:2]])
        summed = build.add(words[2], made)
    return Vector(build, build.bitcast(summed, FLOATS))


def as_floats(total: Vector) -> Vector:
    """The 32-bit numbers of a sum."""
    build = total.builder
    return Vector(build, build.sitofp(build.bitcast(total.value, WORDS), FLOATS))


def _larger(left: Vector, right: Vector) -> Vector:
    """The larger in each lane, of numbers without sign: as words, they have the same order."""
    build = left.builder
    kind = ir.FunctionType(WORDS, [WORDS] * 2)
    function = cgutils.get_or_insert_function(build.module, kind, f"llvm.smax.v{LANES}i32")
    words = [build.bitcast(vector.value, WORDS) for vector in (left, right)]
    return Vector(build, build.bitcast(build.call(function, words), FLOATS))


def _largest_lane(vector: Vector) -> ir.Value:
    build, word = vector.builder, ir.IntType(32)
    kind = ir.FunctionType(word, [WORDS])
    function = cgutils.get_or_insert_function(build.module, kind, f"llvm.vector.reduce.smax.v{LANES}i32")
    return build.bitcast(build.call(function, [build.bitcast(vector.value, WORDS)]), ir.FloatType())


def _write_packed(code: Code) -> None:
    packed, row, build = code.pointer(0), code.pointer(2), code.builder
    magnitude = code.fold(
        code.value(4), lambda place, so_far: _larger(code.load(code.after(row, place)).magnitude(), so_far)
    )
    step = build.fmul(_largest_lane(_larger(magnitude, code.lanes([1e-30] * LANES))), code.value(5))
    build.store(step, code.after(packed, build.sdiv(code.value(4), constant(2))), align=4)
    scale = code.spread(build.fdiv(ir.Constant(ir.FloatType(), 1.0), step))
    halves = build.bitcast(packed, _HALF.as_pointer())
    narrow = ir.VectorType(_HALF, LANES)

    def write(place: ir.Value) -> None:
        rounded = code.load(code.after(row, place)) * scale + ROUNDING
        numbers = build.trunc(build.bitcast(rounded.value, WORDS), narrow)
        build.store(numbers, build.bitcast(build.gep(halves, [place]), narrow.as_pointer()), align=2)

    code.repeat(code.value(4), LANES, write)


pack_row: Any = intrinsic("pack_row", ["packed", "at", "row", "at_row", "depth", "unit"], _write_packed)
"""Write a row's numbers, a positive multiple of `LANES`, in whole steps, two in a word, and the step itself.

The step is `unit` times the largest of them.
"""
