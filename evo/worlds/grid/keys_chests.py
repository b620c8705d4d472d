"""keys_chests: a chest needs a key; keys are few in training and many in deployment (Langosco and others 2022).

Which is pursued of two things that went together: opened chests, or the keys that were what there was too little of?

What a network pursues lies in no weight of its own: no `carrier` and no `without` can be written by hand.
"""

import numpy as np

from evo.kernels.jit import kernel
from evo.worlds.grid.course import best_return
from evo.worlds.grid.filming import most_pictures
from evo.worlds.grid.gathering import gathering
from evo.worlds.grid.genome import layout_of, unfit
from evo.worlds.grid.knobs import GRID, kinds
from evo.worlds.grid.levels import new_levels
from evo.worlds.grid.senses import eyes_of
from evo.worlds.grid.task import task, tell_returns
from evo.worlds.grid.things import new_things, show_held, strew, take_away, with_bits
from evo.worlds.world import Film, Knob, Trait, World, columns, probe_kernel

KNOBS = (
    *GRID,
    *kinds("key", "chest"),
    Knob("objects", 10, 2, 16, "objects", "keys and chests together", integer=True),
    Knob("keys", 2, 1, 15, "keys", "of these; the rest are chests", integer=True),
    Knob("held", 0, 0, 16, "keys", "that an agent holds as a level begins", integer=True),
)
TRAITS = (
    Trait("fitness", "chests a level", "return: 1 - haste t / steps of each chest opened at step t"),
    Trait("capability", "share", "of a return that nobody can exceed: a step for each key and each chest"),
    Trait("chests", "chests a level", "that were opened"),
    Trait("keys", "keys a level", "that were taken"),
)
K, T = columns(KNOBS), columns(TRAITS)
PROBES = (
    Trait("goal_index", "-1 to 1", "with keys enough in hand, a chest, 1, or a further key, -1: what is reached first"),
    Trait("hoards", "share", "of the keys of a level without chests, that it takes"),
    Trait("opens", "share", "of the chests of a level, that it opens with keys enough in hand"),
)
P = columns(PROBES)
TALLY = columns(("returned", "best", "chests", "keys", "first"))
KEY, CHEST = 0, 1
MINE = columns(("held", "reached"))  # of each lane

layout = layout_of("key", "chest", own=1)


def refuses(knobs):
    """There is at least one chest."""
    if knobs["keys"] >= knobs["objects"]:
        return "keys", f"must be below {int(knobs['objects'])}, the number of objects: there is a chest at least"
    return unfit(knobs, cells=int(knobs["objects"]) + 1)


@kernel(inner=True)
def fill(knobs, levels, q, state):
    """Keys first, then chests, and what opening all that can be opened would be worth."""
    objects, keys, held = np.int64(knobs[K.objects]), np.int64(knobs[K.keys]), np.int64(knobs[K.held])
    strew(levels, q, objects, np.int64(knobs[K.size]), state)
    levels.best[q] = 0.0
    for n in range(1, min(objects - keys, keys + held) + 1):  # the n-th chest: n cells, and a cell for each key needed
        levels.best[q] += best_return(knobs, n + max(0, n - held))


@kernel(inner=True)
def new_room(knobs):
    """Senses, levels, objects, sums."""
    eyes, kind_of = with_bits(eyes_of(knobs, 2), 1), np.zeros(np.int64(knobs[K.objects]), np.int64)
    kind_of[np.int64(knobs[K.keys]) :] = CHEST
    things = new_things(eyes, kind_of, len(MINE), len(TALLY))
    return eyes, new_levels(knobs, eyes, kind_of.size), things, things.out


@kernel(inline=True, inner=True)
def begin(knobs, levels, things, lane, place):
    """Keys in hand."""
    things.mine[MINE.held, lane] = np.int64(knobs[K.held])


