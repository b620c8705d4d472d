"""What the kernels of all tasks have in common: a generation that lives, agents that are assayed, a life on film.

They are templates: `task(__name__, ...)` puts a task's own kernels in place of those here, which do nothing.
"""

from typing import Any, NamedTuple

import numpy as np

from evo.kernels.jit import filled, kernel
from evo.kernels.rng import below
from evo.worlds.grid.body import new_body, wake
from evo.worlds.grid.knobs import G
from evo.worlds.grid.levels import look_around, make_room
from evo.worlds.grid.rooms import ACTIONS
from evo.worlds.world import film_kernel, live_kernel

STAY = TOGETHER = False
_0 = np.int64(0)  # typed: what a literal is passed to would be compiled once more for it


@kernel(inner=True)
def new_room(knobs):
    """Space for what follows: senses, levels, things, and the sums of a life."""


@kernel(inner=True)
def fill(knobs, levels, q, state):
    """Draw what is in level q, whose walls are there: objects, start, goals, the best return."""


@kernel(inner=True)
def play(knobs, eyes, levels, body, things, first, state, frames):
    """One life of whoever is awake, in levels from `first` on, its sums in the last of the room."""


@kernel(inner=True)
def tell(knobs, genome, out, row):
    """The traits of an agent from the sums of its life. row: float64[T]."""


@kernel(inline=True, inner=True)
def tell_returns(knobs, out, row):
    """The first two traits, where the return is fitness: it, a level, and its share of the best that there is."""
    row[0] = out[0] / knobs[G.levels]
    row[1] = out[0] / out[1] if out[1] > 0.0 else 0.0


@kernel(inner=True)
def score(knobs, out, case, row):
    """What one case of an assay adds to its scores. row: float64[Q]."""


@kernel(inner=True)
def genomes_of(knobs, reals):
    """Weights and what else there is, from what is inherited. reals: float64[N, D]."""
    return reals


@kernel(inner=True)
def new_pool(knobs, eyes, levels, state):
    """Draw all levels anew."""


def _new_pool(knobs, eyes, levels, state):
    """Draw all levels anew; STAY: whether objects stay where they are, so that they can be looked for once."""
    kind_of = np.arange(levels.objects.shape[1])
    for q in range(levels.start.size - 1):
        make_room(knobs, levels, q, state)
        fill(knobs, levels, q, state)
        look_around(eyes, levels, q, kind_of, STAY)


def _generation(bits, reals, knobs, group, rng_state, traits):
    """Levels of the generation, then each agent's life in some of them."""
    (eyes, levels, things, out), own = new_room(knobs), knobs[G.pool] == 0.0
    body, none, genomes = new_body(knobs, eyes, ACTIONS, reals.shape[1]), np.zeros((0, 0, 0)), genomes_of(knobs, reals)
    if not own:
        new_pool(knobs, eyes, levels, rng_state)
    for i in range(reals.shape[0]):
        if own:
            new_pool(knobs, eyes, levels, rng_state)
        wake(body, levels, genomes[i])
        first = _0 if own else below(rng_state, levels.start.size - 1)
        play(knobs, eyes, levels, body, things, first, rng_state, none)
        tell(knobs, genomes[i], out, traits[i])


def _drawn(knobs, state):
    """A room with its levels drawn."""
    room = new_room(knobs)
    new_pool(knobs, room[0], room[1], state)
    return room


def _assay(knobs, room, case, reals, state, scores):
    """Each agent lives once, in levels of one pool, the same ones whichever the case; TOGETHER: all from the first."""
    (eyes, levels, things, out), none, genomes = room, np.zeros((0, 0, 0)), genomes_of(knobs, reals)
    body, pool = new_body(knobs, eyes, ACTIONS, reals.shape[1]), levels.start.size - 1
    for i in range(reals.shape[0]):
        wake(body, levels, genomes[i])
        first = _0 if TOGETHER else i * np.int64(knobs[G.levels]) % pool
        play(knobs, eyes, levels, body, things, first, state, none)
        score(knobs, out, case, scores[i])


def _filmed(bits, reals, knobs, rng_state, frames):
    """One life, a level after the other."""
    eyes, levels, things, _ = new_room(knobs)
    new_pool(knobs, eyes, levels, rng_state)
    body, genomes = new_body(knobs, eyes, ACTIONS, reals.size), genomes_of(knobs, reals.reshape(1, -1))
    wake(body, levels, genomes[0])
    return play(knobs, eyes, levels, body, things, _0, rng_state, frames)


class Task(NamedTuple):
    """The kernels of a task, made from its own."""

    live: Any
    film: Any
    new_pool: Any  # (knobs, eyes, levels, state)
    drawn: Any  # (knobs, state), a room with its levels drawn
    assay: Any  # (knobs, room, case, reals, state, scores)


def task(module: str, *, new_room: Any, fill: Any, play: Any, tell: Any, score: Any, **more: Any) -> Task:
    """The kernels of a task.

    Parameters
    ----------
    module : its `__name__`
    new_room, fill, play, tell, score : its own, in place of those of this file
    **more : where it has need, genomes_of, ACTIONS, STAY, TOGETHER

    Raises
    ------
    TypeError : this file has no place for one of them, or it cannot be that
    """
    if wrong := sorted(set(more) - {"genomes_of", "ACTIONS", "STAY", "TOGETHER"}):
        raise TypeError(f"{module}: a task has no place for '{wrong[0]}'")
    new_pool = kernel(inner=True)(filled(_new_pool, module, fill=fill, **_of(more, "STAY")))
    room = {"new_room": new_room, "new_pool": new_pool}
    lives = {"play": play, **_of(more, "genomes_of", "ACTIONS")}
    return Task(
        live_kernel(filled(_generation, module, **room, **lives, tell=tell)),
        film_kernel(filled(_filmed, module, **room, **lives)),
        new_pool,
        kernel(inner=True)(filled(_drawn, module, **room)),
        kernel(inner=True)(filled(_assay, module, **lives, **_of(more, "TOGETHER"), score=score)),
    )


def _of(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}
