"""Parent links, kept while a replicate evolves: a stretch of generations at a time, in rows that are filled in turn.

Nothing is drawn from a stream here, so what evolves is the same with and without. When the rows are full, `full` is
called, which belongs to `evo.engines.descent`: it keeps whoever has descendants, and the rows are filled anew.
"""

import ctypes
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import types

from evo.kernels.genome import words_for
from evo.kernels.jit import F64_3, I64_1, U64_2, U64_3, kernel
from evo.kernels.names import columns
from evo.kernels.plan import FITNESS, Plan
from evo.kernels.records import CONTROL

I32_3 = Annotated[np.ndarray, types.int32[:, :, ::1]]
_FULL = types.int64(types.int64)

# lived[row, individual, LIVED]: fitness and property of an individual, as it lived.
LIVED = columns(("fitness", "property"))


class Callback(types.WrapperAddressProtocol):  # type: ignore[misc]
    """A Python function of an int that returns an int, as kernels can call it. It must not raise."""

    def __init__(self, function: Callable[[int], int]):
        self._pointer = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(function)

    def __wrapper_address__(self) -> int:
        """Where its code begins."""
        return ctypes.cast(self._pointer, ctypes.c_void_p).value or 0

    def signature(self) -> Any:
        """int64(int64)."""
        return _FULL


class Links(NamedTuple):
    """G generations of N individuals with P parents each, in rows 1..G; row 0 is the generation before them."""

    on: bool
    filled: I64_1  # [1], the last row that is filled
    parents: I32_3  # [G + 1, P, N], places in the row before
    bits: U64_3  # [G + 1, N, W]
    reals: F64_3  # [G + 1, N, D]
    lived: F64_3  # [G + 1, N, LIVED]
    streams: U64_2  # [G + 1, 4], the stream as the row was about to be made from the one before
    full: Annotated[Any, types.FunctionType(_FULL)]  # full(rows) -> 0 to go on, or anything else to stop


_NOTHING = Callback(lambda rows: 0)


def no_links() -> Links:
    """Keep nothing."""
    return _links(0, 0, 0, 0, 0, _NOTHING, False)


def new_links(plan: Plan, generations: int, full: Callback) -> Links:
    """Room for so many generations of a cell."""
    return _links(generations + 1, plan.roles, plan.size, words_for(plan.loci), plan.means.size, full, True)


def _links(rows: int, roles: int, size: int, words: int, dims: int, full: Callback, on: bool) -> Links:
    return Links(
        on=on,
        filled=np.zeros(1, np.int64),
        parents=np.zeros((rows, roles, size), np.int32),
        bits=np.zeros((rows, size, words), np.uint64),
        reals=np.zeros((rows, size, dims)),
        lived=np.zeros((rows, size, len(LIVED))),
        streams=np.zeros((rows, 4), np.uint64),
        full=full,
    )


@kernel(inner=True)
def keep(links, trait, parents, bits, reals, traits, control):
    """Put a generation that has lived into the next row; where that was the last one, have the rows emptied."""
    row = links.filled[0] + 1
    links.filled[0] = row
    roles, size = parents.shape
    for role in range(roles):
        to = links.parents[row, role]
        for i in range(size):
            to[i] = parents[role, i]
    links.bits[row] = bits
    links.reals[row] = reals
    lived = links.lived[row]
    for i in range(size):
        lived[i, LIVED.fitness] = traits[i, FITNESS]
        lived[i, LIVED.property] = traits[i, trait]
    if row == links.bits.shape[0] - 1 and links.full(row) != 0:
        control[CONTROL.stop] = 1


@kernel(inner=True)
def keep_stream(links, state):
    """Remember the stream that the next generation is about to be made from."""
    links.streams[links.filled[0] + 1] = state
