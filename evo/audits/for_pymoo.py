"""Programs written with pymoo: an algorithm's population after each generation, parents as crossover is given them.

Mutation and repair keep the object that crossover made, survival keeps those of survivors, so links are by identity.
Both parents of a mating have their share in each child: whether they were crossed is drawn inside and not told.
"""

import functools
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from evo.audits import blind
from evo.audits.follow import Follow
from evo.audits.ledger import Parents

_OWN_WAY = "makes its children by a way of its own, in which their parents are not told: how it ends is measured"
_IN_PLACE = "NoCrossover hands on the parents themselves, and mutation changes them: use another crossover"


class _Part:
    """The population of one algorithm, as it was last seen."""

    def __init__(self, number: int):
        self.number = number
        self.members: list[Any] = []
        self.variables: list[Any] = []
        self.places: dict[int, int] = {}
        self.fitness = np.zeros((0, 0))

    def changed(self, place: int, one: Any) -> bool:
        """Whether another is there now, or other variables are."""
        before = self.variables[place]
        return self.members[place] is not one or (one.X is not before and not np.array_equal(one.X, before))


class _Populations:
    """Those of all algorithms of the program."""

    def __init__(self, follow: Follow):
        self._follow = follow
        self._parts: WeakKeyDictionary[Any, _Part] = WeakKeyDictionary()
        self._born: dict[int, tuple[Any, tuple[Any, ...]]] = {}  # by identity: child and parents, since last seen

    def crossed(self, matings: Any, children: Any, known: bool) -> None:
        """Child k of those that a crossover gave is of mating k modulo their number; not of a crossover's own doing."""
        own = [part for part in self._parts.values() if len(matings) and id(matings[0][0]) in part.places]
        for k, child in enumerate(children if own else ()):
            parents = tuple(matings[k % len(matings)])
            if not known:  # it may give the parents themselves
                parents = (child,) if id(child) in own[0].places else ()
            self._born[id(child)] = child, parents

    def see(self, algorithm: Any) -> None:
        """A generation is over, or the algorithm is."""
        if algorithm.pop is None or not len(algorithm.pop):
            return
        if (part := self._parts.get(algorithm)) is None:
            part = self._parts[algorithm] = _Part(self._follow.new_part("pymoo"))
        now = list(algorithm.pop)
        fitness = np.array([one.F if len(one.F) else [np.nan] * algorithm.problem.n_obj for one in now], float)
        same = len(now) == len(part.members) and not any(map(part.changed, range(len(now)), now))
        if same and np.array_equal(fitness, part.fitness, equal_nan=True):
            return
        lines = self._lines(algorithm, part, now) if part.members else None
        self._follow.see(part.number, [one.X for one in now], fitness, (-1.0,) * fitness.shape[1], lines)
        part.members, part.variables, part.fitness, part.places = now, [one.X for one in now], fitness, {}
        for place, one in enumerate(now):
            part.places.setdefault(id(one), place)

    def _lines(self, algorithm: Any, part: _Part, now: list[Any]) -> list[Parents]:
        born = {key: value for key, value in self._born.items() if any(id(one) in part.places for one in value[1])}
        for key in born:
            del self._born[key]
        if not born:
            genetic = "GeneticAlgorithm" in [kind.__name__ for kind in type(algorithm).__mro__]
            kind = "parents_unknown" if genetic else "no_parents"  # a swarm, or sampled from a distribution
            self._follow.note(kind, f"{type(algorithm).__name__} {_OWN_WAY}")
            return [()] * len(now)
        lines = [self._line(part, one, born) for one in now]
        if not all(lines):
            self._follow.note("parents_unknown", f"{type(algorithm).__name__} {_OWN_WAY}")
        return lines

    def _line(self, part: _Part, one: Any, born: dict[int, Any]) -> Parents:
        if (place := part.places.get(id(one))) is not None:
            if part.changed(place, one):
                self._follow.note("not_cloned", _IN_PLACE)
            return ((part.number, place, 1.0),)
        parents = born.get(id(one), (None, ()))[1]
        places = [part.places.get(id(parent)) for parent in parents]
        return tuple((part.number, place, 1.0 / len(places)) for place in places if place is not None) * (
            None not in places
        )


def install(module: ModuleType, follow: Follow) -> None:
    """Watch `Algorithm` and `Crossover`. module: pymoo.core.algorithm"""
    from pymoo.core.crossover import Crossover

    populations = _Populations(follow)
    algorithm, own, call = module.Algorithm, Crossover.do, Crossover.__call__
    after, result = algorithm._post_advance, algorithm.result

    @functools.wraps(call)
    def crossed(self: Any, problem: Any, given: Any, *rest: Any, **named: Any) -> Any:
        children = call(self, problem, given, *rest, **named)
        rows = named.get("parents", rest[0] if rest else None)
        matings = given if rows is None else [given[row] for row in rows]
        if isinstance(children, np.ndarray) and children.dtype == object and children.ndim == 1:
            populations.crossed(matings, children, type(self).do is own)
        return children

    @functools.wraps(after)
    def advanced(self: Any) -> None:
        after(self)
        populations.see(self)

    @functools.wraps(result)
    def ended(self: Any) -> Any:
        populations.see(self)
        return result(self)

    Crossover.__call__, algorithm._post_advance, algorithm.result = crossed, advanced, ended
    if blind.active is not None:
        _evaluate_blind(blind.active)


def _evaluate_blind(blinded: blind.Blind) -> None:
    """Let every problem see variables as they would be without the property."""
    from pymoo.core.problem import Problem

    evaluate = Problem.evaluate

    @functools.wraps(evaluate)
    def evaluated(self: Any, variables: Any, *rest: Any, **named: Any) -> Any:
        return evaluate(self, blinded.lacking_rows(variables), *rest, **named)

    Problem.evaluate = evaluated
