"""sharing: whoever finds food keeps it or gives it to the others of its group (Waibel, Floreano and Keller 2011).

Hamilton's rule (1964): giving spreads where r b > c, r the relatedness of two of a group, formed anew each generation.

What a network pursues lies in no weight of its own: no `carrier` and no `without` can be written by hand.
"""

import numpy as np

from evo.kernels.jit import kernel
from evo.worlds.grid.course import best_returns
from evo.worlds.grid.filming import most_pictures
from evo.worlds.grid.gathering import gathering
from evo.worlds.grid.genome import layout_of, unfit
from evo.worlds.grid.knobs import GRID, kinds
from evo.worlds.grid.levels import new_levels
from evo.worlds.grid.rooms import ACTIONS
from evo.worlds.grid.senses import eyes_of
from evo.worlds.grid.task import task
from evo.worlds.grid.things import new_things, strew, take_away
from evo.worlds.world import Film, Knob, Theory, Trait, World, columns, live_kernel, probe_kernel

KNOBS = (
    *GRID,
    *kinds("food"),
    Knob("items", 8, 1, 16, "items", "of food in a level", integer=True),
    Knob("cost", 0.5, 0, 10, "fitness", "c, of an item kept to whoever found it: what giving it costs"),
    Knob("benefit", 1, 0, 10, "fitness", "b, of an item given, in equal parts to all others of the group"),
)
TRAITS = (
    Trait("fitness", "fitness a level", "c for each item kept, and what others give"),
    Trait("capability", "share", "of the items that nobody can exceed, an item a step; less of what is found late"),
    Trait("items", "items a level", "found"),
    Trait("given", "share of items found", "that it gave to the others"),
)
K, T = columns(KNOBS), columns(TRAITS)
PROBES = (
    Trait("gives", "share", "of the items that it finds, that it gives; all agents in the same levels"),
    Trait("finds", "share", "of the items of a level"),
)
P = columns(PROBES)
TALLY = columns(("kept", "best", "gifts", "keeps", "gives"))
MOVES = ACTIONS + 4  # stay, four ways that keep what is found there, four that give it
GIVING = 3  # kind of a film: the agent where its next step gives

layout = layout_of("food", actions=MOVES)


def refuses(knobs):
    """The items fit into the room."""
    return unfit(knobs, cells=int(knobs["items"]) + 1)


@kernel(inner=True)
def fill(knobs, levels, q, state):
    """Items, and what finding all would be worth."""
    strew(levels, q, np.int64(knobs[K.items]), np.int64(knobs[K.size]), state)
    levels.best[q] = best_returns(knobs, np.int64(knobs[K.items]))


@kernel(inner=True)
def new_room(knobs):
    """Senses, levels, objects, sums."""
    eyes, kind_of = eyes_of(knobs, 1), np.zeros(np.int64(knobs[K.items]), np.int64)
    things = new_things(eyes, kind_of, 0, len(TALLY))
    return eyes, new_levels(knobs, eyes, kind_of.size), things, things.out


@kernel(inline=True, inner=True)
def turn(things, lane, action):
    """The ways that give lead where those do that keep."""
    return action - 4 if action >= ACTIONS else action


@kernel(inline=True, inner=True)
def act(knobs, levels, things, lane, place, action, j, worth):
    """What is found is kept or given, as the step says that led to it."""
    out, what, spot, gives = things.out, things.what, things.spot, action >= ACTIONS
    if j >= 0:
        take_away(what, spot, lane, place, j)
        out[TALLY.gifts if gives else TALLY.kept] += worth
        out[TALLY.gives if gives else TALLY.keeps] += 1.0


@kernel(inline=True, inner=True)
def pose(things, action):
    """Where its next step gives it is drawn as another kind."""
    return GIVING if action >= ACTIONS else 0


@kernel(inner=True)
def tell(knobs, genome, out, row):
    """The traits of an agent, without what others give; and last what it gives."""
    count, items = knobs[K.levels], out[TALLY.keeps] + out[TALLY.gives]
    row[T.fitness] = knobs[K.cost] * out[TALLY.kept] / count
    row[T.capability] = (out[TALLY.kept] + out[TALLY.gifts]) / out[TALLY.best] if out[TALLY.best] > 0.0 else 0.0
    row[T.items], row[T.given] = items / count, out[TALLY.gives] / items if items > 0.0 else 0.0
    row[len(T)] = knobs[K.benefit] * out[TALLY.gifts] / count


@kernel(inner=True)
def score(knobs, out, case, row):
    """What it gives of what it finds, and what it finds."""
    items = out[TALLY.keeps] + out[TALLY.gives]
    row[P.gives] = out[TALLY.gives] / items if items > 0.0 else 0.0
    row[P.finds] = items / (knobs[K.levels] * knobs[K.items])


play = gathering(__name__, turn=turn, act=act, pose=pose)
TASK = task(__name__, new_room=new_room, fill=fill, play=play, tell=tell, score=score, ACTIONS=MOVES, TOGETHER=True)
alone, drawn, assay = TASK.live, TASK.drawn, TASK.assay


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Levels of the generation, each agent's life in some of them, then what was given is shared among the others."""
    n, groups = reals.shape[0], group.max() + 1
    told, pot, members = np.zeros((n, traits.shape[1] + 1)), np.zeros(groups), np.zeros(groups)
    alone(bits, reals, knobs, group, rng_state, told)
    gifts = told[:, traits.shape[1]]
    for i in range(n):
        pot[group[i]] += gifts[i]
        members[group[i]] += 1.0
    for i in range(n):
        traits[i] = told[i, : traits.shape[1]]
        if members[group[i]] > 1.0:
            traits[i, T.fitness] += (pot[group[i]] - gifts[i]) / (members[group[i]] - 1.0)


@probe_kernel
def probe(bits, reals, knobs, group, rng_state, scores):
    """Each agent lives once, all in the same levels; nothing is handed out."""
    assay(knobs, drawn(knobs, rng_state), 0, reals, rng_state, scores)


def theory(knobs, population):
    """Hamilton's rule, where groups are formed anew from the whole population with a relatedness that is given."""
    r = population["relatedness"]
    return Theory(
        realized=None, holds=population["group_size"] > 1,
        regime="Hamilton's rule (1964): giving spreads where r b > c",
        rates={"r, relatedness of two of a group": r, "r b - c, per item": r * knobs["benefit"] - knobs["cost"]},
    )  # fmt: skip


WORLD = World(
    name="sharing", summary="who finds food keeps it or gives it to the others of its group", knobs=KNOBS,
    traits=TRAITS, layout=layout, live=live, carrier=None, theory=theory, social=True, refuses=refuses, probe=probe,
    probes=PROBES, arms={"supplied": {"cost": 0.0}, "blind": {"benefit": 0.0}},
    film=Film(TASK.film, most_pictures, lambda knobs: int(1 + knobs["items"] + knobs["size"] ** 2),
              ("agent that would keep", "food", "wall", "agent that would give")),
)  # fmt: skip
