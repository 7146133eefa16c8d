"""Vector code for numba, written as LLVM vectors: expressions over whole registers, and loops and sums of them.

numba turns a loop into vectors only where LLVM can prove that its arrays do not overlap. What is made here is vectors
to begin with, of the width of the processor that numba compiles for, and LLVM turns them into its instructions:
AVX-512, AVX2, SSE, NEON. No compiler is needed where the program is installed.

All arrays are one-dimensional, contiguous and float32, and are addressed by an index of their first number. Loops run
over whole vectors: counts are rounded up to a multiple of `LANES`, and arrays need room for that.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Final

import llvmlite.binding as llvm
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic as _numba_intrinsic

from engine.model.kernel_cache import processor


def lanes_for(add: str, count: int, number: str) -> int:
    """32-bit lanes of the registers that this processor adds vectors in: told by LLVM's code for the sum of long ones.

    The processor's features alone do not say it, as those that its name implies may be left out.

    Args:
        add: LLVM's instruction.
        count: Of numbers in 64 bytes.
        number: Their kind, as LLVM calls it.
    """
    triple, name, features = processor()
    kind = f"<{count} x {number}>"
    code = f"define {kind} @f({kind} %x, {kind} %y) {{\n%z = {add} {kind} %x, %y\nret {kind} %z\n}}"
    machine = llvm.Target.from_triple(triple).create_target_machine(cpu=name, features=features)
    assembly = machine.emit_assembly(llvm.parse_assembly(code))
    return 16 if "zmm" in assembly else 8 if "ymm" in assembly else 4


# Numbers in one vector register.
LANES: Final = lanes_for("fadd", 16, "float")
# A tile is so many rows high, and at most so many vectors wide: with its sums, one row of the right factor and one
# number of the left it fills the 32 registers of AVX-512 and NEON, or the 16 of AVX2 and SSE.
ROWS: Final = 6
X86: Final = processor()[0].startswith("x86")
WIDEST: Final = 2 if X86 and LANES < 16 else 4

_FLOAT, _WORD, _INDEX = ir.FloatType(), ir.IntType(32), ir.IntType(64)
FLOATS, WORDS = ir.VectorType(_FLOAT, LANES), ir.VectorType(_WORD, LANES)
# Added to a small number, it leaves no room for a fraction: every processor rounds, without an instruction for it, and
# the last bits are the rounded number.
ROUNDING: Final = 1.5 * 2**23
_LOG2_E: Final = 1.44269504
# Products may be fused into sums; infinities and NaN keep their meaning.
_FLAGS = ("contract", "nsz", "arcp")


class Vector:
    """`LANES` numbers while code is generated; the operators write instructions.

    Attributes:
        builder: Writes them.
        value: LLVM's name for the numbers.
    """

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder = builder
        self.value = value

    def _other(self, other: Vector | float) -> Any:
        return other.value if isinstance(other, Vector) else ir.Constant(FLOATS, [float(other)] * LANES)

    def _do(self, operation: str, left: Any, right: Any) -> Vector:
        return Vector(self.builder, getattr(self.builder, operation)(left, right, flags=_FLAGS))

    def _call(self, name: str, *others: Vector | float) -> Vector:
        values = [self.value, *(self._other(other) for other in others)]
        kind = ir.FunctionType(FLOATS, [FLOATS] * len(values))
        function = cgutils.get_or_insert_function(self.builder.module, kind, f"llvm.{name}.v{LANES}f32")
        return Vector(self.builder, self.builder.call(function, values))

    def __add__(self, other: Vector | float) -> Vector:
        return self._do("fadd", self.value, self._other(other))

    def __sub__(self, other: Vector | float) -> Vector:
        return self._do("fsub", self.value, self._other(other))

    def __mul__(self, other: Vector | float) -> Vector:
        return self._do("fmul", self.value, self._other(other))

    def __truediv__(self, other: Vector | float) -> Vector:
        return self._do("fdiv", self.value, self._other(other))

    def __neg__(self) -> Vector:
        return self * -1.0

    def maximum(self, other: Vector | float) -> Vector:
        """The larger of the two; of NaN and a number, the number."""
        return self._call("maxnum", other)

    def minimum(self, other: float) -> Vector:
        """The smaller of the two."""
        return self._call("minnum", other)

    def magnitude(self) -> Vector:
        """Without sign."""
        return self._call("fabs")

    def plus_product(self, left: Vector, right: Vector) -> Vector:
        """Add left * right, rounded once where the processor can."""
        return left._call("fmuladd", right, self)

    def exp(self) -> Vector:
        """The exponential; beyond -86 and 86 that of these, so that its inverse is an ordinary number, too."""
        return self._within(86.0)._exp2(_LOG2_E)

    def exp2(self) -> Vector:
        """Two to the power of it, which must be below 127; below -126 that of -126, an ordinary number."""
        return self.maximum(-126.0)._exp2(1.0)

    def _within(self, limit: float) -> Vector:
        return self.maximum(-limit).minimum(limit)

    def _exp2(self, factor: float) -> Vector:
        """Two to the power of it times a factor; that product must be from -126 to below 127.

        Source: a polynomial fitted between -1/2 and 1/2 to a relative error of 9e-8.
        """
        times, rounding = (Vector(self.builder, self._other(number)) for number in (factor, ROUNDING))
        shifted = rounding.plus_product(self, times)  # whose last bits are the power of two
        rest = (rounding - shifted).plus_product(self, times)
        series = rest * 1.32647272e-3 + 9.67151281e-3
        for coefficient in (5.55073374e-2, 2.40222421e-1, 6.93146978e-1, 1.0):
            series = series * rest + coefficient
        return series._times_power_of_two(shifted)

    def _times_power_of_two(self, shifted: Vector) -> Vector:
        build = self.builder
        power = build.shl(build.bitcast(shifted.value, WORDS), ir.Constant(WORDS, [23] * LANES))
        return Vector(build, build.bitcast(build.add(build.bitcast(self.value, WORDS), power), FLOATS))

    def inverse(self) -> Vector:
        """One divided by it; it must be an ordinary number.

        With AVX-512 an estimate of 14 bits and one step of Newton's method, to about 1e-7, as a division takes as long
        as thirty additions there.
        """
        one = Vector(self.builder, self._other(1.0))
        if LANES < 16:
            return one / self
        mask = ir.IntType(LANES)
        kind = ir.FunctionType(FLOATS, [FLOATS, FLOATS, mask])
        function = cgutils.get_or_insert_function(self.builder.module, kind, "llvm.x86.avx512.rcp14.ps.512")
        found = self.builder.call(function, [self.value, self.value, ir.Constant(mask, -1)])
        estimate = Vector(self.builder, found)
        return estimate.plus_product(estimate, one.plus_product(-self, estimate))

    def silu(self) -> Vector:
        """Itself times its sigmoid."""
        return self * self.sigmoid()

    def tanh(self) -> Vector:
        """The hyperbolic tangent, to an absolute error of about 1e-7."""
        return (self._within(43.0)._exp2(2.0 * _LOG2_E) + 1.0).inverse() * -2.0 + 1.0

    def sigmoid(self) -> Vector:
        """The logistic function."""
        return (self._within(86.0)._exp2(-_LOG2_E) + 1.0).inverse()

    def softplus(self) -> Vector:
        """log(1 + exp(x)), without cancellation: log(1 + f) = 2 artanh(f / (2 + f)) as a series."""
        small = (-self.magnitude()).exp()
        ratio = small * (small + 2.0).inverse()
        square = ratio * ratio
        series = square * (2 / 13) + 2 / 11
        for factor in (2 / 9, 2 / 7, 2 / 5, 2 / 3, 2.0):
            series = series * square + factor
        return self.maximum(0.0) + ratio * series

    def sum(self) -> Any:
        """All lanes together, as one number."""
        kind = ir.FunctionType(_FLOAT, [_FLOAT, FLOATS])
        add = cgutils.get_or_insert_function(self.builder.module, kind, f"llvm.vector.reduce.fadd.v{LANES}f32")
        return self.builder.call(add, [ir.Constant(_FLOAT, 0.0), self.value], fastmath=("reassoc",))

    def largest(self) -> Any:
        """The largest lane, as one number."""
        kind = ir.FunctionType(_FLOAT, [FLOATS])
        of_all = cgutils.get_or_insert_function(self.builder.module, kind, f"llvm.vector.reduce.fmax.v{LANES}f32")
        return self.builder.call(of_all, [self.value])

    def chosen(self, other: Vector, places: list[int]) -> Vector:
        """For each lane the number at a place of both vectors, those of the other one after its own."""
        shuffle = self.builder.shuffle_vector
        return Vector(self.builder, shuffle(self.value, other.value, ir.Constant(WORDS, places)))

    def lane(self, place: int) -> Vector:
        """One of its numbers in all lanes."""
        return self.chosen(self, [place] * LANES)

    def store(self, pointer: Any) -> None:
        """Write to memory."""
        self.builder.store(self.value, _as_vectors(self.builder, pointer), align=4)

    def come_from(self, value: Vector, block: Any) -> None:
        """Take this value where the block before was that one."""
        self.value.add_incoming(value.value, block)


def _as_vectors(builder: Any, pointer: Any) -> Any:
    return builder.bitcast(pointer, FLOATS.as_pointer())


def constant(number: int) -> Any:
    """A number known beforehand."""
    return ir.Constant(_INDEX, number)


class Code:
    """Writes one intrinsic's instructions."""

    def __init__(self, context: Any, builder: Any, kinds: Any, values: Any) -> None:
        self.builder = builder
        self._context, self._kinds, self._values = context, kinds, values

    def value(self, place: int) -> Any:
        """An argument."""
        return self._values[place]

    def pointer(self, place: int) -> Any:
        """Where the array of an argument begins, from the index in the argument after it."""
        array = self._context.make_array(self._kinds[place])(self._context, self.builder, self._values[place])
        return self.builder.gep(array.data, [self._values[place + 1]])

    def after(self, pointer: Any, count: Any) -> Any:
        """The address so many numbers further on."""
        return self.builder.gep(pointer, [count])

    def load(self, pointer: Any) -> Vector:
        """Read a vector from memory."""
        return Vector(self.builder, self.builder.load(_as_vectors(self.builder, pointer), align=4))

    def load_if(self, condition: Any, pointer: Any) -> Vector:
        """Read a vector from memory, or take zeros where there is none."""
        build, before = self.builder, self.builder.block
        with build.if_then(build.icmp_signed("!=", condition, constant(0))):
            read, inside = self.load(pointer), build.block
        chosen = self.carried()
        chosen.come_from(self.zero(), before)
        chosen.come_from(read, inside)
        return chosen

    def prefetch(self, pointer: Any) -> None:
        """Begin to bring a number into the cache; the address may be one that does not exist."""
        address, word = ir.IntType(8).as_pointer(), _WORD
        kind = ir.FunctionType(ir.VoidType(), [address, word, word, word])
        function = cgutils.get_or_insert_function(self.builder.module, kind, "llvm.prefetch.p0")
        flags = [ir.Constant(word, value) for value in (0, 3, 1)]  # to read, to keep, of data
        self.builder.call(function, [self.builder.bitcast(pointer, address), *flags])

    def spread(self, number: Any) -> Vector:
        """One number in all lanes."""
        nothing = ir.Constant(FLOATS, ir.Undefined)
        first = self.builder.insert_element(nothing, number, ir.Constant(_WORD, 0))
        return Vector(self.builder, self.builder.shuffle_vector(first, nothing, ir.Constant(WORDS, [0] * LANES)))

    def lanes(self, numbers: list[float]) -> Vector:
        """Numbers known beforehand."""
        return Vector(self.builder, ir.Constant(FLOATS, numbers))

    def zero(self) -> Vector:
        """Nothing in all lanes."""
        return self.lanes([0.0] * LANES)

    def carried(self) -> Vector:
        """A vector that depends on the block before; see `Vector.come_from`."""
        return Vector(self.builder, self.builder.phi(FLOATS))

    def carry(
        self, count: Any, step: int, first: list[Vector], following: Callable[[Any, list[Vector]], list[Vector]]
    ) -> list[Vector]:
        """What following(index, vectors so far) makes for 0, step, ... below count, beginning with `first`."""
        build, before = self.builder, self.builder.block
        inside, done = build.append_basic_block("inside"), build.append_basic_block("done")
        build.cbranch(build.icmp_signed(">", count, constant(0)), inside, done)
        build.position_at_end(inside)
        index, so_far = build.phi(_INDEX), [self.carried() for _ in first]
        made = following(index, so_far)
        last = build.block  # another one than `inside` if there are loops in it
        next_index = build.add(index, constant(step))
        index.add_incoming(constant(0), before)
        index.add_incoming(next_index, last)
        build.cbranch(build.icmp_signed("<", next_index, count), inside, done)
        build.position_at_end(done)
        results = [self.carried() for _ in first]
        for vectors in (so_far, results):
            for vector, begun, followed in zip(vectors, first, made, strict=True):
                vector.come_from(begun, before)
                vector.come_from(followed, last)
        return results

    def repeat(self, count: Any, step: int, body: Callable[[Any], None]) -> None:
        """Do body(index) for 0, step, ... below count."""

        def following(index: Any, _nothing: list[Vector]) -> list[Vector]:
            body(index)
            return []

        self.carry(count, step, [], following)

    def fold(self, count: Any, following: Callable[[Any, Vector], Vector]) -> Vector:
        """What following(index, value so far), zeros at first, is after all whole vectors of `count` numbers."""
        return self.carry(count, LANES, [self.zero()], lambda index, so_far: [following(index, *so_far)])[0]


