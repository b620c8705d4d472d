"""The line of an individual: shares of its ancestry in members of populations as they were last seen.

A line hangs on the individual as an attribute, which every kind of copy takes along: `toolbox.clone`, `copy`, pickles
to worker processes and back. Where nothing can be hung on it, as with `__slots__`, it is kept in a table beside.
"""

import sys
from inspect import getattr_static
from types import ModuleType
from typing import Any

ATTRIBUTE = "_evo_line"
Line = tuple[tuple[int, int, float], ...]  # stamp of the population as it was seen, place in it, share

# Of individuals that carry no attributes: by identity, each with itself so that no other object takes its place.
_beside: dict[int, tuple[Any, Line]] = {}


def is_individual(value: Any) -> bool:
    """Whether this is an individual of DEAP: whatever has a fitness with weights.

    Nothing is asked of what answers by code of its own, such as pytest's marks: it may do anything when asked.
    """
    if isinstance(value, type | ModuleType):
        return False
    if hasattr(type(value), "__getattr__") and getattr_static(value, "fitness", None) is None:
        return False
    return hasattr(getattr(value, "fitness", None), "wvalues")


def line_of(individual: Any) -> Line:
    """Its line; empty where none is known."""
    line = getattr(individual, ATTRIBUTE, None)
    if line is None and _beside:
        found = _beside.get(id(individual))
        line = found[1] if found is not None and found[0] is individual else None
    return line or ()


def set_line(individual: Any, line: Line) -> None:
    """Hang a line on an individual."""
    try:
        setattr(individual, ATTRIBUTE, line)
    except AttributeError:
        _beside[id(individual)] = (individual, line)


def merged(lines: list[Line]) -> Line:
    """The mean of several lines; empty where one is unknown."""
    if not lines or not all(lines):
        return ()
    shares: dict[tuple[int, int], float] = {}
    for line in lines:
        for stamp, place, share in line:
            shares[stamp, place] = shares.get((stamp, place), 0.0) + share / len(lines)
    return tuple((stamp, place, share) for (stamp, place), share in sorted(shares.items()))


def forget(individual: Any) -> None:
    """Take a line away again."""
    try:
        delattr(individual, ATTRIBUTE)
    except AttributeError:
        _beside.pop(id(individual), None)


def sweep() -> None:
    """Let go of those in the table that nobody else holds any more."""
    # Held by the table's entry alone: that is one, and what is handed to getrefcount the other.
    for key in [key for key in _beside if sys.getrefcount(_beside[key][0]) <= 2]:
        del _beside[key]


def forget_beside() -> None:
    """Empty the table."""
    _beside.clear()
