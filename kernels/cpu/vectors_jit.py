"""Vectors of float32 in a core's registers, for compiled loops that have to say what stays there.

A core multiplies and adds a vector of LANES numbers at once, twice in a cycle; but to read the factors from the first
cache takes as long. So a product of matrices is as fast as its numbers are used again while they are in a register
(Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008). Numba leaves that to LLVM, which
does not find it in nested loops. With these few functions a loop in Python's words says it:

    sums = registers()                                   # of vectors; sums[i] is get(sums, i), put(sums, i, vector)
    put(sums, 0, multiply_add(broadcast(w), load(x, j), get(sums, 0)))

Where the indices of registers are constants after loops of constant length are unrolled, they are registers indeed.
"""

import llvmlite.binding
import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, models, register_model

FEATURES = llvmlite.binding.get_host_cpu_features()
WIDE = bool(FEATURES.get("avx512f"))
PAIRS = bool(FEATURES.get("avx512bf16"))  # whether cores multiply bfloat16 numbers, two at once
LANES = 16 if WIDE else 8  # numbers in a vector: of 512 or of 256 bits
REGISTERS = 32 if WIDE else 16  # vectors that a core holds

llvm_vector = ir.VectorType(ir.FloatType(), LANES)


class Vector(types.Type):
    """LANES float32 numbers."""


class Registers(types.Type):
    """REGISTERS vectors."""


vector, several = Vector("vector"), Registers("registers")
register_model(Vector)(lambda manager, kind: models.PrimitiveModel(manager, kind, llvm_vector))
register_model(Registers)(lambda manager, kind: models.PrimitiveModel(manager, kind, llvm_vector.as_pointer()))


def lanes_of(builder, number):
    """LANES times the number."""
    index = ir.IntType(32)
    first = builder.insert_element(ir.Constant(ir.VectorType(number.type, LANES), ir.Undefined), number, index(0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(index, LANES), [0] * LANES))


def address(context, builder, signature, args):
    """Of the vector that begins at element i of an array; it may begin anywhere."""
    array = context.make_array(signature.args[0])(context, builder, args[0])
    return builder.bitcast(builder.gep(array.data, [args[1]]), llvm_vector.as_pointer())


@intrinsic
def load(typing, x, i):
    """x[i : i + LANES], for x contiguous, of which i counts all elements; nobody checks that it goes that far.

    A row of x would be an array of its own, whose owners Numba counts by calls, for which registers are stored.
    """

    def emit(context, builder, signature, args):
        return builder.load(address(context, builder, signature, args), align=4)

    return vector(x, types.intp), emit


@intrinsic
def store(typing, x, i, v):
    """x[i : i + LANES] = v"""

    def emit(context, builder, signature, args):
        builder.store(args[2], address(context, builder, signature, args), align=4)
        return context.get_dummy_value()

    return types.void(x, types.intp, vector), emit


@intrinsic
def number(typing, x, i):
    """The number at i, which counts all elements as for load; of any dtype."""

    def emit(context, builder, signature, args):
        return builder.load(
            builder.gep(context.make_array(signature.args[0])(context, builder, args[0]).data, [args[1]])
        )

    return x.dtype(x, types.intp), emit


@intrinsic
def set_number(typing, x, i, value):
    """x[i] = value, where i counts all elements as for load."""

    def emit(context, builder, signature, args):
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        builder.store(args[2], builder.gep(data, [args[1]]))
        return context.get_dummy_value()

    return types.void(x, types.intp, x.dtype), emit


def first_lanes(builder, n):
    """Of a vector's lanes, those before the n-th."""
    n = lanes_of(builder, n)
    return builder.icmp_signed("<", ir.Constant(n.type, [*range(LANES)]), n)


@intrinsic
def load_first(typing, x, i, n):
    """x[i : i + min(n, LANES)], and then zeros."""

    def emit(context, builder, signature, args):
        place, mask = address(context, builder, signature, args), first_lanes(builder, args[2])
        kind = ir.FunctionType(llvm_vector, [place.type, ir.IntType(32), mask.type, llvm_vector])
        function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.masked.load.v{LANES}f32.p0")
        return builder.call(function, [place, ir.IntType(32)(4), mask, ir.Constant(llvm_vector, None)])

    return vector(x, types.intp, types.intp), emit


@intrinsic
def store_first(typing, x, i, v, n):
    """x[i : i + min(n, LANES)] = the first numbers of v"""

    def emit(context, builder, signature, args):
        place, mask = address(context, builder, signature, args), first_lanes(builder, args[3])
        kind = ir.FunctionType(ir.VoidType(), [llvm_vector, place.type, ir.IntType(32), mask.type])
        function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.masked.store.v{LANES}f32.p0")
        builder.call(function, [args[2], place, ir.IntType(32)(4), mask])
        return context.get_dummy_value()

    return types.void(x, types.intp, vector, types.intp), emit


@intrinsic
def broadcast(typing, number):
    """LANES times the number."""

    def emit(context, builder, signature, args):
        return lanes_of(builder, args[0])

    return vector(types.float32), emit


