"""Programs written with LEAP: whole generations go through `toolz.pipe`, individuals tell of their parents.

Where LEAP's own algorithms run the pipeline, what comes out of it is the population. In a loop by hand it may not be:
there the population is what goes in the next time, and at the end what the program then has under the same name.
"""

import functools
import pickle
import sys
from types import FrameType, ModuleType
from typing import Any

import numpy as np

from evo.audits import blind, homes
from evo.audits.follow import Follow
from evo.audits.ledger import Parents

_CLONE = "individuals came without known parents, or were changed in place: put ops.clone behind the selection"


def _members(value: Any) -> list[Any]:
    """LEAP's individuals in a list; none of anything else."""
    module = sys.modules.get("leap_ec.individual")
    if module is None or not isinstance(value, (list, tuple)):
        return []
    return list(value) if value and all(isinstance(one, module.Individual) for one in value) else []


def _print_of(individual: Any) -> Any:
    """What its genome is now, to see whether it is changed in place."""
    try:
        return hash(pickle.dumps(individual.genome))
    except Exception:  # whatever a genome may raise that cannot be pickled
        return repr(individual.genome)


class _Part:
    """A population as it was last seen."""

    def __init__(self, number: int):
        self.number = number
        self.looks: list[Any] = []  # of each member: uuid, genome, fitness
        self.homes: list[homes.Home] = []
        self.result: list[Any] = []  # what came out of the pipeline since


class _Populations:
    """All that went through pipelines."""

    def __init__(self, follow: Follow):
        self._follow = follow
        self._parts: list[_Part] = []
        self._where: dict[Any, tuple[_Part, int]] = {}  # by uuid: population and place

    def enters(self, pool: Any, members: list[Any], frame: FrameType) -> _Part:
        """A population goes into a pipeline."""
        found = homes.every(pool, frame)
        part = self._part_of(members, found)
        part.homes, part.result = found, []
        if not part.looks:  # islands begin together
            for beside in (one for home in found for one in home.beside() if one is not pool):
                if (others := _members(beside)) and not any(map(self._ancestors, others)):
                    self._see(self._part_of(others, []), others)
        self._see(part, members)
        return part

    def leaves(self, part: _Part, members: list[Any], sure: bool) -> None:
        """Something came out of it: the next population, where that is sure."""
        if sure and members:
            self._see(part, members)
            part.homes = []
        else:
            part.result = members

    def finish(self) -> None:
        """The program is over: what it has now."""
        for part in self._parts:
            kept = [members for home in part.homes if (members := _members(home.now()))]
            fresh = [one for one in kept if self._descend(part, one) and self._looks(one) != part.looks]
            now = fresh[0] if fresh else [] if kept else part.result
            if now:
                self._see(part, now)

    def _part_of(self, members: list[Any], found: list[homes.Home]) -> _Part:
        known = [here[0] for one in members for here in self._ancestors(one)]
        if known:
            return max(self._parts, key=known.count)
        same = [part for part in self._parts if any(home in part.homes for home in found)]
        if same:
            return same[0]
        self._parts.append(_Part(self._follow.new_part("leap_ec")))
        return self._parts[-1]

    def _ancestors(self, one: Any) -> list[tuple[_Part, int]]:
        """Itself if it was there before, else its parents; none where one of them was not."""
        if (here := self._where.get(one.uuid)) is not None:
            return [here]
        found = [self._where.get(parent) for parent in one.parents]
        return [here for here in found if here is not None] if None not in found else []

    def _descend(self, part: _Part, members: list[Any]) -> bool:
        return 2 * sum(any(here[0] is part for here in self._ancestors(one)) for one in members) >= len(members)

    def _looks(self, members: list[Any]) -> list[Any]:
        return [(one.uuid, _print_of(one), repr(one.fitness)) for one in members]

    def _see(self, part: _Part, members: list[Any]) -> None:
        if (looks := self._looks(members)) == part.looks:
            return
        lines = [self._line(one, look[1]) for one, look in zip(members, looks, strict=True)]
        if part.looks and not all(lines):
            self._follow.note("parents_unknown", _CLONE)
        fitness, signs = _fitness(members)
        self._follow.see(part.number, [one.genome for one in members], fitness, signs, lines if part.looks else None)
        self._where = {uuid: here for uuid, here in self._where.items() if here[0] is not part}
        for place, one in enumerate(members):
            self._where.setdefault(one.uuid, (part, place))
        part.looks = looks

    def _line(self, one: Any, look: Any) -> Parents:
        here = self._where.get(one.uuid)
        if here is not None and here[0].looks[here[1]][1] != look:
            return ()  # it was changed in place, by a mutation or a crossover
        ancestors = sorted((part.number, place) for part, place in self._ancestors(one))
        return tuple((number, place, 1.0 / len(ancestors)) for number, place in ancestors)


def _fitness(members: list[Any]) -> tuple[np.ndarray, tuple[float, ...]]:
    """Fitness as the user counts it, NaN where it is not known, and the sign of each objective."""
    more = getattr(members[0].problem, "maximize", True)
    signs = tuple(1.0 if sign > 0 else -1.0 for sign in np.atleast_1d(more))
    nothing = [np.nan] * len(signs)
    return np.array([nothing if one.fitness is None else np.ravel(one.fitness) for one in members], float), signs


def install(module: ModuleType, follow: Follow) -> None:
    """Watch `pipe`. module: toolz.functoolz"""
    populations, original = _Populations(follow), module.pipe

    @functools.wraps(original)
    def pipe(data: Any, *operators: Any) -> Any:
        if not (members := _members(data)):
            return original(data, *operators)
        frame = sys._getframe(1)
        part = populations.enters(data, members, frame)
        result = original(data, *operators)
        populations.leaves(part, _members(result), frame.f_globals.get("__name__", "").startswith("leap_ec."))
        return result

    module.pipe = pipe  # type: ignore[attr-defined]
    follow.ends.append(populations.finish)


def install_blind(module: ModuleType, follow: Follow) -> None:
    """Where there is a blind arm, let genomes be decoded as they would be without the property.

    module: leap_ec.individual
    """
    if (blinded := blind.active) is None:
        return
    decode = module.Individual.decode

    @functools.wraps(decode)
    def decoded(self: Any, *rest: Any, **named: Any) -> Any:
        own = self.genome
        self.genome = blinded.lacking(own)
        try:
            return decode(self, *rest, **named)
        finally:
            self.genome = own

    module.Individual.decode = decoded
