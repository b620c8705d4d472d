"""What is special to one claim: a file of its name in `findings/`, which ends with `FINDING = Finding(...)`."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pkgutil import iter_modules
from typing import Any

from evo.batch.results import Batch
from evo.claims import findings
from evo.claims.answer import answer, rates


@dataclass(frozen=True)
class Finding:
    """Functions of a batch that a page is written from; the defaults serve most claims.

    Attributes
    ----------
    answer : the measured answer, where it is not the realized rate
    measure : what that is, in words, and its number in each cell; the page tells the field that it depends on most
    sentences : further findings
    draw : the claim's own figure, a matplotlib Figure, where the page asks for one
    """

    answer: Callable[[Batch], str] = answer
    measure: Callable[[Batch], tuple[str, list[float]]] = rates
    sentences: Callable[[Batch], list[str]] = lambda batch: []
    draw: Callable[[Batch], Any] | None = None


def finding_of(name: str) -> Finding:
    """The finding of the claim of that name."""
    known = {module.name for module in iter_modules(findings.__path__)}
    if name not in known:
        return Finding()
    finding: Finding = importlib.import_module(f"{findings.__name__}.{name}").FINDING
    return finding
