"""Programs written with DEAP: their populations and who descends from whom, seen through operators, as they are.

Whatever is registered in a toolbox, and the operators of `deap.tools` and `deap.gp`, are watched: what takes one
individual hands its line on, what recombines several merges their lines, what chooses out of a list tells of a
population. Nothing here draws random numbers, or changes what an operator gets or gives.
"""

import functools
import re
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import numpy as np

from evo.audits import blind, homes
from evo.audits.blind import Evaluation
from evo.audits.homes import Home, members_of
from evo.audits.ledger import Parents
from evo.audits.lines import Line, forget, forget_beside, is_individual, line_of, merged, set_line, sweep

_CHOOSES = re.compile(r"^(sel|choose|surviv|pick|tourn)", re.IGNORECASE)
_TELLS = re.compile(r"^(update|tell|varOr)$")
_MATES = re.compile(r"^(mate|cx|cross|recomb|blend)", re.IGNORECASE)
_MUTATES = re.compile(r"^mut", re.IGNORECASE)
_EVALUATES = re.compile(r"^(eval|fitness$)", re.IGNORECASE)
_UNWATCHED = ("map", "evaluate")
active: "Watch | None" = None  # of this process


class Watched:
    """An operator that tells of what goes in and comes out. It travels to worker processes, where lines alone go on."""

    def __init__(self, function: Callable[..., Any], name: str):
        self.function, self.name = function, name
        functools.update_wrapper(self, function, updated=())

    def __reduce__(self) -> Any:
        return Watched, (self.function, self.name)

    def __call__(self, *args: Any, **named: Any) -> Any:
        values = (*args, *named.values())
        several = [value for value in values if is_individual(value)]
        if not several:
            pool = next((value for value in values if _holds_individuals(value)), None)
            if pool is None or active is None:
                return self.function(*args, **named)
            return active.chooses(pool, self.name, lambda: self.function(*args, **named), sys._getframe(1))
        lines = [line_of(one) for one in several]
        result = self.function(*args, **named)
        self._hand_on(several, lines, result)
        if active is not None:
            active.frame = sys._getframe(1)
        return result

    def _hand_on(self, several: list[Any], lines: list[Line], result: Any) -> None:
        outs = [result] if is_individual(result) else members_of(result)
        if len(several) == 1:
            changed = _MUTATES.match(self.name) is not None
            outs = outs or (several if changed else [])
            for one in outs:
                set_line(one, lines[0])
        else:
            changed = _MATES.match(self.name) is not None
            outs = outs or (several if changed else [])
            known = set(map(id, several))
            if changed or len(outs) > 1 or any(id(one) not in known for one in outs):
                for one in outs:
                    set_line(one, merged(lines))
        if active is not None and (changed or outs):
            active.touch(outs)


