"""Where a program keeps a list: the frame and the name by which it is found again, also after the function has ended.

A frame that somebody holds keeps its variables when its function returns. So what a list is called when it is handed to
an operator tells, at the end, what the program then has under that name.
"""

import sys
from collections import deque
from collections.abc import Iterator
from types import FrameType, ModuleType, SimpleNamespace
from typing import Any, NamedTuple

from evo.audits.lines import is_individual

_MOST_FRAMES = 40
_MOST_PARTS = 200  # of a list that may hold populations
_OWN = "evo.audits"
_COLLECTIONS = (list, tuple, deque, set, frozenset, dict)
_RECORDS = ("HallOfFame", "History", "Logbook", "Statistics", "MultiStatistics", "Toolbox")


class Home(NamedTuple):
    """A variable, or what it holds by keys and attributes. path: (kind, key) each, the first a variable."""

    frame: FrameType
    path: tuple[tuple[str, Any], ...]

    def now(self) -> Any:
        """What is there now; None where there is nothing any more."""
        value: Any = self.frame.f_locals
        for kind, key in self.path:
            try:
                value = getattr(value, key) if kind == "attribute" else value[key]
            except (AttributeError, KeyError, IndexError, TypeError):
                return None
        return value

    def beside(self) -> list[Any]:
        """What the same list or dict holds there; nothing where it is a variable."""
        around = Home(self.frame, self.path[:-1]).now() if len(self.path) > 1 else None
        return list(around.values()) if isinstance(around, dict) else list(around) if isinstance(around, list) else []


def module(names: dict[str, Any]) -> Any:
    """A program's own module, in place of a frame of it."""
    return SimpleNamespace(f_locals=names, f_globals=names, f_back=None)


def frames(frame: FrameType | None) -> Iterator[FrameType]:
    """The program's frames, from the innermost on; none of evo's own."""
    for _ in range(_MOST_FRAMES):
        if frame is None:
            return
        if not frame.f_globals.get("__name__", "").startswith(_OWN):
            yield frame
        frame = frame.f_back


def _attributes(value: Any) -> dict[str, Any]:
    """What an object of the program's own carries, in its `__dict__` or in slots."""
    found = dict(getattr(value, "__dict__", {}))
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        names = (slots,) if isinstance(slots, str) else tuple(slots)
        found |= {name: getattr(value, name) for name in names if not name.startswith("__") and hasattr(value, name)}
    return found


def _inside(value: Any) -> Iterator[tuple[tuple[str, Any], Any]]:
    """What a value holds that may be a population, each with its key."""
    if isinstance(value, dict):
        yield from ((("key", key), part) for key, part in list(value.items())[:_MOST_PARTS])
    elif isinstance(value, (list, tuple)) and len(value) <= _MOST_PARTS and not (value and is_individual(value[0])):
        yield from ((("key", k), part) for k, part in enumerate(value))
    elif not isinstance(value, (type, ModuleType)) and not is_individual(value) and not is_record(value):
        yield from ((("attribute", name), part) for name, part in list(_attributes(value).items())[:_MOST_PARTS])
    elif isinstance(value, type) and value.__module__ not in sys.stdlib_module_names:
        yield from ((("attribute", name), part) for name, part in list(vars(value).items())[:_MOST_PARTS])


def is_record(value: Any) -> bool:
    """Whether this keeps copies of individuals beside populations, as DEAP's halls of fame and histories do."""
    return any(kind.__name__ in _RECORDS and kind.__module__.startswith("deap.") for kind in type(value).__mro__)


def find(container: Any, frame: FrameType | None) -> Home | None:
    """Where this very list is kept, in the innermost frame that has it; None where it is only passing."""
    for one in frames(frame):
        variables = one.f_locals
        for name, value in variables.items():
            if value is container:
                return Home(one, (("key", name),))
        for name, value in list(variables.items()):
            if name.startswith("__"):
                continue
            for step, part in _inside(value):
                if part is container:
                    return Home(one, (("key", name), step))
    return None


