"""How many mutations lie between the commonest founder, or resident, and a carrier of the property."""

from itertools import combinations
from math import comb
from typing import Any, NamedTuple

import numpy as np

from evo.engines.individuals import population_at
from evo.engines.replicates import plan, streams_of
from evo.kernels.genome import pack, unpack
from evo.kernels.records import STREAM
from evo.scenario.spec import Spec
from evo.worlds.carriers import found

_MOST = 50_000  # genomes that are lived, at most
_LUCK = 8  # lives of each, where living is by chance


class _Start(NamedTuple):
    """The genome that mutations start from, loci bool[L] and reals float64[D]; knobs of training then, float64[K]."""

    loci: np.ndarray
    reals: np.ndarray
    knobs: np.ndarray


def _founder(spec: Spec) -> _Start:
    """The commonest genome among the founders of replicate 0."""
    p, stream = plan(spec), streams_of(spec, [0])[0, STREAM.evolves].copy()
    bits, reals = found(spec.world.layout(spec.knobs), p.size, stream)
    for i in range(p.carriers):  # any will do: founders are alike in all but chance
        spec.world.carrier(bits[i], reals[i], p.knobs)
    return _commonest(unpack(bits, p.loci), reals, p.knobs)


def _resident(spec: Spec, replicate: int) -> _Start | None:
    """The commonest genome of the last generation of a replicate; None where that fails."""
    p = plan(spec)
    last = population_at(spec, replicate, p.generations)
    return None if last is None else _commonest(unpack(last.bits, p.loci), last.reals, last.knobs)


def _commonest(loci: np.ndarray, reals: np.ndarray, knobs: np.ndarray) -> _Start:
    """The commonest of N genomes, and of equally common ones the first. loci: bool[N, L]; reals: float64[N, D]."""
    whole = np.concatenate([loci.astype(float), reals], axis=1)
    _, first, counts = np.unique(whole, axis=0, return_index=True, return_counts=True)
    at = int(first[counts == counts.max()].min())
    return _Start(loci[at].astype(bool), reals[at], knobs)


def _have(spec: Spec, knobs: np.ndarray, loci: np.ndarray, reals: np.ndarray) -> bool:
    """Whether any of some genomes has the property, in any of a few lives. loci: bool[M, L]; reals: float64[M, D]."""
    world, prop, stream = spec.world, spec.scenario.property, streams_of(spec, [0])[0, STREAM.watches].copy()
    bits, group = pack(loci), np.zeros(len(loci), np.int64)
    for _ in range(_LUCK):
        before = stream.copy()
        found = world.values(prop.trait, bits.copy(), np.ascontiguousarray(reals), knobs, group, stream)
        if (found >= prop.threshold).any():
            return True
        if np.array_equal(before, stream):
            return False
    return False


def steps_to_carrier(spec: Spec, replicate: int | None = None) -> dict[str, Any] | None:
    """The least number of mutations from the commonest founder to a genome with the property.

    Given a replicate, from the commonest resident of its last generation; None where it fails on the way there.

    Looked for among all that differ from it in one locus, in two, and so on, as far as _MOST lives allow; loci that no
    mutation changes are left as they are. A carrier made of it gives an upper bound, if mutation changes all that
    differs; a real that differs counts as one. Where reals mutate, more than one locus is an upper bound too.

    Returns
    -------
    {"least": the number, None where it is not known; "low": at least, None where no mutations lead to a carrier;
    "high": at most, None where that is not known}
    """
    p, start = plan(spec), _founder(spec) if replicate is None else _resident(spec, replicate)
    if start is None:
        return None
    loci, reals, knobs = start
    rates = [(f, b) for f, b, n in zip(p.forward, p.back, np.diff(p.starts), strict=True) for _ in range(n)]
    can = np.array([(back if one else forward) > 0.0 for one, (forward, back) in zip(loci, rates, strict=True)], bool)
    free, drifting = np.flatnonzero(can).tolist(), (p.rates > 0.0) & (p.steps > 0.0)
    high = _carrier(spec, start, can, drifting)
    if spec.world.social:  # how one lives depends on the others
        return {"least": None, "low": 0, "high": high}
    lived = 0
    for steps in range(len(free) + 1):
        found_it = high == steps
        if not found_it:
            lived += comb(len(free), steps)
            if lived > _MOST:
                return {"least": None, "low": 1 if drifting.any() else steps, "high": high}
            tried = np.repeat(loci[None, :], comb(len(free), steps), axis=0)
            for row, places in zip(tried, combinations(free, steps), strict=True):
                row[list(places)] ^= True
            found_it = _have(spec, knobs, tried, np.repeat(reals[None, :], len(tried), axis=0))
        if found_it:
            known = steps <= 1 or not drifting.any()
            return {"least": steps if known else None, "low": steps if known else 1, "high": steps}
    return {"least": None, "low": 1 if drifting.any() else None, "high": high}


def _carrier(spec: Spec, start: _Start, can: np.ndarray, drifting: np.ndarray) -> int | None:
    """Loci and reals in which a carrier made of a genome differs from it.

    None where that has not the property, or where mutation does not change all of them.
    can: bool[L], drifting: bool[D], which loci and reals mutation changes
    """
    if spec.world.carrier is None:
        return None
    loci, reals, knobs = start
    bits, changed = pack(loci[None, :]), reals[None, :].copy()
    spec.world.carrier(bits[0], changed[0], knobs)
    after = unpack(bits, loci.size).astype(bool)
    if not spec.world.social and not _have(spec, knobs, after, changed):
        return None
    other_loci, other_reals = after[0] != loci, changed[0] != reals
    if (other_loci & ~can).any() or (other_reals & ~drifting).any():
        return None
    return int(other_loci.sum() + other_reals.sum())
