"""What adapters of libraries other than DEAP share: one audit that they all feed, a number for each population."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from evo.audits.ledger import Parents
from evo.audits.record import Audit


class Follow:
    """Takes generations from adapters, as a property sees individuals: variables, genomes or solutions."""

    def __init__(self, audit: Audit):
        self.audit = audit
        self.ends: list[Callable[[], None]] = []  # what adapters do when the program is over
        self.seen: set[str] = set()  # libraries that evolved something
        self._numbers = itertools.count(-1, -1)  # below those of DEAP's populations

    def new_part(self, library: str) -> int:
        """A number for another population."""
        self.seen.add(library)
        return next(self._numbers)

    def see(
        self, part: int, individuals: Sequence[Any], fitness: np.ndarray, signs: tuple[float, ...],
        parents: Sequence[Parents] | None,
    ) -> None:  # fmt: skip
        """These M are the members of a population now.

        fitness: float64[M] or float64[M, O], as the user counts it; signs: of each objective, 1 where more is better,
        -1 where less is; parents: None of founders, () where they are not known
        """
        self.audit.signs = signs
        objectives = np.asarray(fitness, float).reshape(len(individuals), -1)
        self.audit.take(part, objectives, self.audit.measure(individuals), parents, self.audit.deployed(individuals))

    def note(self, kind: str, text: str) -> None:
        """A diagnosis that only the run itself shows, in words of the library."""
        self.audit.notes[kind] = text
