"""Who descends from whom: parent links of a stretch of generations are traced back, and only ancestors are kept.

Of the links in `links.py` one parent of each individual is followed. With two parents that is the one that gave more
of the places in which both differ, the first where both gave as many. So the ancestors kept are a tree, of about the
size of a coalescent tree with every generation in it: for N individuals, some N + 2 N ln N (Kingman 1982).
"""

from typing import Annotated, NamedTuple

import numpy as np
from numba import types

from evo.kernels.genome import popcount, set_locus, words_for
from evo.kernels.jit import F64_2, F64_3, F64_4, I64_1, U64_1, U64_2, U64_3, kernel, type_of
from evo.kernels.links import LIVED, Links
from evo.kernels.plan import FITNESS, Plan
from evo.kernels.rng import below, uniform
from evo.kernels.signatures import LIVE
from evo.kernels.variation import cross, take

I32_1 = Annotated[np.ndarray, types.int32[::1]]
U8_1 = Annotated[np.ndarray, types.uint8[::1]]
I32_2 = Annotated[np.ndarray, types.int32[:, ::1]]
U8_2 = Annotated[np.ndarray, types.uint8[:, ::1]]


class Pool(NamedTuple):
    """Room for M ancestors, from the oldest to the youngest, so that parents stand before their children."""

    parent: I32_1  # [M], a place here; -1 of founders
    generation: I32_1  # [M]
    slot: I32_1  # [M], where in the population
    crossed: U8_1  # [M], 1 where two parents gave its genome
    end: U8_1  # [M], 1 where it left no offspring, and is kept as an example of a branch that died
    lived: F64_2  # [M, LIVED]
    bits: U64_2  # [M, W]
    reals: F64_2  # [M, D]
    born_bits: U64_2  # [M, W], after crossing and before mutation; [0, W] with one parent, whose genome that is
    born_reals: F64_2  # [M, D]


class Work(NamedTuple):
    """What is worked out of the rows of links, G + 1 of N individuals; the last four are empty with one parent."""

    alive: U8_2  # [G + 1, N], 1 where there are descendants
    follow: I32_2  # [G + 1, N], the parent that is followed, its place in the row before
    crossed: U8_2  # [G + 1, N]
    born_bits: U64_3  # [G + 1, N, W]
    born_reals: F64_3  # [G + 1, N, D]
    second: U64_3  # [G + 1, N, words], places that the second parent gave, loci then reals; empty where not asked for


class Steps(NamedTuple):
    """S changes of a genome, and the environment in which each happened."""

    before_bits: U64_2  # [S, W]
    before_reals: F64_2  # [S, D]
    after_bits: U64_2
    after_reals: F64_2
    knobs: F64_2  # [S, K]


def new_pool(room: int, words: int, dims: int, roles: int) -> Pool:
    """Room for so many ancestors."""
    born = room if roles == 2 else 0
    return Pool(
        np.zeros(room, np.int32), np.zeros(room, np.int32), np.zeros(room, np.int32),
        np.zeros(room, np.uint8), np.zeros(room, np.uint8), np.zeros((room, len(LIVED))),
        np.zeros((room, words), np.uint64), np.zeros((room, dims)),
        np.zeros((born, words), np.uint64), np.zeros((born, dims)),
    )  # fmt: skip


def new_work(plan: Plan, links: Links, places: bool) -> Work:
    """Working arrays for the rows of links; places: whether it is asked for which parent gave each place."""
    rows, size, words = links.bits.shape
    own = rows if plan.roles == 2 else 0
    return Work(
        alive=np.zeros((rows, size), np.uint8),
        follow=np.zeros((rows, size), np.int32) if own else links.parents.reshape(rows, size),
        crossed=np.zeros((own, size), np.uint8),
        born_bits=np.zeros((own, size, words), np.uint64),
        born_reals=np.zeros((own, size, plan.means.size)),
        second=np.zeros((own if places else 0, size, words_for(plan.loci + plan.means.size)), np.uint64),
    )


@kernel(inner=True)
def _from_second(bits, reals, first, second, born_bits, born_reals):
    """How many more of the places in which both parents differ the second gave than the first."""
    more = 0
    for w in range(bits.shape[1]):
        differ = bits[first, w] ^ bits[second, w]
        more += popcount(differ & (born_bits[w] ^ bits[first, w])) - popcount(differ & (born_bits[w] ^ bits[second, w]))
    for d in range(reals.shape[1]):
        if reals[first, d] != reals[second, d]:
            more += 1 if born_reals[d] == reals[second, d] else -1
    return more


