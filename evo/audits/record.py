"""`evo.audit`: watch a DEAP program from within, and measure what its selection does to properties."""

import random
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from evo.audits.parentage import Parentage, offspring_numbers
from evo.errors import AuditError

finished: list["Audit"] = []  # audits that have ended in this process, for `evo audit`


class Generation(NamedTuple):
    """One pool of M individuals with T traits, and what became of it. Price terms are of the step to the next pool.

    Attributes
    ----------
    mean : float64[T]
    deployment : mean fitness in deployment, NaN where none was asked for
    reached : bool[P], whether anybody has the property at its threshold
    covariance : float64[T, T]
    differential : float64[T], covariance with relative offspring number: the selection term
    transmission : float64[T], mean of offspring less parents
    arrival : float64[T], what those without known parents change the mean by
    offspring_variance : of relative offspring number
    orphans : share of the next pool without known parents
    """

    size: int
    mean: np.ndarray
    deployment: float
    reached: np.ndarray
    covariance: np.ndarray
    differential: np.ndarray
    transmission: np.ndarray
    arrival: np.ndarray
    offspring_variance: float
    orphans: float


@contextmanager
def _undisturbed() -> Any:
    """Whatever is drawn in here, the program's random streams go on as if it had not been."""
    before, numpys = random.getstate(), np.random.get_state()  # noqa: NPY002 (it is the program's)
    try:
        yield
    finally:
        random.setstate(before)
        np.random.set_state(numpys)  # noqa: NPY002


