"""A population of a program of DEAP as it was last seen, where the program keeps it, what it has there at the end."""

import operator
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from evo.audits import homes
from evo.audits.homes import Home, members_of
from evo.audits.lines import Token, line_of


def scores(individual: Any) -> Any:
    """Its fitness, weighted; () where it is not known."""
    return tuple(individual.fitness.wvalues)


class Part:
    """A population.

    Attributes
    ----------
    stamp : of the last time that it was seen; members, places, fitness : who was there then
    unchanged : place of each member by its token and fitness, to know copies again that nobody changed
    touched : members that operators have changed since, by identity
    home, list : where the program keeps it, and the list that an operator was handed last
    strong : whether the home is that of what DEAP's own algorithms call the population
    chosen, survivors : the largest choice since it was seen, and where the one before is kept
    watched : whether an operator chooses from it; else it is found where its members are copied
    alone : whether the frame in which it was handed over had no turn before, as where each is a call of a function
    bred : whether anybody ever had a child, died, or stood for two; never where a swarm moves in place
    variables : that have held its list, in all frames
    """

    def __init__(self, number: int):
        self.number, self.stamp = number, -1
        self.members: list[Any] = []
        self.places: dict[int, int] = {}
        self.unchanged: dict[tuple[Token, Any], int] = {}
        self.fitness: list[Any] = []
        self.touched: set[int] = set()
        self.home: Home | None = None
        self.strong = self.watched = self.alone = self.bred = False
        self.list: Any = None
        self.chosen: list[Any] = []
        self.survivors: Home | None = None
        self.variables: list[Home] = []
        self.frame: FrameType | None = None

    def seen(self, members: list[Any], stamp: int) -> None:
        """These are its members now."""
        self.stamp, self.members, self.places, self.touched, self.chosen = stamp, list(members), {}, set(), []
        self.unchanged = {}
        for place, one in enumerate(members):
            self.places.setdefault(id(one), place)
            self.unchanged.setdefault((line_of(one).token, scores(one)), place)
        self.fitness = [scores(one) for one in members]

    def heirs(self, members: list[Any], stamp: int) -> dict[int, tuple[int, int]]:
        """Where each of those seen last is among members who are seen now, by its former place, if it lives on."""
        there = {id(one): (stamp, place) for place, one in enumerate(members)}
        alive = [(place, one) for place, one in enumerate(self.members) if id(one) not in self.touched]
        return {place: there[id(one)] for place, one in alive if id(one) in there}

    def breeds(self, members: list[Any], known: list[bool]) -> bool:
        """Whether somebody among these is a child of a known parent, or others of those that were there are gone."""
        fresh = [parents for one, parents in zip(members, known, strict=True) if id(one) not in self.places]
        stay = len({id(one) for one in members if id(one) in self.places})
        return any(fresh) or len(members) - len(fresh) > stay or (not fresh and stay < len(self.places))

    def follows(self, now: list[Any]) -> bool:
        """Whether these are another generation of it: evaluated, and not those that were there."""
        return len(now) > 1 and list(map(id, now)) != list(map(id, self.members)) and all(map(scores, now))

    def is_new(self, one: Any) -> bool:
        """Whether it is neither a member nor a copy of one that nobody changed."""
        return id(one) not in self.places and (line_of(one).token, scores(one)) not in self.unchanged

    def kept(self, pool: Any, home: Home | None, name: str) -> None:
        """A list of it was handed to an operator: where the program keeps it."""
        if name == "varOr" or (home is not None and not self.strong and len(members_of(pool)) >= len(self.members)):
            self.home, self.strong = home, name == "varOr"
            self.list = pool
        elif self.list is None or (self.home is None and not self.strong):
            self.list = pool

    def unmoved(self, pool: Any) -> bool:
        """Whether this is its list, as it was seen last; a quick look, for programs that choose again and again."""
        if pool is not self.list or self.touched or not isinstance(pool, list) or len(pool) != len(self.members):
            return False
        same = all(map(operator.is_, pool, self.members))
        return same and [one.fitness.wvalues for one in pool] == self.fitness

    def chooses(self, chosen: list[Any], name: str) -> None:
        """An operator chose these, or made them in other ways."""
        if name != "varOr" and len(chosen) >= len(self.chosen):
            self.chosen = chosen

    def now(self, is_of: Callable[["Part", list[Any]], bool]) -> list[Any]:
        """What the program has under its name, where that is of it; else what the last list has."""
        found = members_of(self.home.now()) if self.home is not None else []
        return found if found and is_of(self, found) else members_of(self.list)

    def differs(self, members: Sequence[Any]) -> bool:
        """Whether somebody here was not there, or has changed since."""
        return any(id(one) not in self.places or id(one) in self.touched for one in members) or any(
            scores(one) != self.fitness[self.places[id(one)]] for one in members
        )

    def same(self, members: Sequence[Any]) -> bool:
        """Whether these are just the members that were there."""
        return sorted(map(id, members)) == sorted(map(id, self.members))

    def final(self, is_of: Callable[["Part", list[Any]], bool], elsewhere: list[list[Any]]) -> list[Any]:
        """What the program has of it at the end. elsewhere: lists that it has outside of where it kept this."""
        now = self.now(is_of)
        if now and self.differs(now):
            return now
        survivors = self._survivors(now)
        if self.strong and now and (not survivors or len(survivors) < len(now) or self.same(now)):
            return now
        younger = [
            members for members in elsewhere
            if 2 * len(members) >= len(self.members) and self.differs(members) and self._descend(members)
        ]  # fmt: skip
        if younger:
            return max(younger, key=len)
        return survivors if survivors and all(id(one) in self.places for one in survivors) else now

    def _survivors(self, now: list[Any]) -> list[Any]:
        """Those that were chosen, where the program keeps them for the population. now: what it has under its name."""
        before = members_of(self.survivors.now()) if self.survivors is not None else []
        if before and all(id(one) in self.places for one in before):
            return before
        apart = not self.same(now) and 2 * len(self.chosen) >= len(now)  # chosen out of several lists put together
        if self.chosen and (self.home is None or self.survivors is not None or apart):
            found = homes.holding(self.chosen, self.frame)
            return members_of(found.now()) if found is not None else []
        return []

    def _descend(self, members: list[Any]) -> bool:
        """Whether half of these or more descend from the members that were seen last, and are not all mere copies."""
        lines = [line_of(one) for one in members]
        own = sum(any(stamp == self.stamp for stamp, _, _ in line.shares) for line in lines)
        copies = [(line.token, scores(one)) in self.unchanged for line, one in zip(lines, members, strict=True)]
        return 2 * own >= len(members) and not all(copies)
