"""Four float64 side by side in one vector register, for sums over traits.

LLVM does not make vectors of four scalar sums by itself here: numba leaves that pass (SLP) off, since it has been
wrong before. Each lane is rounded as a scalar is, so results are the same bits, on every machine.
"""

import operator

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

_DOUBLE = ir.DoubleType()
_VECTOR = ir.VectorType(_DOUBLE, 4)
_ALIGNED = np.dtype(np.float64).itemsize  # arrays promise no more


class _Lanes(types.Type):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(name="Lanes")


LANES = _Lanes()


@register_model(_Lanes)
class _LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, _VECTOR)


def _pointer(context, builder, array_type, array, indices):
    """Address of the first of four neighbours in an array, as a vector."""
    struct = context.make_array(array_type)(context, builder, array)
    place = cgutils.get_item_pointer(context, builder, array_type, struct, indices)
    return builder.bitcast(place, _VECTOR.as_pointer())


@intrinsic
def row(typingctx, matrix, i, t):
    """matrix[i, t : t + 4], unchecked. matrix: float64[N, T], C-contiguous."""

    def codegen(context, builder, signature, args):
        place = _pointer(context, builder, signature.args[0], args[0], [args[1], args[2]])
        return builder.load(place, align=_ALIGNED)

    return LANES(matrix, types.uint64, types.uint64), codegen


@intrinsic
def four(typingctx, vector, t):
    """vector[t : t + 4], unchecked. vector: float64[T]."""

    def codegen(context, builder, signature, args):
        return builder.load(_pointer(context, builder, signature.args[0], args[0], [args[1]]), align=_ALIGNED)

    return LANES(vector, types.uint64), codegen


@intrinsic
def put(typingctx, vector, t, lanes):
    """vector[t : t + 4] := lanes, unchecked. vector: float64[T]."""

    def codegen(context, builder, signature, args):
        builder.store(args[2], _pointer(context, builder, signature.args[0], args[0], [args[1]]), align=_ALIGNED)
        return context.get_dummy_value()

    return types.void(vector, types.uint64, LANES), codegen


@intrinsic
def every(typingctx, value):
    """The same number in every lane."""

    def codegen(context, builder, signature, args):
        single = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), args[0], ir.Constant(ir.IntType(32), 0))
        return builder.shuffle_vector(single, single, ir.Constant(ir.VectorType(ir.IntType(32), 4), [0, 0, 0, 0]))

    return LANES(types.float64), codegen


def _arithmetic(operation, instruction):
    """Let two vectors be added, or the like, lane by lane."""

    @infer_global(operation)
    class _Typing(ConcreteTemplate):  # type: ignore[misc]  # an overload would be tried at every sum of any kernel
        cases = (signature(LANES, LANES, LANES),)

    @lower_builtin(operation, LANES, LANES)
    def combine(context, builder, signature, args):
        return getattr(builder, instruction)(args[0], args[1])


_arithmetic(operator.add, "fadd")
_arithmetic(operator.iadd, "fadd")
_arithmetic(operator.sub, "fsub")
_arithmetic(operator.mul, "fmul")
_arithmetic(operator.truediv, "fdiv")
