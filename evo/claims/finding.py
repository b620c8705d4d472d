"""What is special to one claim: a file of its name in `findings/`, which ends with `FINDING = Finding(...)`."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pkgutil import iter_modules
from typing import Any

from evo.analyses.headline import Headline, realized
from evo.batch.results import Batch
from evo.claims import findings
from evo.claims.answer import answer, rates


@dataclass(frozen=True)
class Finding:
    """Functions of a batch that a page is written from; the defaults serve most claims.

    Attributes
    ----------
    answer : the measured answer, where it is not the realized rate
    measure : what varies over the cells, in words, and its number in each; the page tells the field that it depends on
        most; the mean of the headline's values where left out
    sentences : further findings
    headline : the number that the conclusion rests on, where it is not the realized rate
    draw : the claim's own figure, a matplotlib Figure, where the page asks for one
    """

    answer: Callable[[Batch], str] = answer
    measure: Callable[[Batch], tuple[str, list[float]]] | None = None
    sentences: Callable[[Batch], list[str]] = lambda batch: []
    headline: Headline = field(default_factory=Headline)
    draw: Callable[[Batch], Any] | None = None

    def measured(self, batch: Batch) -> tuple[str, list[float]]:
        """What varies over the cells, in words, and its number in each."""
        if self.measure is not None:
            return self.measure(batch)
        if self.headline.values is realized:
            return rates(batch)
        return self.headline.what, [float(self.headline.values(batch, cell).mean()) for cell in batch.cells]

    def measures_headline(self, batch: Batch) -> bool:
        """Whether that number is the one that the page concludes from."""
        one = self.measure is None and self.headline.whole is None and self.headline.less is None
        return one and (self.headline.values is not realized or rates(batch)[0] == self.headline.what)


def finding_of(name: str) -> Finding:
    """The finding of the claim of that name."""
    known = {module.name for module in iter_modules(findings.__path__)}
    if name not in known:
        return Finding()
    finding: Finding = importlib.import_module(f"{findings.__name__}.{name}").FINDING
    return finding
