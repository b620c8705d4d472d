"""The one form of every value, by the declared type of the field or knob that it is for.

Whatever a person writes, in a file, on the command line or in Python (`0`, `0.0`, `-0.0`, `"0"`, NumPy's numbers and
arrays, ranges, tuples), becomes one value of one type here, before anything is checked, compared, hashed, swept,
stored or shown. So it is one cell, one stream and one column, however it was written.
"""

import datetime as dt
import math
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from itertools import islice
from numbers import Integral, Real
from typing import Any, Literal, NamedTuple, get_args, get_origin

import numpy as np
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from evo.errors import ScenarioError
from evo.scenario.fields import LARGEST, MOST_CELLS, Scenario
from evo.wording import wrong

_DEEPEST = 8  # tables in tables
_LONGEST = 400  # letters of a number


class Beyond(ValueError):
    """A whole number that no field can hold."""


class Kind(Enum):
    """What a field or knob holds."""

    WHOLE = "a whole number"
    NUMBER = "a finite number"
    TEXT = "text"
    TEXTS = "a list of texts"
    TRUTH = "true or false"

    @property
    def numeric(self) -> bool:
        """Whether it is a number, so that it can be given as a range."""
        return self in (Kind.WHOLE, Kind.NUMBER)


@cache
def kind_of(annotation: Any) -> Kind | None:
    """The kind of a field by its type; None for tables, and for what may be anything."""
    if get_origin(annotation) is Literal:
        first: Any = type(get_args(annotation)[0])
        return kind_of(first)
    if annotation in (int, float, str, bool):
        return {int: Kind.WHOLE, float: Kind.NUMBER, str: Kind.TEXT, bool: Kind.TRUTH}[annotation]
    if get_origin(annotation) is list:
        return Kind.TEXTS
    options = [kind_of(option) for option in get_args(annotation) if option is not type(None)]
    return options[0] if len(options) == 1 and get_origin(annotation) is not dict else None


@cache
def table_of(annotation: Any) -> type[BaseModel] | None:
    """The table that a field is, needed or optional; None where it is none."""
    options = (annotation, *get_args(annotation))
    return next((kind for kind in options if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def kind_at(path: tuple[str, ...]) -> Kind | None:
    """The kind of a scenario's own field, by its place in the tables."""
    annotation: Any = Scenario
    for name in path:
        table = table_of(annotation)
        if table is None:
            return None
        annotation = table.model_fields[name].annotation
    return kind_of(annotation)


# --- one value


def plain(value: Any, depth: int = 0) -> Any:
    """Python's own form of what others have too: NumPy's scalars and arrays, ranges, tuples, paths, mappings.

    Raises
    ------
    ValueError : it is none that a scenario can hold, or too long or deep; what is allowed, in words
    """
    if type(value) in (int, float, bool):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, (str, os.PathLike)):
        return _text(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, np.floating) and not isinstance(value, float):
        return float(str(value))  # the number that a float32 is shown as, 0.1, not the nearest of 64 bits to it
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, np.ma.core.MaskedConstant):
        raise ValueError("is masked, so that there is no value")
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return plain(value[()], depth)
    if isinstance(value, Iterable) and not isinstance(value, (bytes, bytearray, set, frozenset)):
        if depth == _DEEPEST:
            raise ValueError(f"is nested more than {_DEEPEST} deep")
        if isinstance(value, Mapping):
            return {_text(key): plain(item, depth + 1) for key, item in value.items()}
        items = [plain(item, depth + 1) for item in islice(value, MOST_CELLS + 1)]
        if len(items) > MOST_CELLS:
            raise ValueError(f"has more than {MOST_CELLS:,} values, the most that there may be")
        return items
    what = "is a date or a time, and " if isinstance(value, (dt.date, dt.time)) else ""
    raise ValueError(f"{what}must be a number, text or a list of them")


def _text(value: Any) -> str:
    text = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(text, str):
        raise ValueError("must be text")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must be text in UTF-8") from None
    return str(text)


