"""Four float64 or uint64, or eight float32 or int32, side by side in one vector register.

For sums over traits, for random words drawn at four places of a stream at once, and for networks that live eight levels
at once. LLVM does not make vectors of scalar sums by itself here: numba leaves that pass (SLP) off, since it has been
wrong before. Each lane is rounded as a scalar is, so results are the same bits, on every machine.
"""

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

_LANE = ir.IntType(32)  # what LLVM counts lanes in


class _Lanes(types.Type):  # type: ignore[misc]
    """As many of one numba type, which LLVM knows as `element`, as 256 bits hold."""

    def __init__(self, single: Any, element: ir.Type) -> None:
        super().__init__(name=f"Lanes({single})")
        self.single, self.count, self.align = single, 256 // single.bitwidth, single.bitwidth // 8
        self.vector = ir.VectorType(element, self.count)


@register_model(_Lanes)
class _LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, fe_type.vector)


REALS = _Lanes(types.float64, ir.DoubleType())
WORDS = _Lanes(types.uint64, ir.IntType(64))
FLOATS = _Lanes(types.float32, ir.FloatType())
INTS = _Lanes(types.int32, ir.IntType(32))
_LANES_OF = {types.float64: REALS, types.uint64: WORDS, types.int64: WORDS, types.float32: FLOATS, types.int32: INTS}


def _pointer(context, builder, array_type, array, indices, vector):
    """Address of the first of some neighbours in an array, as a vector."""
    struct = context.make_array(array_type)(context, builder, array)
    place = cgutils.get_item_pointer(context, builder, array_type, struct, indices)
    return builder.bitcast(place, vector.as_pointer())


def _lane(number):
    return ir.Constant(_LANE, number)


def _splat(builder, value, lanes):
    """The same number in every lane."""
    one = builder.insert_element(ir.Constant(lanes.vector, ir.Undefined), value, _lane(0))
    return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(_LANE, lanes.count), [0] * lanes.count))


@intrinsic
def row(typingctx, matrix, i, t):
    """matrix[i, t : t + 4], unchecked. matrix: float64[N, T] or uint64[N, T], C-contiguous."""
    lanes = _LANES_OF[matrix.dtype]

    def codegen(context, builder, signature, args):
        place = _pointer(context, builder, signature.args[0], args[0], [args[1], args[2]], lanes.vector)
        return builder.load(place, align=lanes.align)

    return lanes(matrix, types.uint64, types.uint64), codegen


@intrinsic
def some(typingctx, vector, t):
    """vector[t : t + 4], or t + 8 of float32 and int32, unchecked."""
    lanes = _LANES_OF[vector.dtype]

    def codegen(context, builder, signature, args):
        place = _pointer(context, builder, signature.args[0], args[0], [args[1]], lanes.vector)
        return builder.load(place, align=lanes.align)

    return lanes(vector, types.uint64), codegen


@intrinsic
def put(typingctx, vector, t, lanes):
    """vector[t : t + 4] := lanes, or t + 8 of float32 and int32, unchecked."""

    def codegen(context, builder, signature, args):
        place = _pointer(context, builder, signature.args[0], args[0], [args[1]], signature.args[2].vector)
        builder.store(args[2], place, align=lanes.align)
        return context.get_dummy_value()

    return types.void(vector, types.uint64, lanes), codegen


@intrinsic
def put_pairs(typingctx, vector, t, apart, first, second):
    """vector[t + apart l] and the place after it := lane l of `first` and of `second`, unchecked. vector: int64[N]."""

    def codegen(context, builder, signature, args):
        pair, place = ir.VectorType(ir.IntType(64), 2), args[1]
        for lane in range(4):
            both = builder.shuffle_vector(args[3], args[4], ir.Constant(ir.VectorType(_LANE, 2), [lane, 4 + lane]))
            target = _pointer(context, builder, signature.args[0], args[0], [place], pair)
            builder.store(both, target, align=WORDS.align)
            place = builder.add(place, args[2])
        return context.get_dummy_value()

    return types.void(vector, types.uint64, types.uint64, WORDS, WORDS), codegen