def _holds_individuals(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and is_individual(value[0])


def watched(function: Any, name: str) -> Any:
    """The function, watched, unless there is nothing to see in it."""
    if isinstance(function, (Watched, type)) or name in _UNWATCHED or not callable(function):
        return function
    return Watched(function, name)


def _rewatched(value: Any, alias: str) -> Any:
    """What stands in a toolbox, watched: a partial of what is watched, or a function that was put there as it is."""
    if not isinstance(value, functools.partial):
        return watched(value, alias)
    if (found := watched(value.func, alias)) is value.func:
        return value
    again = functools.partial(found, *value.args, **value.keywords)
    again.__dict__.update(vars(value))
    return again


class _Part:
    """A population as it was last seen."""

    def __init__(self, number: int):
        self.number, self.stamp = number, -1
        self.members: list[Any] = []
        self.places: dict[int, int] = {}
        self.fitness: list[Any] = []
        self.touched: set[int] = set()
        self.home: Home | None = None
        self.strong = False  # whether the home is known for the population's by DEAP's own algorithms
        self.list: Any = None
        self.chosen: list[Any] = []
        self.survivors: Home | None = None
        self.frame: FrameType | None = None

    def differs(self, members: Sequence[Any]) -> bool:
        """Whether somebody here was not there, or has changed since."""
        return any(id(one) not in self.places or id(one) in self.touched for one in members) or any(
            _scores(one) != self.fitness[self.places[id(one)]] for one in members
        )

    def same(self, members: Sequence[Any]) -> bool:
        """Whether these are just the members that were there."""
        return sorted(map(id, members)) == sorted(map(id, self.members))


def _scores(individual: Any) -> Any:
    return tuple(individual.fitness.wvalues)


class Watch:
    """Follows the populations of one program for an audit."""

    def __init__(self, audit: Any):
        self.audit = audit
        self.named: list[Any] | None = None  # the final population, where the program says so
        self.frame: FrameType | None = None
        self.names: dict[str, Any] | None = None  # of the program's own module, where it is known
        self._parts: list[_Part] = []
        self._current: dict[int, _Part] = {}  # by stamp
        self._stamps = 0
        self._toolbox: Any = None
        self._originals: dict[str, Any] = {}
        self._measured: dict[int, tuple[Any, Any, np.ndarray]] = {}  # of individuals as they were, by identity

    # --- begin and end

    def begin(self, toolbox: Any = None) -> None:
        """Watch from now on: all of DEAP, and a toolbox that was filled before."""
        global active
        if active is not None:
            active.end(measure=False)  # of `evo audit`, in a script that audits itself
        install()
        active, self._toolbox = self, toolbox
        for alias, value in list(vars(toolbox).items()) if toolbox is not None else ():
            if (found := _rewatched(value, alias)) is not value:
                self._originals[alias] = value
                setattr(toolbox, alias, found)

    def end(self, measure: bool = True) -> None:
        """Stop watching; take the final populations."""
        global active
        if active is not self:
            return
        active = None
        uninstall()
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
        finals = [(part, self.named if alone else self._final(part)) for part in self._parts]
        self._note_given_up(finals)
        self._see([(part, now) for part, now in finals if now and (part.differs(now) or not part.same(now))])

    def _note_given_up(self, finals: list[tuple[_Part, list[Any] | None]]) -> None:
        """Populations that the program put others in place of, and has no more, are not told where it has some."""
        if len(finals) < 2:
            return
        places = [*homes.populations(self.frame), *homes.populations(homes.module(self.names or {}))]
        there = {id(one) for _, members in places for one in members}
        # Held by the part alone: that is one, and what is handed to getrefcount the other.
        unheld = [
            part for part, now in finals if sys.getrefcount(part.list) <= 2 and there.isdisjoint(map(id, now or ()))
        ]
        if 0 < len(unheld) < len(finals):
            self.audit.given_up = {part.number for part in unheld}

    def _anywhere(self) -> list[Any]:
        """The largest list of individuals that the program has, of those whose members were evaluated."""
        found = [members for _, members in homes.populations(self.frame)]
        found += [members for _, members in homes.populations(homes.module(self.names or {}))]
        whole = [members for members in found if all(_scores(one) for one in members)]
        return max(whole or found, key=len, default=[])

    def _final(self, part: _Part) -> list[Any]:
        """What the program has of a population at the end."""
        now = members_of(part.home.now()) if part.home is not None else []
        if not now or not self._is_of(part, now):
            now = members_of(part.list)
        if now and part.differs(now):
            return now
        if part.strong and now:
            return now
        survivors = members_of(part.survivors.now()) if part.survivors is not None else []
        if not survivors and part.home is None and part.chosen:
            found = homes.holding(part.chosen, part.frame)
            survivors = members_of(found.now()) if found is not None else []
        if survivors and all(id(one) in part.places for one in survivors):
            return survivors
        for _, members in homes.populations(part.frame) if part.home is None else ():
            if part.differs(members) and self._is_of(part, members):
                return members
        return now

    def _is_of(self, part: _Part, members: list[Any]) -> bool:
        """Whether these come from a part, by their lines or by themselves; also where nothing is known of any."""
        owners = [self._owner(one) for one in members]
        return any(owner is part for owner in owners) or all(owner is None for owner in owners)

    # --- what operators tell

    def touch(self, individuals: list[Any]) -> None:
        """These have changed."""
        for one in individuals:
            self._measured.pop(id(one), None)
            for part in self._parts:
                if id(one) in part.places:
                    part.touched.add(id(one))

    def chooses(self, pool: Any, name: str, call: Callable[[], Any], frame: FrameType) -> Any:
        """An operator is called with a list of individuals: of a population, where it chooses from it."""
        self.frame = frame
        sure = _CHOOSES.match(name) is not None or _TELLS.match(name) is not None
        members = members_of(pool)
        part = self._event(pool, members, name, frame) if sure and members else None
        result = call()
        chosen = [result] if is_individual(result) else members_of(result)
        known = set(map(id, members))
        if part is None and members and chosen and all(id(one) in known for one in chosen):
            part = self._event(pool, members, name, frame)
        if part is not None and name != "varOr":
            part.chosen = chosen
        if name in ("update", "tell"):
            self.audit.notes["no_parents"] = ""
        return result

    def _event(self, pool: Any, members: list[Any], name: str, frame: FrameType) -> _Part:
        """A population is handed to an operator."""
        home = homes.find(pool, frame)
        part = self._part_of(pool, members, home)
        if part.chosen and (found := homes.holding(part.chosen, frame)) is not None:
            part.survivors = found
        if not part.members or part.differs(members):
            self._see([(part, members), *self._entered(part)])
        if name == "varOr" or (home is not None and not part.strong and len(members) >= len(part.members)):
            part.home, part.strong = home, name == "varOr"
            part.list = pool
        elif part.list is None or (part.home is None and not part.strong):
            part.list = pool
        part.frame = frame
        return part

    def _part_of(self, pool: Any, members: list[Any], home: Home | None) -> _Part:
        """The population that a list is: that of most of its members, or of its name."""
        counts: dict[int, int] = {}
        for one in members:
            if (owner := self._owner(one)) is not None:
                counts[owner.number] = counts.get(owner.number, 0) + 1
        if counts:
            return self._parts[max(counts, key=lambda number: (counts[number], -number))]
        for part in self._parts:
            if part.list is pool:
                return part
            # The same name holds another list now, and nobody holds the one before; not where it is one of several.
            same = home is not None and part.home == home and sys.getrefcount(part.list) <= 2
            if same and home is not None and not homes.has_several(home.frame):
                return part
        return self._new_part()

    def _new_part(self) -> _Part:
        self._parts.append(_Part(len(self._parts)))
        return self._parts[-1]

    def _owner(self, one: Any) -> _Part | None:
        """The population that somebody is of, or descends from."""
        for stamp, _, _ in line_of(one)[:1]:
            if stamp in self._current:
                return self._current[stamp]
        return next((part for part in self._parts if id(one) in part.places), None)

    def _entered(self, part: _Part) -> list[tuple[_Part, list[Any]]]:
        """Other populations that somebody of another has entered since they were seen: they are seen together."""
        found = []
        for other in self._parts:
            now = members_of(other.list) if other is not part else []
            if now and other.differs(now) and any(self._owner(one) not in (other, None) for one in now):
                found.append((other, now))
        return found

    # --- taking note

    def _see(self, now: list[tuple[_Part, list[Any]]]) -> None:
        """These are the members of populations now, all at once."""
        lines = [[self._parents(one) for one in members] for _, members in now]
        among = dict(self.audit.ledger.members)
        for (part, members), parents in zip(now, lines, strict=True):
            self._take(part, members, parents, among)
        self._measured = {id(one): self._measured[id(one)] for part in self._parts for one in part.members}
        sweep()

    def _take(self, part: _Part, members: list[Any], lines: list[Parents], among: dict[int, np.ndarray]) -> None:
        if part.touched and len(set(map(id, members))) < len(members):
            twice = {id(one) for one in members if sum(other is one for other in members) > 1}
            if twice & part.touched:
                self.audit.notes["not_cloned"] = ""
        self.audit.take(
            part.number, self._objectives(members), self._properties(members), lines if part.members else None,
            self.audit.deployed(members), among,
        )  # fmt: skip
        self._current.pop(part.stamp, None)
        part.stamp, self._stamps = self._stamps, self._stamps + 1
        self._current[part.stamp] = part
        part.members, part.places, part.touched = list(members), {}, set()
        for place, one in enumerate(members):
            part.places.setdefault(id(one), place)
            set_line(one, ((part.stamp, part.places[id(one)], 1.0),))
        part.fitness = [_scores(one) for one in members]

    def _parents(self, one: Any) -> Parents:
        found = []
        for stamp, place, share in line_of(one):
            if stamp not in self._current:
                return ()  # it descends from somebody of long ago
            found.append((self._current[stamp].number, place, share))
        return tuple(found)

    def _properties(self, members: list[Any]) -> np.ndarray:
        """Measured once for each individual, until it changes."""
        fresh = [one for one in members if self._stale(one)]
        for one, row in zip(fresh, self.audit.measure(fresh), strict=True):
            self._measured[id(one)] = (one, _scores(one), row)
        return np.array([self._measured[id(one)][-1] for one in members]).reshape(len(members), -1)

    def _stale(self, one: Any) -> bool:
        known = self._measured.get(id(one))
        return known is None or known[0] is not one or known[1] != _scores(one)

    def _objectives(self, members: list[Any]) -> np.ndarray:
        """Fitness as the user counts it: float64[M, O], NaN where it is not known."""
        weights = tuple(members[0].fitness.weights)
        self.audit.signs = tuple(float(np.sign(weight)) for weight in weights)
        nothing = (np.nan,) * len(weights)
        return np.array([tuple(one.fitness.values) or nothing for one in members], float)


# --- DEAP's own functions

_installed: list[tuple[Any, str, Any]] = []
_deep = 0


def install() -> None:
    """Watch DEAP's operators, whatever is registered in a toolbox, and copies made by an individual's class."""
    global _deep
    _deep += 1
    if _deep > 1:
        return
    from deap import algorithms, base, creator, gp, tools

    for module in (tools, gp):
        for name in dir(module):
            function = getattr(module, name)
            if name.startswith(("sel", "cx", "mut")) and callable(function) and not isinstance(function, type):
                _put(module, name, watched(function, name))
    _put(algorithms, "varOr", watched(algorithms.varOr, "varOr"))
    register, create = base.Toolbox.register, creator.create

    @functools.wraps(register)
    def registered(self: Any, alias: str, function: Any, *args: Any, **named: Any) -> None:
        if blind.active is not None and _EVALUATES.match(alias) and not isinstance(function, type):
            function = Evaluation(function, blind.active)
        register(self, alias, watched(function, alias), *args, **named)

    @functools.wraps(create)
    def created(name: str, *args: Any, **named: Any) -> None:
        create(name, *args, **named)
        _copies_by_class(getattr(creator, name))

    def put(self: Any, alias: str, value: Any) -> None:
        object.__setattr__(self, alias, _rewatched(value, alias))

    _put(base.Toolbox, "register", registered)
    _put(base.Toolbox, "__setattr__", put)
    _put(creator, "create", created)


def _copies_by_class(kind: type) -> None:
    """An individual that is made from another by its class descends from it."""
    original = kind.__init__  # type: ignore[misc]

    @functools.wraps(original)
    def begun(self: Any, *args: Any, **named: Any) -> None:
        original(self, *args, **named)
        if args and is_individual(args[0]) and (line := line_of(args[0])):
            set_line(self, line)

    kind.__init__ = begun  # type: ignore[misc]


def _put(where: Any, name: str, value: Any) -> None:
    _installed.append((where, name, getattr(where, name)))
    setattr(where, name, value)


def uninstall() -> None:
    """Give DEAP its own functions back."""
    global _deep
    _deep = max(0, _deep - 1)
    while not _deep and _installed:
        where, name, value = _installed.pop()
        setattr(where, name, value)