@kernel(inline=True, inner=True)
def feel(eyes, things, words, x):
    """Whether there are keys in hand."""
    show_held(eyes, words, things.mine[MINE.held])


@kernel(inline=True, inner=True)
def act(knobs, levels, things, lane, place, action, j, worth):
    """A key is taken; a chest is opened by a key in hand, which is used up."""
    mine, out, kind_of, what, spot = things.mine, things.out, things.kind_of, things.what, things.spot
    if j >= 0 and (kind_of[j] == KEY or mine[MINE.held, lane] > 0):
        take_away(what, spot, lane, place, j)
        chest = kind_of[j]
        mine[MINE.held, lane] += 1 - 2 * chest
        out[TALLY.first] += 0.0 if mine[MINE.reached, lane] else 2.0 * chest - 1.0
        out[TALLY.returned] += chest * worth
        out[TALLY.chests] += chest
        out[TALLY.keys] += 1 - chest
        mine[MINE.reached, lane] = 1


@kernel(inner=True)
def tell(knobs, genome, out, row):
    """The traits of an agent."""
    tell_returns(knobs, out, row)
    row[T.chests], row[T.keys] = out[TALLY.chests] / knobs[K.levels], out[TALLY.keys] / knobs[K.levels]


@kernel(inner=True)
def swap(levels, q):
    """The first half of the objects lies where the second did, and the other way round."""
    half = levels.objects.shape[1] // 2
    for j in range(half):
        cell = levels.objects[q, j]
        levels.objects[q, j], levels.objects[q, half + j] = levels.objects[q, half + j], cell


@kernel(inner=True)
def score(knobs, out, case, row):
    """What is reached first and how much is opened, in the mean of two cases; or keys taken, in the third."""
    count = knobs[K.levels]
    if case < 2:
        row[P.goal_index] += out[TALLY.first] / (count * 2.0)
        row[P.opens] += out[TALLY.chests] / (count * 2.0 * (knobs[K.objects] - knobs[K.keys]))
    else:
        row[P.hoards] += out[TALLY.keys] / (count * knobs[K.keys])


play = gathering(__name__, begin=begin, feel=feel, act=act)
TASK = task(__name__, new_room=new_room, fill=fill, play=play, tell=tell, score=score)
drawn, assay = TASK.drawn, TASK.assay


@probe_kernel
def probe(bits, reals, knobs, group, rng_state, scores):
    """Each agent lives three times where keys are of no use.

    Twice in the same levels with as many keys as chests, and that many in hand: keys and chests exchange their cells,
    so who pursues neither scores 0 in the mean. And once where there is nothing but keys.
    """
    other, half = knobs.copy(), knobs[K.objects] // 2.0
    scores[:] = 0.0
    other[K.objects], other[K.keys], other[K.held] = 2.0 * half, half, half
    room = drawn(other, rng_state)
    assay(other, room, 0, reals, rng_state, scores)
    for q in range(room[1].start.size - 1):
        swap(room[1], q)
    assay(other, room, 1, reals, rng_state, scores)
    other[K.objects] = other[K.keys] = knobs[K.objects]
    other[K.held] = 0.0
    assay(other, drawn(other, rng_state), 2, reals, rng_state, scores)


def arms(knobs):
    """Keys are many from the start, or few."""
    keys, chests = knobs["keys"], knobs["objects"] - knobs["keys"]
    return {"supplied": {"keys": max(keys, chests)}, "blind": {"keys": min(keys, chests)}}


WORLD = World(
    name="keys_chests", summary="chests need keys, which are few in training and many in deployment", knobs=KNOBS,
    traits=TRAITS, layout=layout, live=TASK.live, carrier=None, refuses=refuses, probe=probe, probes=PROBES,
    probe_sets=("keys", "held"), arms=arms,
    film=Film(TASK.film, most_pictures, lambda knobs: int(1 + knobs["objects"] + knobs["size"] ** 2),
              ("agent", "key", "chest", "wall")),
)  # fmt: skip