@intrinsic
def put_apart(typingctx, vector, t, apart, lanes):
    """vector[t + apart l] := lane l, unchecked. vector: int64[N]."""

    def codegen(context, builder, signature, args):
        place = args[1]
        for lane in range(4):
            target = _pointer(context, builder, signature.args[0], args[0], [place], ir.IntType(64))
            builder.store(builder.extract_element(args[3], _lane(lane)), target)
            place = builder.add(place, args[2])
        return context.get_dummy_value()

    return types.void(vector, types.uint64, types.uint64, WORDS), codegen


@intrinsic
def gather(typingctx, vector, places):
    """The entries of a vector at four places, unchecked. vector: float64[N] or int64[N]; places: words."""
    lanes = _LANES_OF[vector.dtype]

    def codegen(context, builder, signature, args):
        found = ir.Constant(lanes.vector, ir.Undefined)
        for lane in range(4):
            place = builder.extract_element(args[1], _lane(lane))
            entry = _pointer(context, builder, signature.args[0], args[0], [place], lanes.vector.element)
            found = builder.insert_element(found, builder.load(entry), _lane(lane))
        return found

    return lanes(vector, WORDS), codegen


@intrinsic
def as_reals(typingctx, words):
    """Words, below 2**63, as reals."""

    def codegen(context, builder, signature, args):
        return builder.sitofp(args[0], REALS.vector)

    return REALS(WORDS), codegen


@intrinsic
def as_words(typingctx, reals):
    """Reals, from 0 to below 2**63, cut to whole words."""

    def codegen(context, builder, signature, args):
        return builder.fptosi(args[0], WORDS.vector)

    return WORDS(REALS), codegen


@intrinsic
def every(typingctx, value):
    """The same number in every lane: words of a uint64, floats of a float32, ints of an int32, else reals."""
    lanes = WORDS if value == types.uint64 else FLOATS if value == types.float32 else REALS
    lanes = INTS if value == types.int32 else lanes

    def codegen(context, builder, signature, args):
        return _splat(builder, args[0], lanes)

    return lanes(lanes.single), codegen


@intrinsic
def where_above(typingctx, x, y, this, other):
    """In every lane, `this` where x > y, `other` where not. x, y: reals or floats."""

    def codegen(context, builder, signature, args):
        return builder.select(builder.fcmp_ordered(">", args[0], args[1]), args[2], args[3])

    return this(x, x, this, this), codegen


@intrinsic
def mask(typingctx, ints, bit):
    """In every lane, all ones where that bit of the int is 1, 0 where it is 0. bit: 0 to 31."""

    def codegen(context, builder, signature, args):
        left = builder.sub(_lane(31), builder.trunc(args[1], _LANE))
        return builder.ashr(builder.shl(args[0], _splat(builder, left, INTS)), _splat(builder, _lane(31), INTS))

    return INTS(INTS, types.uint64), codegen


@intrinsic
def masked(typingctx, ones, floats):
    """In every lane, the float where the mask is all ones, 0.0 where it is 0."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(builder.and_(args[0], builder.bitcast(args[1], INTS.vector)), FLOATS.vector)

    return FLOATS(INTS, FLOATS), codegen


@intrinsic
def lane(typingctx, lanes, k):
    """What stands in lane k, unchecked."""

    def codegen(context, builder, signature, args):
        return builder.extract_element(args[0], builder.trunc(args[1], _LANE))

    return lanes.single(lanes, types.uint64), codegen


def _operation(operation, lanes, instruction):
    """Let two vectors be added, or the like, lane by lane."""

    @infer_global(operation)
    class _Typing(ConcreteTemplate):  # type: ignore[misc]  # an overload would be tried at every sum of any kernel
        cases = (signature(lanes, lanes, lanes),)

    @lower_builtin(operation, lanes, lanes)
    def combine(context, builder, signature, args):
        return getattr(builder, instruction)(args[0], args[1])


for _lanes, _instructions in (
    (REALS, {"add": "fadd", "iadd": "fadd", "sub": "fsub", "mul": "fmul", "truediv": "fdiv"}),
    (FLOATS, {"add": "fadd", "sub": "fsub", "mul": "fmul", "truediv": "fdiv"}),
    (WORDS, {"add": "add", "sub": "sub", "mul": "mul", "and_": "and_", "or_": "or_", "ior": "or_"}),
    (WORDS, {"xor": "xor", "ixor": "xor", "lshift": "shl", "rshift": "lshr"}),
):
    for _name, _instruction in _instructions.items():
        _operation(getattr(operator, _name), _lanes, _instruction)
