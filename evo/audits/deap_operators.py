"""The operators of DEAP, watched: what takes one individual hands its line on, what recombines several merges theirs.

Whatever is registered in a toolbox, and the operators of `deap.tools` and `deap.gp`, are watched. Nothing here draws
random numbers, or changes what an operator gets or gives.
"""

import functools
import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, Protocol

from evo.audits import blind
from evo.audits.blind import Evaluation
from evo.audits.homes import members_of
from evo.audits.lines import NOTHING, Line, is_individual, line_of, merged, new_token, set_line

_CHOOSES = re.compile(r"^(sel|choose|surviv|pick|tourn)", re.IGNORECASE)
_TELLS = re.compile(r"^(update|tell|varOr)$")
_MATES = re.compile(r"^(mate|cx|cross|recomb|blend)", re.IGNORECASE)
_MUTATES = re.compile(r"^mut", re.IGNORECASE)
_COPIES = re.compile(r"^(clone|copy|deepcopy|dup)", re.IGNORECASE)
_EVALUATES = re.compile(r"^(eval|fitness$)", re.IGNORECASE)
_UNWATCHED = ("map", "evaluate")


class Listener(Protocol):
    """What operators tell."""

    frame: FrameType | None

    def chooses(self, pool: Any, name: str, sure: bool, call: Callable[[], Any], frame: FrameType) -> Any:
        """An operator is called with a list of individuals; sure: whether by its name it chooses from it."""

    def meets(self, individuals: list[Any], copies: bool, frame: FrameType) -> None:
        """An operator is about to take these; copies: whether it copies."""

    def line_of(self, individual: Any) -> Line:
        """Its line, as of what was seen last."""

    def touch(self, individuals: list[Any], name: str) -> None:
        """An operator has made or changed these."""


active: Listener | None = None  # of this process


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
            if pool is not None and _MATES.match(self.name):
                several = members_of(pool)
            elif pool is None or active is None:
                return self.function(*args, **named)
            else:
                sure = _CHOOSES.match(self.name) is not None or _TELLS.match(self.name) is not None
                call = functools.partial(self.function, *args, **named)
                return active.chooses(pool, self.name, sure, call, sys._getframe(1))
        if active is not None:
            active.frame = sys._getframe(1)
            active.meets(several, _COPIES.match(self.name) is not None, active.frame)
        lines = [line_of(one) if active is None else active.line_of(one) for one in several]
        result = self.function(*args, **named)
        self._hand_on(several, lines, result)
        return result

    def _hand_on(self, several: list[Any], lines: list[Line], result: Any) -> None:
        outs = [result] if is_individual(result) else members_of(result)
        changes = _MUTATES if len(several) == 1 else _MATES
        changed = changes.match(self.name) is not None
        outs = outs or (several if changed else [])
        if len(several) == 1:
            line = lines[0] if _COPIES.match(self.name) else Line(new_token(), lines[0].shares)
        else:
            line = merged(lines)
        known = set(map(id, several))
        if len(several) == 1 or changed or len(outs) > 1 or any(id(one) not in known for one in outs):
            for one in outs:
                set_line(one, line if len(several) == 1 else Line(new_token(), line.shares))
        if active is not None and (changed or outs):
            active.touch(outs, self.name)


def _holds_individuals(value: Any) -> bool:
    row = type(value).__name__ == "ndarray" and value.ndim == 1
    return (isinstance(value, (list, tuple)) or row) and len(value) > 0 and is_individual(value[0])


def watched(function: Any, name: str) -> Any:
    """The function, watched, unless there is nothing to see in it."""
    if isinstance(function, (Watched, type)) or name in _UNWATCHED or not callable(function):
        return function
    return Watched(function, name)


def rewatched(value: Any, alias: str) -> Any:
    """What stands in a toolbox, watched: a partial of what is watched, or a function that was put there as it is."""
    if not isinstance(value, functools.partial):
        return watched(value, alias)
    if (found := watched(value.func, alias)) is value.func:
        return value
    again = functools.partial(found, *value.args, **value.keywords)
    again.__dict__.update(vars(value))
    return again


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
        object.__setattr__(self, alias, rewatched(value, alias))

    keep = tools.HallOfFame.insert

    @functools.wraps(keep)
    def kept(self: Any, item: Any) -> None:
        if is_individual(item) and line_of(item) is NOTHING:  # the copy that it takes is known again by its token
            set_line(item, Line(new_token(), ()))
        keep(self, item)

    _put(tools.HallOfFame, "insert", kept)
    _put(base.Toolbox, "register", registered)
    _put(base.Toolbox, "__setattr__", put)
    _put(creator, "create", created)


def _copies_by_class(kind: type) -> None:
    """An individual that is made from another by its class descends from it."""
    original = kind.__init__  # type: ignore[misc]

    @functools.wraps(original)
    def begun(self: Any, *args: Any, **named: Any) -> None:
        original(self, *args, **named)
        if args and is_individual(args[0]) and (line := line_of(args[0])).shares:
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
