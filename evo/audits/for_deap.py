"""Programs written with DEAP: their populations and who descends from whom, seen through operators, as they are.

What chooses out of a list tells of a population, and where nothing does, what copies its members. What the program
calls that list is where it is looked for.
"""

import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np

from evo.audits import deap_operators, homes
from evo.audits.homes import Home, members_of
from evo.audits.ledger import Parents
from evo.audits.lines import Line, forget, forget_beside, is_individual, line_of, new_token, set_line, sweep
from evo.audits.parts import Part, scores

_KEPT_STAMPS = 50  # times that populations were seen, for which it is kept who lived on
_MOST_MISSES = 100  # individuals of no list, one after the other, until none is looked for any more


class Watch:
    """Follows the populations of one program for an audit."""

    def __init__(self, audit: Any):
        self.audit = audit
        self.named: list[Any] | None = None  # the final population, where the program says so
        self.frame: FrameType | None = None
        self.names: dict[str, Any] | None = None  # of the program's own module, where it is known
        self._parts: list[Part] = []
        self._current: dict[int, Part] = {}  # by stamp
        self._stamps = 0
        self._toolbox: Any = None
        self._originals: dict[str, Any] = {}
        self._measured: dict[int, tuple[Any, Any, np.ndarray]] = {}  # of individuals as they were, by identity
        self._changes: Counter[tuple[int, str]] = Counter()  # of each object by each operator, since the last look
        self._heirs: dict[int, dict[int, tuple[int, int]]] = {}  # by former stamp and place: of those that live on
        self._misses = 0

    # --- begin and end

    def begin(self, toolbox: Any = None) -> None:
        """Watch from now on: all of DEAP, and a toolbox that was filled before."""
        if isinstance(other := deap_operators.active, Watch):
            other.end(measure=False)  # of `evo audit`, in a script that audits itself
        deap_operators.install()
        deap_operators.active, self._toolbox = self, toolbox
        for alias, value in list(vars(toolbox).items()) if toolbox is not None else ():
            if (found := deap_operators.rewatched(value, alias)) is not value:
                self._originals[alias] = value
                setattr(toolbox, alias, found)

    def end(self, measure: bool = True) -> None:
        """Stop watching; take the final populations."""
        if deap_operators.active is not self:
            return
        deap_operators.active = None
        deap_operators.uninstall()
        for alias, value in self._originals.items():
            setattr(self._toolbox, alias, value)
        try:
            if measure:
                self._finish()
        finally:
            for part in self._parts:
                for one in part.members:
                    forget(one)
            forget_beside()
            self._parts, self._current, self._measured, self.frame = [], {}, {}, None

    def _finish(self) -> None:
        if not self._parts and (founders := self._anywhere()):
            self.audit.notes["no_parents"] = ""
            self._see([(self._new_part(), founders)])
            return
        alone = len(self._parts) == 1 and self.named is not None
        finals = [(part, self.named or [] if alone else self._final(part)) for part in self._parts]
        self._note_given_up(finals)
        self._see([(part, now) for part, now in finals if now and (part.differs(now) or not part.same(now))])
        self.audit.parentless = {part.number for part in self._parts if not part.bred}

    def _final(self, part: Part) -> list[Any]:
        inside = None if part.alone else part.home
        return part.final(self._is_of, homes.outside(inside, part.frame, self.names or {}))

    def _note_given_up(self, finals: list[tuple[Part, list[Any]]]) -> None:
        """Populations that the program put others in place of, and has no more, are not told where it has some."""
        if len(finals) < 2:
            return
        there = {id(one) for members in self._lists() for one in members}
        gone = [part for part, now in finals if self._replaced(part) and there.isdisjoint(map(id, now))]
        if 0 < len(gone) < len(finals):
            self.audit.given_up = {part.number for part in gone}

    def _replaced(self, part: Part) -> bool:
        """Whether what held it holds others now, or it was taken out of a list or dict that has others."""
        for place in (*part.variables, part.home, part.survivors):
            if place is not None:
                found = members_of(place.now())
                others = [found] if found else [now for value in place.beside() if (now := members_of(value))]
                if others and all(self._owner(one) is not part for now in others for one in now):
                    return True
        return False

    def _lists(self) -> list[list[Any]]:
        """Every list of individuals that the program has."""
        return homes.outside(None, self.frame, self.names or {})

    def _anywhere(self) -> list[Any]:
        """The largest list of individuals that the program has, of those whose members were evaluated."""
        found = self._lists()
        whole = [members for members in found if all(map(scores, members))]
        return max(whole or found, key=len, default=[])

    def _is_of(self, part: Part, members: list[Any]) -> bool:
        """Whether half of these or more come from a part, by their lines or by themselves, of those that are known."""
        known = [owner for one in members if (owner := self._owner(one)) is not None]
        return 2 * sum(owner is part for owner in known) >= len(known)

    # --- what operators tell

    def touch(self, individuals: list[Any], name: str) -> None:
        """An operator has made or changed these."""
        for one in individuals:
            self._measured.pop(id(one), None)
            self._changes[id(one), name] += 1
            for part in self._parts:
                if id(one) in part.places:
                    part.touched.add(id(one))

    def line_of(self, individual: Any) -> Line:
        """Its line. Where that is of long ago: the member that it is a copy of, or its parents that live on."""
        line = line_of(individual)
        if len(line.shares) == 1 and line.shares[0][0] in self._current:
            return line
        if not line.token[1] or (line.shares and all(stamp in self._current for stamp, _, _ in line.shares)):
            return line
        for part in self._parts:
            if (place := part.unchanged.get((line.token, scores(individual)))) is not None:
                return Line(line.token, ((part.stamp, place, 1.0),))
        return Line(line.token, tuple((*self._heir(stamp, place), share) for stamp, place, share in line.shares))

    def _heir(self, stamp: int, place: int) -> tuple[int, int]:
        """Where a former member is now, if it lives on."""
        while stamp not in self._current and place in self._heirs.get(stamp, {}):
            stamp, place = self._heirs[stamp][place]
        return stamp, place

    def meets(self, individuals: list[Any], copies: bool, frame: FrameType) -> None:
        """An operator is about to take these: where none chooses, that tells of their population."""
        if any(part.watched for part in self._parts) or self._misses >= _MOST_MISSES:
            return
        for one in individuals:
            part = self._owner(one)
            now = members_of(part.home.now()) if part is not None and part.home is not None else []
            if part is not None and part.follows(now):
                self._see([(part, now)])
            elif scores(one) and (part is None or (copies and part.is_new(one))):
                self._meet(part, one, copies, frame)

    def _meet(self, part: Part | None, one: Any, copies: bool, frame: FrameType) -> None:
        """Somebody who was not seen: the largest list that has it is its population; or where it is a copy, any."""
        found = [
            members for _, members in homes.populations(frame)
            if len(members) > 1 and all(map(scores, members)) and (copies or not self._parts)
        ]  # fmt: skip
        having = [members for members in found if any(other is one for other in members)]
        members = max(having or ([] if copies else found), key=len, default=[])
        self._misses = 0 if members else self._misses + 1
        if not members:
            return
        home = homes.holding(members, frame, last=True)
        begins = [members]
        if part is None:  # demes and species begin together
            begins += map(members_of, homes.siblings(home.now() if home is not None else members, frame))
            begins = [rows for rows in begins if not any(map(self._owner, rows))]
        parts = [part or self._new_part() for _ in begins]
        self._see(list(zip(parts, begins, strict=True)))
        for met, rows in zip(parts, begins, strict=True):
            home = homes.holding(rows, frame, last=True)
            met.kept(home.now() if home is not None else rows, home, "")
            met.frame = frame

    def chooses(self, pool: Any, name: str, sure: bool, call: Callable[[], Any], frame: FrameType) -> Any:
        """An operator is called with a list of individuals: of a population, where it chooses from it."""
        self.frame = frame
        if sure and (part := next((one for one in self._parts if one.unmoved(pool)), None)) is not None:
            part.frame, part.watched, result = frame, True, call()
            part.chooses([result] if is_individual(result) else members_of(result), name)
            return result
        members = members_of(pool)
        part = self._event(pool, members, name, frame) if sure and members else None
        result = call()
        chosen = [result] if is_individual(result) else members_of(result)
        known = set(map(id, members))
        if part is None and members and chosen and all(id(one) in known for one in chosen):
            part = self._event(pool, members, name, frame)
        if part is not None:
            part.chooses(chosen, name)
        if name in ("update", "tell"):
            self.audit.notes["no_parents"] = ""
        return result

    def _event(self, pool: Any, members: list[Any], name: str, frame: FrameType) -> Part:
        """A population is handed to an operator."""
        home = homes.find(pool, frame)
        part = self._part_of(pool, members, home)
        changed = not part.members or part.differs(members)
        if changed:
            if part.chosen and (found := homes.holding(part.chosen, frame)) is not None:
                part.survivors = found
            self._see([(part, members), *self._entered(part)])
            part.variables = homes.around(pool, frame)
        part.kept(pool, home or homes.holding(members, frame), name)
        part.alone = part.frame is not None and part.frame is not frame if changed else part.alone
        part.frame, part.watched = frame, True
        return part

    def _part_of(self, pool: Any, members: list[Any], home: Home | None) -> Part:
        """The population that a list is: that of most of its members, or of its name."""
        for part in self._parts:
            if part.list is pool and part.watched:  # also where those who wandered in have taken it over
                return part
        for part in self._parts:
            if 2 * sum(id(one) in part.places for one in members) > len(members):
                return part
        counts: dict[int, int] = {}
        for one in members:
            if (owner := self._owner(one)) is not None:
                counts[owner.number] = counts.get(owner.number, 0) + 1
        if counts:
            return self._parts[max(counts, key=lambda number: (counts[number], -number))]
        for part in self._parts:
            # The same name holds another list now, and nobody holds the one before; not where it is one of several.
            same = home is not None and part.home == home and sys.getrefcount(part.list) <= 2
            if same and home is not None and not homes.has_several(home.frame):
                return part
        return self._new_part()

    def _new_part(self) -> Part:
        self._parts.append(Part(len(self._parts)))
        return self._parts[-1]

    def _owner(self, one: Any) -> Part | None:
        """The population that somebody is of, or descends from."""
        for stamp, _, _ in self.line_of(one).shares[:1]:
            if stamp in self._current:
                return self._current[stamp]
        return next((part for part in self._parts if id(one) in part.places), None)

    def _entered(self, part: Part) -> list[tuple[Part, list[Any]]]:
        """Other populations that somebody of another has entered since they were seen: they are seen together."""
        found = []
        for other in self._parts:
            now = other.now(self._is_of) if other is not part else []
            if now and other.differs(now) and any(self._owner(one) not in (other, None) for one in now):
                found.append((other, now))
        return found

    # --- taking note

    def _see(self, now: list[tuple[Part, list[Any]]]) -> None:
        """These are the members of populations now, all at once."""
        lines = [[self._parents(one) for one in members] for _, members in now]
        among = dict(self.audit.ledger.members)
        for (part, members), parents in zip(now, lines, strict=True):
            self._take(part, members, parents, among)
        self._measured = {id(one): self._measured[id(one)] for part in self._parts for one in part.members}
        self._changes.clear()
        sweep()

    def _take(self, part: Part, members: list[Any], lines: list[Parents], among: dict[int, np.ndarray]) -> None:
        if self._in_place(part, members):
            self.audit.notes["not_cloned"] = ""
        self.audit.take(
            part.number, self._objectives(members), self._properties(members), lines if part.members else None,
            self.audit.deployed(members), among,
        )  # fmt: skip
        part.bred = part.bred or (bool(part.members) and part.breeds(members, list(map(bool, lines))))
        self._current.pop(part.stamp, None)
        stamp, self._stamps = self._stamps, self._stamps + 1
        self._current[stamp] = part
        self._heirs[part.stamp] = part.heirs(members, stamp)
        self._heirs.pop(part.stamp - _KEPT_STAMPS, None)
        for place, one in reversed(list(enumerate(members))):  # of an object that is there twice the first
            set_line(one, Line(line_of(one).token if line_of(one).token[1] else new_token(), ((stamp, place, 1.0),)))
        part.seen(members, stamp)

    def _in_place(self, part: Part, members: list[Any]) -> bool:
        """Whether an object that stands for several was changed: a member, or one that an operator changed twice."""
        if len(set(map(id, members))) == len(members):
            return False
        twice = {one for one, count in Counter(map(id, members)).items() if count > 1}
        return bool(twice & part.touched) or any(one in twice for (one, _), n in self._changes.items() if n > 1)

    def _parents(self, one: Any) -> Parents:
        found = []
        for stamp, place, share in self.line_of(one).shares:
            if stamp not in self._current:
                return ()  # it descends from somebody of long ago
            found.append((self._current[stamp].number, place, share))
        return tuple(found)

    def _properties(self, members: list[Any]) -> np.ndarray:
        """Measured once for each individual, until it changes."""
        fresh = [one for one in members if self._stale(one)]
        for one, row in zip(fresh, self.audit.measure(fresh), strict=True):
            self._measured[id(one)] = (one, scores(one), row)
        return np.array([self._measured[id(one)][-1] for one in members]).reshape(len(members), -1)

    def _stale(self, one: Any) -> bool:
        known = self._measured.get(id(one))
        return known is None or known[0] is not one or known[1] != scores(one)

    def _objectives(self, members: list[Any]) -> np.ndarray:
        """Fitness as the user counts it: float64[M, O], NaN where it is not known."""
        weights = tuple(members[0].fitness.weights)
        self.audit.signs = tuple(float(np.sign(weight)) for weight in weights)
        nothing = (np.nan,) * len(weights)
        return np.array([tuple(one.fitness.values) or nothing for one in members], float)