def _exact(value: Any, kind: Kind) -> int | float | Decimal:
    """A number as exactly as it was given."""
    if isinstance(value, bool):
        raise ValueError(f"must be {kind.value}, and true and false are none")
    if isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, str):
        text = value.strip()
        if len(text) > _LONGEST:
            raise ValueError(f"must be {kind.value} of at most {_LONGEST} letters")
        try:
            if text.isascii():
                return int(text, 0) if re.match(r"[+-]?0[xob]", text) else Decimal(text)
        except (ValueError, InvalidOperation):
            pass
    raise ValueError(f"must be {kind.value}")


def _number(value: Any) -> float:
    number = _nearest(_exact(value, Kind.NUMBER))
    if not math.isfinite(number):
        raise ValueError(f"must be {Kind.NUMBER.value}")
    return number + 0.0  # no minus nought


def _whole(value: Any) -> int:
    exact = _exact(value, Kind.WHOLE)
    if exact != exact:
        raise ValueError(f"must be {Kind.WHOLE.value}")
    # Compared as decimals only where it is small enough for that to be quick.
    if not abs(_nearest(exact)) < 2.0 * LARGEST or not -LARGEST <= exact <= LARGEST:
        raise Beyond(f"must be {Kind.WHOLE.value} of at most {LARGEST}")
    if exact != int(exact):
        raise ValueError(f"must be {Kind.WHOLE.value}")
    return int(exact)


def _truth(value: Any) -> bool:
    known = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if not isinstance(value, str) or value.strip().lower() not in known:
        raise ValueError(f"must be {Kind.TRUTH.value}")
    return known[value.strip().lower()]


def _nearest(exact: int | float | Decimal) -> float:
    try:
        return float(exact)
    except (OverflowError, ValueError):  # larger than any, or a decimal that stands for no number
        return math.inf


def canonical(value: Any, kind: Kind) -> Any:
    """The one form of a value of that kind: int, float (never -0.0), str, list[str], or bool.

    Raises
    ------
    ValueError : it cannot be of that kind; the message says what is allowed
    """
    if kind is Kind.NUMBER and type(value) is float and math.isfinite(value):
        return value + 0.0
    value = plain(value)
    if kind is Kind.WHOLE:
        return _whole(value)
    if kind is Kind.NUMBER:
        return _number(value)
    if kind is Kind.TEXT:
        if not isinstance(value, str):
            raise ValueError(f"must be {kind.value}")
        return value
    if kind is Kind.TRUTH:
        return _truth(value)
    items = split(value) if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ValueError(f"must be {kind.value}")
    return [canonical(item, Kind.TEXT) for item in items]


def tidy(value: Any, kind: Kind | None) -> Any:
    """The canonical form, or the value as it is where it has none; that is then refused with all that is known."""
    try:
        return canonical(value, kind) if kind else value
    except ValueError:
        return value


# --- all values of a scenario