@kernel(inner=True)
def _mark_places(plan, state, markers, out, places):
    """Which places the second parent gives, found by crossing genomes of zeros and ones from the same stream."""
    (marker_bits, marker_reals), (out_bits, out_reals) = markers, out
    cross(plan.crossover, plan.loci, (np.int64(0), np.int64(1)), (marker_bits, marker_reals), out, np.int64(0), state)
    for w in range(places.size):
        places[w] = np.uint64(0)
    for w in range(out_bits.shape[1]):
        places[w] = out_bits[0, w]
    for d in range(out_reals.shape[1]):
        set_locus(places, plan.loci + d, np.int64(out_reals[0, d]))


@kernel(inner=True)
def _inherit(plan, links, row, markers, out, work):
    """One row of `inherit`."""
    bits, reals, parents = links.bits[row - 1], links.reals[row - 1], links.parents[row]
    born_bits, born_reals = work.born_bits[row], work.born_reals[row]
    deme_size, elites = plan.size // plan.rule.demes, plan.rule.elites
    state, again = links.streams[row].copy(), np.zeros(4, np.uint64)
    asked = work.second.shape[0] > 0
    take(bits, parents[0], born_bits)
    take(reals, parents[0], born_reals)
    for i in range(plan.size):
        work.crossed[row, i], work.follow[row, i] = 0, parents[0, i]
        if asked:
            work.second[row, i] = np.uint64(0)
        if i % deme_size >= deme_size - elites or uniform(state) >= plan.crossover_rate:
            continue
        first, second = np.int64(parents[0, i]), np.int64(parents[1, i])
        again[:] = state
        cross(plan.crossover, plan.loci, (first, second), (bits, reals), (born_bits, born_reals), i, state)
        work.crossed[row, i] = 1
        if _from_second(bits, reals, first, second, born_bits[i], born_reals[i]) > 0:
            work.follow[row, i] = second
        if asked:
            _mark_places(plan, again, markers, out, work.second[row, i])


@kernel()
def inherit(plan, links, first, rows, work):
    """With two parents: cross those of rows first..rows once more, from the same stream, and find who is followed.

    Fills these rows of `work`: `crossed`, genomes as they were born, `follow`, and, where asked for, `second`.
    """
    words, dims = links.bits.shape[2], links.reals.shape[2]
    markers = np.zeros((2, words), np.uint64), np.zeros((2, dims))
    for locus in range(plan.loci):
        set_locus(markers[0][1], locus, 1)
    markers[1][1] = 1.0
    out = np.zeros((1, words), np.uint64), np.zeros((1, dims))
    for row in range(first, rows + 1):
        _inherit(plan, links, row, markers, out, work)


@kernel()
def childless(parents, lived, rows, every, state, ends):
    """Mark in `ends`, in each `every`-th row, two individuals that no one of the next row comes from.

    Anyone, and one with most of the property; rows[0], rows[0] + every, .. are looked at, before rows[1].
    parents: int32[G + 1, P, N]; lived: float64[G + 1, N, LIVED]; state: uint64[4]; ends: uint8[G + 1, N].
    """
    size = lived.shape[1]
    used = np.zeros(size, np.uint8)
    for row in range(rows[0], rows[1], every):
        used[:] = 0
        for role in range(parents.shape[1]):
            for i in range(size):
                used[parents[row + 1, role, i]] = 1
        start, most = below(state, size), -1
        for k in range(size):
            i = start + k if start + k < size else start + k - size
            if used[i]:
                continue
            if most < 0:
                ends[row, i] = 1
            if most < 0 or lived[row, i, LIVED.property] > lived[row, most, LIVED.property]:
                most = i
        if most >= 0:
            ends[row, most] = 1


@kernel()
def trace_back(follow, rows, alive):
    """Mark, in the rows up to `rows`, whoever is followed from somebody marked.

    follow: int32[G + 1, N]; alive: uint8[G + 1, N], whose marks are kept.
    """
    for row in range(rows, 0, -1):
        for i in range(alive.shape[1]):
            if alive[row, i]:
                alive[row - 1, follow[row, i]] = 1


@kernel()
def trace_back_both(parents, rows, alive):
    """Mark, in the rows up to `rows`, both parents of everybody marked, however little each gave.

    parents: int32[G + 1, 2, N]; alive: uint8[G + 1, N].
    """
    for row in range(rows, 0, -1):
        for i in range(alive.shape[1]):
            if alive[row, i]:
                alive[row - 1, parents[row, 0, i]] = 1
                alive[row - 1, parents[row, 1, i]] = 1


@kernel()
def mark_ancestors(pool, size, kept):
    """Mark the ancestors of whoever is marked. kept: uint8[M], of the first `size` of the pool; returns how many."""
    count = 0
    for j in range(size - 1, -1, -1):
        if kept[j]:
            count += 1
            if pool.parent[j] >= 0:
                kept[pool.parent[j]] = 1
    return count


