"""The line of an individual: shares of its ancestry in members of populations as they were last seen.

A line hangs on the individual as an attribute, which every kind of copy takes along: `toolbox.clone`, `copy`, pickles
to worker processes and back. Where nothing can be hung on it, as with `__slots__`, it is kept in a table beside. Its
token tells apart what was changed since: copies that nobody changed share one, whenever they were made.
"""

import itertools
import os
import sys
from inspect import getattr_static
from types import ModuleType
from typing import Any, NamedTuple

ATTRIBUTE = "_evo_line"
Token = tuple[int, int]
_counts = itertools.count(1)


class Line(NamedTuple):
    """Shares in members, each with the stamp of the population as it was seen and the place in it; empty if unknown."""

    token: Token
    shares: tuple[tuple[int, int, float], ...]


NOTHING = Line((0, 0), ())

# Of individuals that carry no attributes: by identity, each with itself so that no other object takes its place.
_beside: dict[int, tuple[Any, Line]] = {}


def new_token() -> Token:
    """Another than that of anything else, also in worker processes."""
    return os.getpid(), next(_counts)


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
    """Its line; NOTHING where none is known."""
    line = getattr(individual, ATTRIBUTE, None)
    if line is None and _beside:
        found = _beside.get(id(individual))
        line = found[1] if found is not None and found[0] is individual else None
    return line or NOTHING


def set_line(individual: Any, line: Line) -> None:
    """Hang a line on an individual."""
    try:
        setattr(individual, ATTRIBUTE, line)
    except AttributeError:
        _beside[id(individual)] = (individual, line)


def merged(lines: list[Line]) -> Line:
    """The mean of several lines, with a token of its own; its shares are empty where one is unknown."""
    shares: dict[tuple[int, int], float] = {}
    for line in lines if all(line.shares for line in lines) else ():
        for stamp, place, share in line.shares:
            shares[stamp, place] = shares.get((stamp, place), 0.0) + share / len(lines)
    return Line(new_token(), tuple((stamp, place, share) for (stamp, place), share in sorted(shares.items())))


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
