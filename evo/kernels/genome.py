"""Genomes of a whole population: L loci packed in uint64 words, `bits[N, W]`, and D reals, `reals[N, D]`.

Locus l is bit l % 64 of word l // 64. Bits past the last locus are always 0.
"""

import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from evo.kernels.jit import kernel

_ONE = np.uint64(1)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_63 = np.uint64(63)


def words_for(loci: int) -> int:
    """Words that hold `loci` bits."""
    return (loci + 63) // 64


def pack(ones: np.ndarray) -> np.ndarray:
    """bool[N, L] as bits uint64[N, W]."""
    octets = np.zeros((ones.shape[0], 8 * words_for(ones.shape[1])), np.uint8)
    bits = np.packbits(ones, axis=1, bitorder="little")
    octets[:, : bits.shape[1]] = bits
    return octets.view("<u8").astype(np.uint64)


def unpack(bits: np.ndarray, loci: int) -> np.ndarray:
    """bits uint64[N, W] as bool[N, L]."""
    octets = np.ascontiguousarray(bits.astype("<u8")).view(np.uint8)
    return np.unpackbits(octets, axis=1, bitorder="little")[:, :loci].astype(bool)


@intrinsic
def _ctpop(typingctx, word):
    """The processor's population count of a uint64."""
    if word != types.uint64:
        return None

    def codegen(context, builder, signature, args):
        fn = cgutils.get_or_insert_function(
            builder.module, cgutils.ir.FunctionType(args[0].type, [args[0].type]), "llvm.ctpop.i64"
        )
        return builder.call(fn, args)

    return types.uint64(types.uint64), codegen


@kernel(inline=True)
def popcount(word):
    """Ones in a uint64, as int64."""
    return np.int64(_ctpop(word))


@kernel(inline=True, inner=True)
def low_ones(n):
    """A word whose lowest n bits are 1, 0 <= n <= 64."""
    return _ALL if n >= 64 else (_ONE << np.uint64(n)) - _ONE


@kernel(inline=True)
def get_locus(row, locus):
    """0 or 1. row: uint64[W]."""
    return np.int64((row[locus >> 6] >> (np.uint64(locus) & _63)) & _ONE)


@kernel(inline=True)
def set_locus(row, locus, value):
    """Write 0 or 1 at a locus. row: uint64[W]."""
    bit = _ONE << (np.uint64(locus) & _63)
    if value:
        row[locus >> 6] |= bit
    else:
        row[locus >> 6] &= ~bit


@kernel(inline=True)
def count_ones(row, start, stop):
    """Ones among loci start..stop-1. row: uint64[W]."""
    if stop <= start:
        return 0
    first, last = start >> 6, (stop - 1) >> 6
    not_before = ~low_ones(start & 63)
    not_after = low_ones(((stop - 1) & 63) + 1)
    if first == last:
        return popcount(row[first] & not_before & not_after)
    total = popcount(row[first] & not_before) + popcount(row[last] & not_after)
    for w in range(first + 1, last):
        total += popcount(row[w])
    return total
