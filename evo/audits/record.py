"""What an audit takes note of: the traits of each generation and who descends from whom, whoever tells it."""

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from evo.audits import told
from evo.audits.ledger import Ledger, Parents
from evo.errors import AuditError
from evo.wording import show

MOST_OBJECTIVES = 16  # that are told one by one; of more, as in lexicase selection, their mean is
finished: list["Audit"] = []  # audits that have ended in this process, for `evo audit`


@contextmanager
def undisturbed() -> Any:
    """Whatever is drawn in here, the program's random streams go on as if it had not been."""
    before, numpys = random.getstate(), np.random.get_state()  # noqa: NPY002 (it is the program's)
    try:
        yield
    finally:
        random.setstate(before)
        np.random.set_state(numpys)  # noqa: NPY002


class Audit:
    """Takes note of each generation of whatever runs within it. See `evo.audits.begin.audit`."""

    def __init__(
        self,
        properties: Mapping[str, Callable[[Any], float]] | None = None,
        deployment: Callable[[Any], Any] | None = None,
        thresholds: Mapping[str, float] | None = None,
        maximize: bool = True,
    ):
        if not isinstance(maximize, bool | np.bool_):
            raise AuditError(f"audit: maximize = {show(maximize)}: must be True or False")
        self.properties = told.functions(properties, deployment)
        self.thresholds = told.limits(thresholds, tuple(self.properties))
        self.deployment, self.ledger = deployment, Ledger()
        self.signs: tuple[float, ...] = (1.0 if maximize else -1.0,)  # of objectives that are taken: is more better?
        self.signs_of: dict[int, tuple[float, ...]] = {}  # the same of each part
        # Of each part: its best member's fitness, and properties.
        self.best: dict[int, tuple[tuple[float, ...], np.ndarray]] = {}
        self.given_up: set[int] = set()  # parts that the program had put others in place of by its end
        self.parentless: set[int] = set()  # parts in which nobody ever descended from anybody, as in swarms
        self.notes: dict[str, str] = {}  # diagnoses that only the run itself shows, by kind
        self._names: tuple[str, ...] | None = tuple(self.properties) or None
        self._parents_told = False

    # --- what is told

    def generation(
        self,
        traits: Mapping[str, Sequence[float]] | None = None,
        parents: Sequence[Any] | None = None,
        fitness: Sequence[float] | None = None,
        deployment: Sequence[float] | None = None,
        individuals: Sequence[Any] | None = None,
    ) -> None:
        """Tell of the members of one generation, founders first; the last call is the final population.

        Parameters
        ----------
        traits : by property, M numbers; or left out, with `individuals` that the audit's properties measure
        parents : of each of the M its parents' places in the generation before: a number, a tuple of numbers, None or
            () where they are unknown; or int[M] or int[M, 2] with -1 for unknown; or lists of (place, share). A
            survivor is its own child. Left out: nobody's parents are known; left out in all: diagnosis `no_parents`
        fitness, deployment : M numbers as the user counts them
        individuals : M of any kind

        Raises
        ------
        AuditError : a length, a name or a place that is wrong, in one sentence
        """
        if traits is None:
            if individuals is None or not self.properties:
                raise AuditError("audit.generation: needs traits, or individuals and evo.audit(properties={...})")
            individuals = told.members(individuals)
            rows = self.measure(individuals)
        else:
            rows = self._given(traits)
        size = len(rows)
        score = told.numbers("fitness", fitness, size)
        deployed = told.numbers("deployment", deployment, size)
        lines = None
        if self.ledger.steps:
            lines = told.lines(parents, size, len(self.ledger.members[0]))
            self._parents_told = self._parents_told or parents is not None
        self.notes = {"no_parents": ""} if lines is not None and not self._parents_told else {}
        self.take(0, score[:, None], rows, lines, float(deployed.mean()))

    def take(
        self, part: int, objectives: np.ndarray, properties: np.ndarray, parents: Sequence[Parents] | None,
        deployed: float = float("nan"), among: Mapping[int, np.ndarray] | None = None,
    ) -> None:  # fmt: skip
        """Members of a part of the program's populations, whatever adapter found them.

        objectives: float64[M, O], as the user counts them; properties: float64[M, P]; parents, among: see `Ledger.take`
        """
        objectives = self._few(objectives)
        limits = np.array([self.threshold(name) for name in self.names])
        reached = np.asarray((properties >= limits).any(axis=0))
        self.ledger.take(part, np.hstack([objectives, properties]), parents, reached, deployed, among)
        self.signs_of[part] = self.signs
        weighted = objectives * np.array(self.signs)[: objectives.shape[1]]
        order = np.lexsort((-np.arange(len(weighted)), *weighted.T[::-1]))  # of equals the first
        self.best[part] = (tuple(weighted[order[-1]]), properties[order[-1]])

    def _few(self, objectives: np.ndarray) -> np.ndarray:
        """The same; of more objectives than are told, and whose products are kept, their mean: float64[M, 1]."""
        if objectives.shape[1] <= MOST_OBJECTIVES:
            return objectives
        if len(set(self.signs)) > 1:  # more is better of their sum then
            objectives, self.signs = objectives * np.array(self.signs), (1.0,)
        self.signs = self.signs[:1]
        return np.asarray(objectives.mean(axis=1, keepdims=True))

    @property
    def names(self) -> tuple[str, ...]:
        """The properties, in their order."""
        return self._names or ()

    def threshold(self, name: str) -> float:
        """The population mean from which on a property counts as realized."""
        return self.thresholds.get(name, 0.5)

    def measure(self, individuals: Sequence[Any]) -> np.ndarray:
        """The properties of individuals: float64[M, P]."""
        with undisturbed():
            return np.array([[self._property(name, one) for name in self.names] for one in individuals], float).reshape(
                len(individuals), len(self.names)
            )

    def deployed(self, individuals: Sequence[Any]) -> float:
        """Mean fitness in deployment; NaN where none was asked for."""
        if self.deployment is None:
            return float("nan")
        with undisturbed():
            return float(np.mean([self._deployed(one) for one in individuals]))

    def _deployed(self, individual: Any) -> float:
        assert self.deployment is not None
        try:
            value = self.deployment(individual)
            value = value[0] if isinstance(value, (tuple, list)) else value
        except Exception as error:
            what = f"raised {type(error).__name__}: {error}, for the individual {show_one(individual)}"
            raise AuditError(f"audit: deployment {what}") from None
        return _finite(value, "deployment", individual)

    def _property(self, name: str, individual: Any) -> float:
        try:
            value = self.properties[name](individual)
        except Exception as error:
            what = f"raised {type(error).__name__}: {error}, for the individual {show_one(individual)}"
            raise AuditError(f"audit: property '{name}' {what}") from None
        return _finite(value, f"property '{name}'", individual)

    def _given(self, traits: Mapping[str, Sequence[float]]) -> np.ndarray:
        if not isinstance(traits, Mapping) or not traits:
            raise AuditError("audit.generation: traits must be a dict of properties and their numbers")
        names = tuple(traits)
        if self._names is None:
            self.thresholds, self._names = told.limits(self.thresholds, names), names
        if set(names) != set(self._names):
            same = f"must be the same in every generation, {', '.join(self._names)}"
            raise AuditError(f"audit.generation: traits = {', '.join(map(str, names))}: {same}")
        size = len(told.measured(self._names[0], traits[self._names[0]], None))
        return np.column_stack([told.measured(name, traits[name], size) for name in self._names])

    def __enter__(self) -> "Audit":
        return self

    def __exit__(self, *error: Any) -> None:
        """Take note of how it ended."""
        if error[0] is None and self.ledger.steps:
            finished.append(self)

    def report(self) -> Any:
        """What was measured, as an `evo.audits.measures.Report`.

        Raises
        ------
        AuditError : nothing was seen
        """
        from evo.audits.measures import Report

        if not self.ledger.steps:
            raise AuditError("audit: saw no population; was toolbox.select called within it, and has it ended?")
        return Report(self)


def _finite(value: Any, what: str, individual: Any) -> float:
    """A value as a number; AuditError where it is none."""
    try:
        number = float("nan") if isinstance(value, (str, bytes)) else float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not abs(number) <= told.MOST:
        allowed = f"it must give a number of at most {told.MOST:.0e}"
        raise AuditError(f"audit: {what} gave {show(value)} for the individual {show_one(individual)}; {allowed}")
    return number


def show_one(individual: Any) -> str:
    """An individual, cut short."""
    text = repr(individual)
    return text if len(text) <= 200 else f"{text[:160]} ... {text[-30:]}"