@kernel(inner=True)
def _copy(source, j, target, n):
    """Row n of the one := row j of the other; short rows, for which a loop is quicker than a copy of arrays."""
    for c in range(source.shape[1]):
        target[n, c] = source[j, c]


@kernel(inner=True)
def _move(pool, j, n):
    """Place n of the pool := place j."""
    pool.generation[n], pool.slot[n], pool.crossed[n] = pool.generation[j], pool.slot[j], pool.crossed[j]
    pool.end[n] = pool.end[j]
    _copy(pool.lived, j, pool.lived, n)
    _copy(pool.bits, j, pool.bits, n)
    _copy(pool.reals, j, pool.reals, n)
    if pool.born_bits.shape[0] > 0:
        _copy(pool.born_bits, j, pool.born_bits, n)
        _copy(pool.born_reals, j, pool.born_reals, n)


@kernel()
def thin(pool, size, kept, at):
    """Keep those that are marked, in their order; returns how many. at: int64[N], places, which are put right."""
    to = np.full(size, -1, np.int64)
    n = 0
    for j in range(size):
        if kept[j]:
            to[j] = n
            pool.parent[n] = to[pool.parent[j]] if pool.parent[j] >= 0 else -1
            if n < j:
                _move(pool, j, n)
            n += 1
    for i in range(at.size):
        if at[i] >= 0:
            at[i] = to[at[i]]
    return n


@kernel()
def add(pool, size, links, work, rows, first, ends, at):
    """Put everyone marked in rows 1..rows behind the first `size` of the pool; returns how many it then holds.

    first: the generation of row 1; ends: uint8[G + 1, N], who is an example of a branch that died; at: int64[N], the
    places of row 0, then those of row `rows`.
    """
    here = np.full(at.size, -1, np.int64)
    n = size
    for row in range(1, rows + 1):
        lived, bits, reals = links.lived[row], links.bits[row], links.reals[row]
        for i in range(at.size):
            here[i] = -1
            if not work.alive[row, i]:
                continue
            here[i] = n
            pool.parent[n] = at[work.follow[row, i]]
            pool.generation[n], pool.slot[n], pool.end[n] = first + row - 1, i, ends[row, i]
            _copy(lived, i, pool.lived, n)
            _copy(bits, i, pool.bits, n)
            _copy(reals, i, pool.reals, n)
            pool.crossed[n] = 0
            if pool.born_bits.shape[0] > 0:
                pool.crossed[n] = work.crossed[row, i]
                _copy(work.born_bits[row], i, pool.born_bits, n)
                _copy(work.born_reals[row], i, pool.born_reals, n)
            n += 1
        at[:] = here
    return n


_STEPS, _TRAITS = type_of(Steps), type_of(F64_2)
_STREAM, _LIVED, _COUNTS = type_of(U64_1), type_of(F64_4), type_of(I64_1)


@kernel(types.void(types.FunctionType(LIVE), _STEPS, types.int64, _TRAITS, _STREAM, _LIVED, _COUNTS))
def live_steps(live, steps, trait, traits, state, lived, lives):
    """Let the genomes before and after each step live, both from the same stream, so that chance is common to them.

    One agent has the genome before, then the one after; its company, all others in `traits`, of one deme, have the one
    before both times: so fitness is that of a rare mutant among its parent's kind. A step is lived as often as `lived`
    has room, or once where no life drew from the stream.
    traits: float64[n, T], to work in; lived: float64[S, 2, R, LIVED], before and after; lives: int64[S], how many of R.
    """
    group, again = np.zeros(traits.shape[0], np.int64), np.zeros(4, np.uint64)
    bits = np.zeros((group.size, steps.before_bits.shape[1]), np.uint64)
    reals = np.zeros((group.size, steps.before_reals.shape[1]))
    for s in range(lives.size):
        lives[s] = 0
        for r in range(lived.shape[2]):
            again[:] = state
            drew = False
            for after in range(2):
                for i in range(group.size):
                    bits[i] = steps.before_bits[s]
                    reals[i] = steps.before_reals[s]
                if after:
                    bits[0] = steps.after_bits[s]
                    reals[0] = steps.after_reals[s]
                stream = again.copy()
                live(bits, reals, steps.knobs[s], group, stream, traits)
                lived[s, after, r, LIVED.fitness] = traits[0, FITNESS]
                lived[s, after, r, LIVED.property] = traits[0, trait]
                for word in range(4):
                    drew |= stream[word] != again[word]
                    state[word] = stream[word]
            lives[s] += 1
            if not drew:
                break
