"""The blind arm: evaluations that see each individual as it would be without the property.

In the runs as they are evaluations are only looked at, so that it is known beforehand whether they can be seen at all.
"""

import copy
import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from evo.audits.given import function
from evo.audits.lines import is_individual
from evo.audits.record import show_one, undisturbed
from evo.errors import AuditError

NOT_SEEN = (
    "--without: no blind arm was run, for the program evaluates where it cannot be seen: evo looks for what DEAP's "
    "toolbox calls evaluate, and for the problems and fitness functions of pymoo, LEAP and PyGAD"
)


class Blind:
    """What takes the property from copies of individuals; it goes to worker processes by its name.

    Attributes
    ----------
    what : FILE.py:FUNCTION, which changes a copy or returns another
    on : whether evaluations see the copies; else they see individuals as they are
    used : whether any evaluation was seen
    """

    def __init__(self, what: str, on: bool):
        self.what, self.on, self.used = what, on, False

    def __reduce__(self) -> Any:
        self.used = True
        return Blind, (self.what, self.on)

    @functools.cached_property
    def _takes(self) -> Callable[[Any], Any]:
        return function("--without", self.what)

    def lacking(self, individual: Any) -> Any:
        """An individual as it would be without the property.

        Raises
        ------
        AuditError : the function raised something
        """
        self.used = True
        if not self.on:
            return individual
        with undisturbed():
            lacking = copy.deepcopy(individual)
            try:
                changed = self._takes(lacking)
            except Exception as error:
                what = f"raised {type(error).__name__}: {error}, for the individual {show_one(individual)}"
                raise AuditError(f"--without {self.what}: {what}") from None
        return lacking if changed is None else changed

    def lacking_all(self, given: Any) -> Any:
        """The same, also of individuals that are evaluated together, in a list or a tuple of them."""
        together = isinstance(given, (list, tuple)) and len(given) and not is_individual(given)
        if together and all(map(is_individual, given)):
            return type(given)(map(self.lacking, given))
        return self.lacking(given)

    def lacking_rows(self, rows: Any) -> Any:
        """The same of an array of which each row is an individual, of a list of individuals, or of one alone."""
        if not self.on or not (isinstance(rows, list) or (isinstance(rows, np.ndarray) and rows.ndim)):
            return self.lacking(rows)
        if isinstance(rows, np.ndarray) and rows.ndim == 1 and rows.dtype != object:
            return np.asarray(self.lacking(rows))
        changed = [self.lacking(row) for row in rows]
        if isinstance(rows, list):
            return changed
        found = np.empty(rows.shape, rows.dtype)
        for place, row in enumerate(changed):
            found[place] = row
        return found


class Evaluation:
    """A function that evaluates individuals, blind to the property. place: of the individual among its arguments."""

    def __init__(self, evaluate: Callable[..., Any], blind: Blind, place: int = 0):
        self.evaluate, self.blind, self.place = evaluate, blind, place
        functools.update_wrapper(self, evaluate, updated=())

    def __reduce__(self) -> Any:
        return Evaluation, (self.evaluate, self.blind, self.place)

    def __call__(self, *args: Any, **named: Any) -> Any:
        if len(args) > self.place:
            given = list(args)
            seen = (
                self.blind.lacking_rows if self.place else self.blind.lacking_all
            )  # a library may give several at once
            given[self.place] = seen(given[self.place])
            return self.evaluate(*given, **named)
        first = next(iter(named), None)
        changed = {name: self.blind.lacking_all(value) if name == first else value for name, value in named.items()}
        return self.evaluate(*args, **changed)


active: Blind | None = None  # of this process