class Audit:
    """Records parents and offspring of whatever runs within it. See `audit`."""

    def __init__(
        self,
        toolbox: Any,
        properties: Mapping[str, Callable[[Any], float]],
        deployment: Callable[[Any], Any] | None = None,
        thresholds: Mapping[str, float] | None = None,
    ):
        if not hasattr(toolbox, "select"):
            raise AuditError("audit: the toolbox has no `select`; register it before the audit begins")
        if not properties:
            raise AuditError("audit: needs properties={'name': function of an individual}")
        thresholds = dict(thresholds or {})
        for name in thresholds:
            if name not in properties:
                raise AuditError(f"audit: thresholds = {name}: is not one of the properties {', '.join(properties)}")
        self.properties = dict(properties)
        self.thresholds = {name: float(thresholds.get(name, 0.5)) for name in properties}
        self.deployment = deployment
        self.generations: list[Generation] = []
        self.objectives = 1
        self.final = np.zeros((0, 0))  # traits of the final population
        self.final_deployment = float("nan")
        self._toolbox, self._parentage = toolbox, Parentage()
        self._last: Any = None  # traits of the latest pool
        self._given: Any = None  # the list that `select` was last given, and what it chose
        self._chosen: list[Any] = []
        self._originals: dict[str, Any] = {}

    def __enter__(self) -> "Audit":
        """Begin to watch."""
        for name in ("select", "mate", "mutate"):
            if hasattr(self._toolbox, name):
                self._originals[name] = getattr(self._toolbox, name)
        self._toolbox.select = self._select
        for name in ("mate", "mutate"):
            if name in self._originals:
                setattr(self._toolbox, name, getattr(self._parentage, name)(self._originals[name]))
        return self

    def __exit__(self, *error: Any) -> None:
        """Give the toolbox its own functions back, and take note of how it ended."""
        for name, original in self._originals.items():
            setattr(self._toolbox, name, original)
        if error[0] is None and self.generations_seen:
            if self._last is not None:
                # A program that fills its population in place ends with what was made after the last selection; one
                # that selects survivors ends with those.
                final = list(self._given) if self._parentage.is_new(list(self._given)) else self._chosen
                self.end(final)
            finished.append(self)

    @property
    def generations_seen(self) -> bool:
        """Whether `select` was ever called."""
        return self._parentage.number >= 0

    def end(self, population: list[Any]) -> None:
        """Take this for the final population. Needed only where a program puts a new list in place of its old one."""
        if self._last is not None:
            self._close(population)
            self._last = None

    def _select(self, individuals: Any, *rest: Any, **arguments: Any) -> Any:
        pool = list(individuals)
        if self._parentage.is_new(pool):
            if self._last is not None:
                self._close(pool)
                self._last = self.final, self.final_deployment
            else:
                self._last = self._look(pool)
            self._parentage.advance(pool)
        chosen = self._originals["select"](individuals, *rest, **arguments)
        self._given, self._chosen = individuals, list(chosen)
        return chosen

    def _look(self, pool: list[Any]) -> tuple[np.ndarray, float]:
        """Traits float64[M, T] of a pool, and its mean fitness in deployment."""
        rows = []
        deployed = float("nan")
        with _undisturbed():
            for individual in pool:
                values = individual.fitness.wvalues
                if not values:
                    raise AuditError("audit: select was given individuals without a fitness; evaluate them before")
                self.objectives = len(values)
                rows.append([*values, *(float(measure(individual)) for measure in self.properties.values())])
            if self.deployment is not None:
                found = [self.deployment(individual) for individual in pool]
                deployed = float(np.mean([value[0] if isinstance(value, tuple) else value for value in found]))
        return np.array(rows, float), deployed

    def _close(self, pool: list[Any]) -> None:
        """Record the latest pool, with the step from it to this one; its Price partition is exact."""
        traits, deployed = self._last
        size, mean = traits.shape[0], traits.mean(axis=0)
        lines = self._parentage.lines(pool)
        known = [k for k, line in enumerate(lines) if line is not None]
        after, self.final_deployment = self._look(pool)
        self.final = after
        numbers = offspring_numbers(lines, size)
        relative = numbers / numbers.mean() if known else np.full(size, np.nan)
        centred = traits - mean
        of_parents = np.array([sum(share * traits[slot] for slot, share in lines[k] or ()) for k in known])
        nothing = np.full(traits.shape[1], np.nan)
        self.generations.append(
            Generation(
                size=size,
                mean=mean,
                deployment=deployed,
                reached=self._reached(traits),
                covariance=centred.T @ centred / size,
                differential=relative @ centred / size if known else nothing,
                transmission=(after[known] - of_parents).mean(axis=0) if known else nothing,
                arrival=after.mean(axis=0) - (after[known].mean(axis=0) if known else mean),
                offspring_variance=float(np.mean((relative - 1.0) ** 2)),
                orphans=1.0 - len(known) / len(pool),
            )
        )

    def _reached(self, traits: np.ndarray) -> np.ndarray:
        limits = np.array(list(self.thresholds.values()))
        return np.asarray((traits[:, self.objectives :] >= limits).any(axis=0))

    def report(self) -> Any:
        """What was measured, as an `evo.audits.measures.Report`.

        Raises
        ------
        AuditError : fewer than one whole generation was seen
        """
        from evo.audits.measures import Report

        if not self.generations or self._last is not None:
            raise AuditError("audit: saw no whole generation; was toolbox.select called within it, and has it ended?")
        return Report(self)


def audit(
    toolbox: Any,
    properties: Mapping[str, Callable[[Any], float]],
    deployment: Callable[[Any], Any] | None = None,
    thresholds: Mapping[str, float] | None = None,
) -> Audit:
    """Watch the DEAP program that runs in the `with` block, without changing it: same random stream, same result.

    Parameters
    ----------
    toolbox : DEAP's; `select` must be registered, `mate` and `mutate` are watched where they are. Individuals must be
        copied by `toolbox.clone` or `copy.deepcopy`, or they count as without known parents
    properties : by name, a number of an individual, such as 0 or 1 for having the property
    deployment : fitness of an individual in deployment, a number or a tuple whose first is taken
    thresholds : population mean, by property, that counts as realized; 0.5 where left out

    Raises
    ------
    AuditError : a toolbox without `select`, no properties, a threshold of something else

    Examples
    --------
    >>> with evo.audit(toolbox, {"first gene": lambda i: i[0]}) as audit:  # doctest: +SKIP
    ...     algorithms.eaSimple(population, toolbox, 0.5, 0.2, 40)
    >>> print(audit.report())  # doctest: +SKIP
    """
    return Audit(toolbox, properties, deployment, thresholds)