@intrinsic
def add(typing, a, b):
    """a + b"""

    def emit(context, builder, signature, args):
        return builder.fadd(*args)

    return vector(vector, vector), emit


@intrinsic
def multiply_add(typing, a, b, c):
    """a b + c, rounded once."""

    def emit(context, builder, signature, args):
        kind = ir.FunctionType(llvm_vector, [llvm_vector] * 3)
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{LANES}f32"), args)

    return vector(vector, vector, vector), emit


@intrinsic
def multiply_add_pairs(typing, a, b, c):
    """a b + a' b' + c: of each number of a and b the upper half is one bfloat16 number, the lower half another."""

    def emit(context, builder, signature, args):
        *factors, total = args
        halves = ir.VectorType(ir.IntType(32), LANES)
        a, b = [builder.bitcast(x, halves) for x in factors]
        if PAIRS:
            kind = ir.FunctionType(llvm_vector, [llvm_vector, halves, halves])
            dot = cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.avx512bf16.dpbf16ps.512")
            return builder.call(dot, [total, a, b])
        kind = ir.FunctionType(llvm_vector, [llvm_vector] * 3)
        fma = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{LANES}f32")
        width, upper = [ir.Constant(halves, [number] * LANES) for number in (16, 0xFFFF0000)]
        for half in (lambda x: builder.shl(x, width)), (lambda x: builder.and_(x, upper)):
            total = builder.call(fma, [builder.bitcast(half(x), llvm_vector) for x in (a, b)] + [total])
        return total

    return vector(vector, vector, vector), emit


@intrinsic
def subtract(typing, a, b):
    """a - b"""

    def emit(context, builder, signature, args):
        return builder.fsub(*args)

    return vector(vector, vector), emit


@intrinsic
def maximum(typing, a, b):
    """The larger ones of the numbers of a and b; that of b where one is NaN."""

    def emit(context, builder, signature, args):
        return builder.select(builder.fcmp_ordered(">", *args), *args)

    return vector(vector, vector), emit


@intrinsic
def largest(typing, v):
    """The largest of a vector's numbers, of which none is NaN."""

    def emit(context, builder, signature, args):
        kind = ir.FunctionType(ir.FloatType(), [llvm_vector])
        largest = cgutils.get_or_insert_function(builder.module, kind, f"llvm.vector.reduce.fmax.v{LANES}f32")
        return builder.call(largest, args)

    return types.float32(vector), emit


@intrinsic
def total(typing, v):
    """The sum of a vector's numbers: of its halves, of their halves, and so on."""

    def emit(context, builder, signature, args):
        kind = ir.FunctionType(ir.FloatType(), [ir.FloatType(), llvm_vector])
        add = cgutils.get_or_insert_function(builder.module, kind, f"llvm.vector.reduce.fadd.v{LANES}f32")
        return builder.call(add, [ir.FloatType()(0), args[0]], fastmath=["reassoc"])

    return types.float32(vector), emit


@intrinsic
def registers(typing):
    """REGISTERS vectors of any numbers."""

    def emit(context, builder, signature, args):
        return cgutils.alloca_once(builder, llvm_vector, size=REGISTERS)

    return several(), emit


@intrinsic
def get(typing, vectors, i):
    """vectors[i]"""

    def emit(context, builder, signature, args):
        return builder.load(builder.gep(args[0], [args[1]]))

    return vector(several, types.intp), emit


@intrinsic
def put(typing, vectors, i, v):
    """vectors[i] = v"""

    def emit(context, builder, signature, args):
        builder.store(args[2], builder.gep(args[0], [args[1]]))
        return context.get_dummy_value()

    return types.void(several, types.intp, vector), emit


# With loops of constant bounds, which LLVM unrolls in the caller. (inline="always" copies it into the caller in Numba,
# where each array gets one more owner to be counted: ten atomic additions and 50 ns a call.)
@intrinsic
def transpose(typing, vectors):
    """The first LANES vectors are the rows of a square: they become its columns.

    The square's halves exchange their corners, then the halves of these, and so on: log LANES times LANES shuffles.
    """

    def emit(context, builder, signature, args):
        index, lanes = ir.IntType(32), range(LANES)
        places = [builder.gep(args[0], [index(i)]) for i in lanes]
        rows, half = [builder.load(place) for place in places], LANES // 2
        while half:
            upper_mask = ir.Constant(ir.VectorType(index, LANES), [j + (LANES - half) * (j & half > 0) for j in lanes])
            lower_mask = ir.Constant(ir.VectorType(index, LANES), [j + (LANES if j & half else half) for j in lanes])
            for i in lanes:
                if not i & half:
                    pair = rows[i], rows[i + half]
                    rows[i] = builder.shuffle_vector(*pair, upper_mask)
                    rows[i + half] = builder.shuffle_vector(*pair, lower_mask)
            half //= 2
        for row, place in zip(rows, places, strict=True):
            builder.store(row, place)
        return context.get_dummy_value()

    return types.void(several), emit


unrolled = numba.njit(forceinline=True, error_model="numpy")