def tables(data: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """A scenario's data in its one form, as far as it does not depend on the world: a copy that can be changed.

    What has no such form and might still be refused for a better reason (a field that is not known) is left as it is.

    Raises
    ------
    ScenarioError : a value cannot be what its field is declared as
    """
    return _table(data, Scenario, (), origin)


def _table(data: Mapping[str, Any], model: type[BaseModel], path: tuple[str, ...], origin: str) -> dict[str, Any]:
    found = {}
    for name, value in data.items():
        here, field = (*path, str(name)), model.model_fields.get(name)
        if value is None and field is not None and not field.is_required():
            continue  # as left out
        try:
            found[_text(name)] = _field(value, field.annotation if field else Any, here, origin)
        except ValueError as why:
            if isinstance(why, ScenarioError):
                raise
            says = _bounds(field) if isinstance(why, Beyond) and field else str(why)
            raise wrong(origin, ".".join(here), value, says) from None
    return found


def _bounds(field: FieldInfo) -> str:
    """What a whole number of a field may be."""
    low, high = -LARGEST, LARGEST
    for bound in field.metadata:
        low, high = int(getattr(bound, "ge", low)), int(getattr(bound, "le", high))
    return f"must be {Kind.WHOLE.value} from {low} to {high}"


def _field(value: Any, annotation: Any, path: tuple[str, ...], origin: str) -> Any:
    """One field of a table, or a table of numbers by name, in its one form."""
    table, kind = table_of(annotation), kind_of(annotation)
    if isinstance(value, Mapping) and table:
        return _table(value, table, path, origin)
    if kind:
        return canonical(value, kind)
    if annotation == dict[str, float] and isinstance(value, Mapping):
        return {_text(name): _entry(number, (*path, str(name)), origin) for name, number in value.items()}
    if path[-1] in ("sweep", "ranges") and isinstance(value, Mapping):
        return {_text(name): _axis(given, (*path, str(name)), origin) for name, given in value.items()}
    return plain(value)


def _entry(value: Any, path: tuple[str, ...], origin: str) -> float:
    try:
        return _number(plain(value))
    except ValueError as why:
        raise wrong(origin, ".".join(path), value, str(why)) from None


def _axis(value: Any, path: tuple[str, ...], origin: str) -> Any:
    """An axis or a range, so far only in Python's own form."""
    try:
        found = plain(value)
    except ValueError as why:
        raise wrong(origin, ".".join(path), value, str(why)) from None
    if isinstance(found, dict):
        allowed = "must be values, or a range as text"
        if path[0] == "sweep" and len(found) == 1:
            allowed += f'; a field of a table is written in quotes, "{path[-1]}.{next(iter(found))}" = ...'
        raise wrong(origin, ".".join(path), found, allowed)
    if path[0] == "sample":
        return ":".join(str(part) for part in found) if isinstance(found, list) else str(found)
    return found if isinstance(found, (list, str)) else [found]


# --- text

_BRACKETED = re.compile(r"""\s*(\[|"|')""")
_PARTS = re.compile(r"""(?:^|,)((?:\[[^\[\]]*\]|"(?:[^"\\]|\\.)*"|'[^']*'|[^,])*)""")


def unquoted(text: str) -> Any:
    """What is written on a command line: a TOML string or list where it is one, else the text itself."""
    if not _BRACKETED.match(text):
        return text
    try:
        read = tomllib.loads(f"v = {text}")
    except (ValueError, RecursionError):
        return text
    return read["v"] if len(read) == 1 else text


def split(text: str) -> list[Any]:
    """The values of a list that is written with commas, none of which is inside quotes or brackets."""
    if text.strip().startswith("[") and isinstance(whole := unquoted(text), list):
        return whole
    return [unquoted(part.strip()) for part in _PARTS.findall(text)]


# --- ranges

_RANGE = "must be values V1,V2,... or START:STOP:COUNT[:log] with a COUNT of 1 or more (positive ends for log)"
_LIMITS = "must be LOW:HIGH or LOW:HIGH:log with LOW below HIGH, and above 0 for log"


def written(number: float) -> str:
    """The shortest text of a number: 0, 0.05, 1e-05."""
    return repr(number).removesuffix(".0")


def _ends(parts: list[str], kind: Kind, why: str) -> tuple[Any, Any, bool]:
    """The ends of a range, and whether it is on a log scale."""
    if parts[2:] not in ([], ["log"]):
        raise ValueError(why)
    try:
        low, high = (canonical(part, kind) for part in parts[:2])
    except ValueError as reason:
        raise ValueError(f"{why}; START, STOP, LOW and HIGH {reason}") from None
    log = parts[2:] == ["log"]
    if log and min(low, high) <= 0:
        raise ValueError(why)
    return low, high, log


class Range(NamedTuple):
    """Values at equal steps from start to stop, or at equal ratios."""

    start: float
    stop: float
    steps: int
    log: bool
    kind: Kind

    @classmethod
    def read(cls, text: str, kind: Kind) -> "Range":
        """START:STOP:COUNT[:log]; ValueError says what is allowed."""
        parts = [part.strip() for part in text.split(":")]
        if len(parts) not in (3, 4):
            raise ValueError(_RANGE)
        start, stop, log = _ends([*parts[:2], *parts[3:]], kind, _RANGE)
        try:
            count = canonical(parts[2], Kind.WHOLE)
        except ValueError as reason:
            raise ValueError(f"{_RANGE}; COUNT {reason}") from None
        if count < 1 or not math.isfinite(stop / start if log else stop - start):
            raise ValueError(_RANGE)
        if count > MOST_CELLS:
            raise ValueError(f"has {count:,} values, and there may be at most {MOST_CELLS:,} cells")
        return cls(start, stop, count, log, kind)

    def __str__(self) -> str:
        return ":".join([written(self.start), written(self.stop), str(self.steps), *(["log"] if self.log else [])])

    def values(self) -> list[Any]:
        """The values; whole numbers that would come twice come once."""
        start, stop, count = self.start, self.stop, self.steps
        shares = [i / (count - 1) for i in range(1, count - 1)]
        if self.log:
            between = [start * (stop / start) ** f for f in shares]
        else:
            between = [start + (stop - start) * f for f in shares]
        if self.kind is Kind.WHOLE:
            middle: list[Any] = [round(value) for value in between]
        else:
            middle = [float(f"{value:.12g}") + 0.0 for value in between]
        return list(dict.fromkeys([start, *middle, *([stop] if count > 1 else [])]))


def axis_form(given: Any, kind: Kind) -> list[Any] | str:
    """The one form of an axis of a sweep: its values, or a range of numbers as text.

    given : a list, array or range; values with commas between; START:STOP:COUNT[:log]; or lists of all these

    Raises
    ------
    ValueError : something in it cannot be that, or comes twice; the message says what is allowed
    """
    items = plain(given)
    if isinstance(items, str) and not (kind is Kind.TEXTS and _BRACKETED.match(items)):
        items = split(items)
    elif isinstance(items, str):
        items = _lists(items)
    if not isinstance(items, list):
        items = [items]
    if not items:
        raise ValueError("must have at least one value")
    if kind.numeric and len(items) == 1 and isinstance(items[0], str) and ":" in items[0]:
        return str(Range.read(items[0], kind))
    values: list[Any] = []
    for item in items:
        if kind.numeric and isinstance(item, str) and ":" in item:
            values += Range.read(item, kind).values()
        else:
            values.append(canonical(item, kind))
    if len({str(value) for value in values}) < len(values):
        raise ValueError("has the same value twice")
    if len(values) > MOST_CELLS:
        raise ValueError(f"has {len(values):,} values, and there may be at most {MOST_CELLS:,} cells")
    return values


def _lists(text: str) -> list[Any]:
    """Lists with commas between, or one list of them: ["a"],["b","c"]."""
    several = unquoted(f"[{text}]")
    items = several if isinstance(several, list) else [text]
    inner = items[0] if len(items) == 1 else items
    return inner if isinstance(inner, list) and inner and isinstance(inner[0], list) else items


def values_of(axis: list[Any] | str, kind: Kind) -> list[Any]:
    """The values of an axis in its one form."""
    return Range.read(axis, kind).values() if isinstance(axis, str) else axis


class Limits(NamedTuple):
    """One range of a sample: its ends, whether on a log scale, and whether of whole numbers."""

    low: float
    high: float
    log: bool
    whole: bool

    @classmethod
    def read(cls, text: str, kind: Kind) -> "Limits":
        """LOW:HIGH[:log]; ValueError says what is allowed."""
        parts = [part.strip() for part in text.split(":")]
        if len(parts) not in (2, 3):
            raise ValueError(_LIMITS)
        low, high, log = _ends(parts, kind, _LIMITS)
        if not low < high:
            raise ValueError(_LIMITS)
        return cls(low, high, log, kind is Kind.WHOLE)

    def __str__(self) -> str:
        return ":".join([written(self.low), written(self.high), *(["log"] if self.log else [])])

    @property
    def ends(self) -> tuple[float, float]:
        """Low and high."""
        return self.low, self.high