def intrinsic(name: str, parameters: list[str], write: Callable[[Code], Any], result: Any = types.void) -> Any:
    """A function for compiled code; `write` writes its instructions and returns its value, if it has one."""

    def definition(_typing: Any, *kinds: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            made = write(Code(context, builder, signature.args, values))
            return context.get_dummy_value() if made is None else made

        return result(*kinds), generate

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    definition.__name__ = definition.__qualname__ = name
    vars(definition)["__signature__"] = inspect.Signature(
        [inspect.Parameter(each, kind) for each in ("typing", *parameters)]
    )
    return _numba_intrinsic(definition)


def vector_loop(*, scalars: int = 0) -> Callable[[Callable[..., Vector]], Any]:
    """Make `f(out, at, count, in_1, at_1, ..., scalar_1, ...)` that sets out[at:at + count] from vectors of its inputs.

    The output may be one of the inputs, at the same place.

    Args:
        scalars: How many of the decorated function's last arguments are single numbers.
    """

    def decorate(expression: Callable[..., Vector]) -> Any:
        names, arrays = _arguments(expression, scalars)

        def write(code: Code) -> None:
            output, made = code.pointer(0), _expression(code, expression, 3, arrays, scalars)
            code.repeat(code.value(2), LANES, lambda place: made(place).store(code.after(output, place)))

        return intrinsic(expression.__name__, ["output", "at", "count", *names], write)

    return decorate


def vector_sum(expression: Callable[..., Vector]) -> Any:
    """Make `f(count, in_1, at_1, ...)`, the sum of an expression over `count` numbers of its inputs."""
    names, arrays = _arguments(expression, 0)

    def write(code: Code) -> Any:
        made = _expression(code, expression, 1, arrays, 0)
        return code.fold(code.value(0), lambda place, total: total + made(place)).sum()

    return intrinsic(expression.__name__, ["count", *names], write, types.float32)


def _arguments(expression: Callable[..., Vector], scalars: int) -> tuple[list[str], int]:
    """Names of an intrinsic's arguments for those of an expression, and how many of these are arrays."""
    names = list(inspect.signature(expression).parameters)
    arrays = len(names) - scalars
    return [name for array in names[:arrays] for name in (array, f"at_{array}")] + names[arrays:], arrays


def _expression(
    code: Code, expression: Callable[..., Vector], first: int, arrays: int, scalars: int
) -> Callable[[Any], Vector]:
    """What computes the expression at an index; its arguments begin with number `first`."""
    sources = [code.pointer(first + 2 * number) for number in range(arrays)]
    spread = [code.spread(code.value(first + 2 * arrays + number)) for number in range(scalars)]
    return lambda place: expression(*(code.load(code.after(source, place)) for source in sources), *spread)