def every(container: Any, frame: FrameType | None) -> list[Home]:
    """All places of the innermost frame that keeps this very list; none where it is only passing."""
    for one in frames(frame):
        variables = [(name, value) for name, value in list(one.f_locals.items()) if not name.startswith("__")]
        found = [Home(one, (("key", name),)) for name, value in variables if value is container]
        steps = [(name, step) for name, value in variables for step, part in _inside(value) if part is container]
        if found := found + [Home(one, (("key", name), step)) for name, step in steps]:
            return found
    return []


def siblings(container: Any, frame: FrameType | None) -> list[Any]:
    """Lists of individuals beside this one, in a list or dict that a frame has: other demes, or species."""
    for one in frames(frame):
        for value in list(one.f_locals.values()):
            inside = [part for _, part in _inside(value)]
            if any(part is container for part in inside):
                return [part for part in inside if part is not container and members_of(part)]
    return []


def outside(home: Home | None, frame: FrameType | None, names: dict[str, Any]) -> list[list[Any]]:
    """Every list of individuals that callers of a frame reach, and the module; all, where the home is not known."""
    chain = list(frames(frame))
    if home is not None and home.frame in chain:
        chain = chain[chain.index(home.frame) + 1 :]
    at_module = home is not None and home.frame.f_locals is home.frame.f_globals
    places = [populations(one, callers=False) for one in chain]
    places += [] if at_module else [populations(module(names))]
    return [members for place in places for _, members in place]


def has_several(frame: FrameType | None) -> bool:
    """Whether the program keeps several lists of individuals in one list or dict: demes, or species."""
    return any(_are_populations(value) for one in frames(frame) for value in list(one.f_locals.values()))


def _are_populations(value: Any) -> bool:
    inside = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(inside, (list, tuple)) or is_individual(inside) or not 1 < len(inside) <= _MOST_PARTS:
        return False
    return all(isinstance(part, list) and part and is_individual(part[0]) for part in inside)


def holding(members: list[Any], frame: FrameType | None, last: bool = False) -> Home | None:
    """What holds exactly these members, in this order or another: a variable, or what one holds.

    last: of the outermost frame that has one; else of the innermost
    """
    wanted, found = sorted(map(id, members)), None
    for one in frames(frame):
        for home, held in populations(one, callers=False):
            if len(held) == len(wanted) and sorted(map(id, held)) == wanted:
                if not last:
                    return home
                found = home
                break
    return found


def around(container: Any, frame: FrameType | None) -> list[Home]:
    """Every variable of any of the frames that holds this very list, one or more a frame."""
    return [
        Home(one, (("key", name),))
        for one in frames(frame)
        for name, value in list(one.f_locals.items())
        if value is container and not name.startswith("__")
    ]


def populations(frame: FrameType | None, depth: int = 3, callers: bool = True) -> Iterator[tuple[Home, list[Any]]]:
    """Every list of individuals that a program's frames reach, nearest first. callers: those of the callers too."""
    seen: set[int] = set()
    for one in frames(frame) if callers or frame is None else (frame,):
        queue = [((("key", name),), value) for name, value in list(one.f_locals.items()) if not name.startswith("__")]
        for level in range(depth):
            deeper: list[tuple[Any, Any]] = []
            for path, value in queue:
                if members := members_of(value):
                    if id(value) not in seen:
                        seen.add(id(value))
                        yield Home(one, path), members
                elif level + 1 < depth:
                    deeper += [((*path, step), part) for step, part in _inside(value)]
            queue = deeper


def members_of(value: Any) -> list[Any]:
    """The individuals of a list or any other collection of them; none of anything else."""
    if is_individual(value) or not (isinstance(value, _COLLECTIONS) or type(value).__name__ == "ndarray"):
        return []
    try:
        found = list(value.values() if isinstance(value, dict) else value)
    except TypeError:
        return []
    return found if found and all(map(is_individual, found)) else []
