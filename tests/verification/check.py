"""What a check is, the register of all of them, and how they are run and written down."""

import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from scipy import stats

import evo
from evo.batch.results import Batch
from evo.measure.intervals import wilson
from evo.scenario.spec import Spec
from evo.worlds import trust

ALPHA = 1e-3  # chance that right code fails one check, shared among its rows (Bonferroni)
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """One comparison: a setting, what was measured with its 95 % interval, theory, and what the test says.

    p is the test's p-value where theory says a number; `holds` whether the test bears it out where theory says that
    two things differ. Neither: shown for what it is, not tested (outside the theory's regime, or other people's).
    `misses` is the chance that the interval misses a theory that is right.
    """

    setting: str
    measured: float
    low: float | None
    high: float | None
    theory: float | None
    p: float | None = None
    holds: bool | None = None
    misses: float = 0.05

    @property
    def outside(self) -> bool:
        """Whether theory lies outside the interval."""
        assert self.low is not None and self.high is not None and self.theory is not None
        return not self.low <= self.theory <= self.high


@dataclass
class Result:
    """Rows, and a figure of them."""

    rows: list[Row]
    figure: Figure
    remarks: list[str] = field(default_factory=list)

    @property
    def tested(self) -> list[Row]:
        return [row for row in self.rows if row.p is not None or row.holds is not None]

    @property
    def passed(self) -> bool:
        share = ALPHA / max(len(self.tested), 1)
        return bool(self.tested) and all(row.holds if row.p is None else row.p > share for row in self.tested)


@dataclass(frozen=True)
class Check:
    """A named check: `run()` evolves, tests and draws."""

    name: str
    title: str
    theory: str
    test: str
    run: Callable[[], Result]


CHECKS: dict[str, Check] = {}


def check(title: str, theory: str, test: str) -> Callable[[Callable[[], Result]], Callable[[], Result]]:
    """Register a function as the check of its name."""

    def register(function: Callable[[], Result]) -> Callable[[], Result]:
        def run() -> Result:
            _luck[:] = [function.__name__, 0]
            return function()

        CHECKS[function.__name__] = Check(function.__name__, title, theory, test, run)
        return function

    return register


# --- evolving

_luck: list[Any] = ["", 0]  # the check that runs, and how many seeds it has had


def new_seed() -> int:
    """A seed that nothing else has: of the check that runs, and of how many it had before. So rows are independent."""
    _luck[1] += 1
    return zlib.crc32(f"{_luck[0]} {_luck[1]}".encode())


def loci(change: dict[str, Any] | None = None, **changes: Any) -> Spec:
    """A specification in the world of loci; dotted fields with two underscores for the dot.

    change : at which generation which knobs change, where any do
    """
    data: dict[str, Any] = {
        "name": "check", "claim": "theory holds", "world": "loci.py", "property": {"trait": "both", "threshold": 2.0},
        "batch": {"records": 51},
    }  # fmt: skip
    if change is not None:
        data["change"] = change
    with trust.given():
        return Spec(data, "check", HERE).set({key.replace("__", "."): value for key, value in changes.items()})


def rifle(**changes: Any) -> Spec:
    """A specification in the world `parts`, without teeth, scaffold, cost or mutation unless given."""
    plain = {"parts": 1, "teeth": 0, "scaffold": 0.0, "part_cost": 0.0, "forward_rate": 0.0, "back_rate": 0.0}
    values = plain | {key.replace("__", "."): value for key, value in changes.items()}
    return evo.load("wolf_sniper").over({}).set(values)


@contextmanager
def batch(spec: Spec, replicates: int) -> Iterator[Batch]:
    """A batch of a seed of its own, in a folder that goes when the block ends."""
    with tempfile.TemporaryDirectory() as folder, trust.given():
        yield evo.run(spec, replicates=replicates, seed=new_seed(), out=folder)


# --- testing


def mean_row(setting: str, values: np.ndarray, theory: float) -> Row:
    """Mean of independent replicates against theory: Student's t."""
    values = np.asarray(values, float)
    if not values.std() > 0.0:  # nothing varies: right or wrong, without a test
        mean = float(values.mean())
        return Row(setting, mean, mean, mean, theory, holds=bool(np.isclose(mean, theory)))
    low, high = stats.t.interval(0.95, values.size - 1, values.mean(), stats.sem(values))
    return Row(
        setting, float(values.mean()), float(low), float(high), theory, float(stats.ttest_1samp(values, theory).pvalue)
    )


def rate_row(setting: str, successes: int, trials: int, theory: float, tested: bool = True) -> Row:
    """k of n against a probability: exact binomial test."""
    p = min(max(theory, 0.0), 1.0)
    test = stats.binomtest(successes, trials, p)
    interval = test.proportion_ci(method="wilson")
    every = [wilson(k, trials) for k in range(trials + 1)] if tested else []
    chances = stats.binom.pmf(np.arange(trials + 1), trials, p)
    misses = sum(chance for chance, (low, high) in zip(chances, every, strict=False) if not low <= p <= high)
    told = float(test.pvalue) if tested else None
    return Row(setting, successes / trials, interval.low, interval.high, theory, told, misses=float(misses))


# --- drawing


def panel(xlabel: str, ylabel: str, width: float = 5.2) -> tuple[Figure, Any]:
    """A figure of one panel."""
    figure = Figure(figsize=(width, 3.8), layout="constrained")
    axes = figure.subplots()
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    return figure, axes


def points(axes: Any, x: Any, rows: list[Row], colour: str, label: str | None = None, marker: str = "o") -> None:
    """Measured values with their 95 % intervals."""
    y = np.array([row.measured for row in rows])
    low = np.array([row.measured if row.low is None else row.low for row in rows])
    high = np.array([row.measured if row.high is None else row.high for row in rows])
    errors = np.maximum([y - low, high - y], 0.0)
    axes.errorbar(
        x, y, yerr=errors, linestyle="none", marker=marker, markersize=4, capsize=2, color=colour, label=label
    )
