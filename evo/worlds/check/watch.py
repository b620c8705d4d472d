"""What watched code calls: every index is looked at, memory that was never written is poisoned, loops are counted.

A watched function gets a further array, `note[NOTE]`, int64, in which it says where it is and what was wrong.
"""

from typing import Any

import numpy as np
from numba import extending, types

from evo.kernels.names import columns

# line: of the statement under way; site: number of the first bad subscript, 0 for none, with axis, index and size of
# that; ticks: loop rounds so far, and the most there may be; poison: which of two values scratch is filled with, at
# the site `only`, or everywhere where that is 0; loci: of a genome, 0 where nobody knows.
NOTE = columns(("line", "site", "axis", "index", "size", "ticks", "most", "poison", "only", "loci"))

POISON = np.nan, -123456.78901234567  # of floats
_WHOLE = -(1 << 40) - 7, -(1 << 41) - 3  # of whole numbers: far below any index
OUT, LATE = "index out of bounds", "took too many rounds"
SHIFT, _BITS = "<<", 64  # what is indexed where bits are shifted; bits of a word
LOCUS = "genome"  # what is indexed where a locus is read


def new_note(most: int, poison: int = 0, only: int = 0, loci: int = 0) -> np.ndarray:
    """int64[NOTE]."""
    note = np.zeros(len(NOTE), np.int64)
    note[NOTE.most], note[NOTE.poison], note[NOTE.only], note[NOTE.loci] = most, poison, only, loci
    return note


# Called in watched code alone, where numba puts the overloads below in their place.
def within(array: Any, index: Any, axis: int, note: Any, site: int) -> Any:
    """The array, whose axis has such an index."""


def poisoned(array: Any, note: Any, site: int) -> Any:
    """The array, new, filled with what nobody would take for a result."""


def shift(by: Any, note: Any, site: int) -> Any:
    """By how many bits a word is shifted, which it can be."""


def locus(at: Any, last: int, note: Any, site: int) -> Any:
    """A locus that is read, which the genome has; or where the reading ends, `last` after the last that is read."""


def tick(note: Any) -> Any:
    """Count a round of a loop."""


@extending.overload(within)
def _within(array, index, axis, note, site):
    if not isinstance(array, types.Array) or not isinstance(index, types.Integer):
        return lambda array, index, axis, note, site: array

    signed = index.signed

    def look(array, index, axis, note, site):
        size = array.shape[axis]
        at = np.int64(index)
        if at >= size or at < (-size if signed else 0):
            if note[NOTE.site] == 0:
                note[NOTE.site], note[NOTE.axis], note[NOTE.index], note[NOTE.size] = site, axis, at, size
            raise IndexError(OUT)
        return array

    return look


@extending.overload(poisoned)
def _poisoned(array, note, site):
    if not isinstance(array, types.Array) or not isinstance(array.dtype, (types.Float, types.Integer)):
        return lambda array, note, site: array
    first, second = POISON if isinstance(array.dtype, types.Float) else _WHOLE
    if isinstance(array.dtype, types.Integer) and (not array.dtype.signed or array.dtype.bitwidth < 64):
        first, second = 101, 203

    def fill(array, note, site):
        here = note[NOTE.poison] == 1 and (note[NOTE.only] == 0 or note[NOTE.only] == site)
        array[...] = second if here else first
        return array

    return fill


@extending.overload(shift)
def _shift(by, note, site):
    if not isinstance(by, types.Integer):
        return lambda by, note, site: by

    def look(by, note, site):
        at = np.int64(by)
        if at >= _BITS or at < 0:
            if note[NOTE.site] == 0:
                note[NOTE.site], note[NOTE.index], note[NOTE.size] = site, at, _BITS
            raise IndexError(OUT)
        return by

    return look


@extending.overload(locus)
def _locus(at, last, note, site):
    if not isinstance(at, types.Integer):
        return lambda at, last, note, site: at

    def look(at, last, note, site):
        index, size = np.int64(at) - last, note[NOTE.loci]
        if size > 0 and index >= size:
            if note[NOTE.site] == 0:
                note[NOTE.site], note[NOTE.index], note[NOTE.size] = site, index, size
            raise IndexError(OUT)
        return at

    return look


@extending.overload(tick)
def _tick(note):
    def count(note):
        note[NOTE.ticks] += 1
        if note[NOTE.ticks] > note[NOTE.most]:
            raise StopIteration(LATE)

    return count
