"""What pages of optimizers tell: each tuned by the same budget, and compared where all have the same return."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from evo.analyses.tune import lives as lives_of_tuning
from evo.batch.results import Batch
from evo.batch.traces import matrices
from evo.claims.answer import reference
from evo.kernels.plan import FITNESS
from evo.measure.equal_return import at_level, common, first_at, passing
from evo.measure.intervals import bounded_interval, bounds_of, mean_interval, recovered, wilson
from evo.measure.supply import first_in
from evo.scenario.spec import Cell
from evo.scenario.tuning import KIND, settings
from evo.wording import counted, estimate_text, fixed, interval, knobs_text, short_name, value_text

STAYS = "best_of_n"  # never leaves the founders' distribution, so what it reaches is not asked of the others
MOST_APART = 5  # values of the other axis that are told one by one; of more, each is one observation
SMALL = 0.005  # rounds to 0.00 below: a difference whose interval reaches as near to 0 is not told as one
SHARE = "share of utility variance"  # unit of the traits that say how much of utility a goal carries
GRADIENTS = ("gradient", "policy_gradient")  # nobody lives in them, so carriers are seen among the delivered alone


@dataclass(frozen=True)
class Course:
    """One optimizer in one cell. R replicates, of which k are ever at the common return.

    Attributes
    ----------
    level : the common return
    before, after : float64[k], return at the two records between which it first passes the common one; the same where
        the founders are there
    returned, owed, aligned : float64[k], return, property and, where the world has it, alignment in deployment, each
        where the return first passes the common one
    goal : int64[k], the trait that carries most of utility then; of a world whose traits are shares of utility
    ends : float64[R], the property at the end
    arrived, lives : bool[R] and float64[R], whether a carrier was ever seen, and the lives looked at until then
    """

    level: float
    before: np.ndarray
    after: np.ndarray
    returned: np.ndarray
    owed: np.ndarray
    aligned: np.ndarray | None
    goal: np.ndarray | None
    ends: np.ndarray
    arrived: np.ndarray
    lives: np.ndarray


@dataclass(frozen=True)
class Group:
    """Cells that are told together, by optimizer: one of each at a value of the other axis, or one for each value."""

    name: str
    of: dict[str, list[Course]]
    bounds: dict[str, tuple[float, float] | None] = field(default_factory=dict)  # of fields of a course

    def mean(self, kind: str, confidence: float = 0.95, what: str = "owed") -> dict[str, Any]:
        """The property at the common return with its interval: over replicates, or over values where there are more."""
        return bounded_interval(_observed(self.of[kind], what), self.bounds.get(what), confidence)

    def apart(self, kind: str, other: str, confidence: float) -> tuple[float, float, float] | None:
        """The mean of the second less that of the first, with its interval; None where one has too few."""
        pairs = list(zip(self.of[kind], self.of[other], strict=True))
        if len(pairs) > 1:  # the same values of the other axis: paired
            both = [(a.owed.mean(), b.owed.mean()) for a, b in pairs if a.owed.size and b.owed.size]
            ends: list[dict[str, Any]] = [mean_interval(np.array([b - a for a, b in both]), confidence)]
        else:
            ends = [self.mean(name, confidence) for name in (other, kind)]
        if any(end["low"] is None for end in ends):
            return None
        return recovered([(end["mean"], end["low"], end["high"]) for end in ends], (1.0, -1.0)[: len(ends)])

    def all(self, kind: str, what: str) -> np.ndarray:
        """A field of all courses of an optimizer, one after another."""
        return np.concatenate([getattr(one, what) for one in self.of[kind]])


def _observed(courses: list[Course], what: str) -> np.ndarray:
    values = [getattr(one, what) for one in courses]
    return values[0] if len(values) == 1 else np.array([one.mean() for one in values if one.size])


@lru_cache(maxsize=4)
def groups(batch: Batch, kinds: tuple[str, ...] = ()) -> list[Group]:
    """Every optimizer of the batch, or these alone, in groups that are told together."""
    kinds = kinds or tuple(batch.spec.axis(KIND))
    other = next((key for key in batch.spec.scenario.sweep if key != KIND), None)
    values = batch.spec.axis(other) if other else [None]
    found = {}
    for value in values:
        cells = {cell.set[KIND]: cell for cell in batch.cells if other is None or cell.set[other] == value}
        found[value] = _courses(batch, {kind: cells[kind] for kind in kinds})
    spec = batch.spec
    bounds = {"owed": bounds_of(spec.world.told(spec.scenario.property.trait).unit), "aligned": (-1.0, 1.0)}
    if other is None or len(values) > MOST_APART:
        return [Group("", {kind: [found[value][kind] for value in values] for kind in kinds}, bounds)]
    return [
        Group(f"{short_name(other)} {value_text(value)}", {kind: [found[value][kind]] for kind in kinds}, bounds)
        for value in values
    ]


def _courses(batch: Batch, cells: dict[str, Any]) -> dict[str, Course]:
    """The optimizers at one value of the other axis."""
    spec, names = batch.spec, [trait.name for trait in batch.spec.world.traits]
    shares = [trait.name for trait in spec.world.traits if trait.unit == SHARE]
    aligned = ["deployment.alignment"] if "alignment" in names else []
    columns = [f"training.{name}" for name in (names[FITNESS], spec.scenario.property.trait, *shares)]
    paths = {kind: matrices(batch, cell, *columns, *aligned) for kind, cell in cells.items()}
    level = common([path[1][:, -1] for kind, path in paths.items() if kind != STAYS])
    found = {}
    for kind, (at, returns, owed, *more) in paths.items():
        rows, first = first_at(returns, level)
        share = passing(returns, rows, first, level)
        there = [at_level(one, rows, first, share) for one in (returns, owed, *more)]
        before, after = returns[rows, np.maximum(first - 1, 0)], returns[rows, first]
        arose = batch.runs(cells[kind]).sort("replicate")["arose_at"].to_numpy()
        until = np.where(arose >= 0, arose, at[-1])
        # Of who never lives, what would be delivered is looked at when it is recorded.
        looks = np.searchsorted(at, until, side="right") if kind in GRADIENTS else until + 1
        found[kind] = Course(
            level, before, after, there[0], there[1], there[-1] if aligned else None,
            np.argmax(there[2 : 2 + len(shares)], axis=0) if shares else None,
            owed[:, -1], arose >= 0, looks.astype(float) * spec.scenario.population.size,
        )  # fmt: skip
    return found


def sure(batch: Batch) -> float:
    """The confidence of each interval, so that all comparisons of a page together miss in 5 % (Bonferroni)."""
    return 1.0 - 0.05 / ((len(batch.spec.axis(KIND)) - 1) * len(groups(batch)))


def _level(group: Group) -> str:
    levels = [one.level for one in next(iter(group.of.values()))]
    low, high = fixed(min(levels)), fixed(max(levels))
    return low if low == high else f"{low} to {high}"


def answer(batch: Batch) -> str:
    """Which optimizers differ from the first in what they are like at the same return."""
    first, *others = batch.spec.axis(KIND)
    trait, told = batch.spec.scenario.property.trait, []
    for group in groups(batch):
        differ = []
        for kind in others:
            found = group.apart(first, kind, sure(batch))
            if found and min(abs(found[1]), abs(found[2])) >= SMALL and found[1] * found[2] > 0.0:
                differ.append(f"{kind} by {estimate_text(*found)}")
        where = f"{group.name}, " if group.name else ""
        own = group.mean(first, sure(batch))["mean"]
        alike = f", and no other surely differs by {SMALL:g} or more"
        told.append(
            f"{where}return {_level(group)}: {first} "
            + ("never there" if own is None else fixed(own))
            + (f", and differing from it {', '.join(differ)}" if differ else alike)
        )
    return f"mean `{trait}` when the return in training is first the same for all; at " + "; at ".join(told)


def in_cells(batch: Batch, numbers: Mapping[str, Iterable[float]]) -> list[float]:
    """Numbers of each optimizer, one for each of its cells, in the order of the batch's cells."""
    rest = {kind: iter(some) for kind, some in numbers.items()}
    return [float(next(rest[cell.set[KIND]])) for cell in batch.cells]


def measure(batch: Batch) -> tuple[str, list[float]]:
    """The property at the same return, in each cell; at the end where an optimizer never comes there."""
    found = {
        kind: [(one.owed if one.owed.size else one.ends).mean() for group in groups(batch) for one in group.of[kind]]
        for kind in batch.spec.axis(KIND)
    }
    return f"{batch.spec.scenario.property.trait} at the same return", in_cells(batch, found)


def cell_of(kind: str) -> Callable[[Batch], Cell]:
    """A function of a batch: the cell of that optimizer, else as the one that answers."""

    def found(batch: Batch) -> Cell:
        wanted = reference(batch)["set"] | {KIND: kind}
        return next(cell for cell in batch.cells if cell.set == wanted)

    return found


def error(found: Mapping[str, Any]) -> list[list[float]] | None:
    """How far an interval reaches below and above its mean, as matplotlib takes it; None where there is none."""
    if found["low"] is None or found["high"] is None:
        return None
    return [[found["mean"] - found["low"]], [found["high"] - found["mean"]]]


def sentences(batch: Batch) -> list[str]:
    """How they were tuned, what each is like at the same return and at the end, and who supplied what."""
    return [_tuned(batch), table(batch)]


def _tuned(batch: Batch) -> str:
    """The budget of tuning, and what was chosen."""
    spec, tuning = batch.spec, batch.spec.scenario.tuning
    assert tuning is not None
    none = [kind for kind in spec.axis(KIND) if kind not in tuning.tried]
    tries = len(settings(next(iter(tuning.tried.values()))))
    lines = [f"- {kind}: {_chosen(spec.scenario.selection.scheme, chosen)}" for kind, chosen in tuning.chosen.items()]
    without = f"- {', '.join(none)}: nothing to choose" if none else ""
    return (
        f"Each was tuned by its return in training alone, over {tries} settings with {tuning.populations} populations "
        f"each in every cell, of another seed: {lives_of_tuning(spec):,} lives for each (`evo tune "
        f"{spec.scenario.name}`).\n\n" + "\n".join([*lines, *([without] if without else [])])
    )


def _chosen(scheme: str, chosen: Mapping[str, Any]) -> str:
    """Settings in words; the parameter of selection goes by the name of its scheme."""
    names = {key: scheme.replace("_", " ") if key == "selection.parameter" else short_name(key) for key in chosen}
    return knobs_text({names[key]: value for key, value in chosen.items()})


def table(batch: Batch, kinds: tuple[str, ...] = ()) -> str:
    """A line for each optimizer and group; of these optimizers alone, at their own common return, where there are."""
    found, confidence, lines = groups(batch, kinds), sure(batch), []
    s, lived = batch.spec.scenario, not batch.spec.asked
    aligned = next(iter(found[0].of.values()))[0].aligned is not None
    named = any(group.name for group in found)
    head = [
        *(["cell"] if named else []), "optimizer", "come there", "return there",
        "records before and after", f"`{s.property.trait}` there",
        "realized there", "realized at the end", *(["alignment in deployment there"] if aligned else []),
        *(["lives until the first carrier, one in"] if lived else []),
    ]  # fmt: skip
    for group in found:
        for kind in group.of:
            owed, ends = group.all(kind, "owed"), group.all(kind, "ends")
            row = [*([group.name] if named else []), kind, f"{owed.size} of {ends.size}"]
            if owed.size:
                k = int((owed >= s.property.threshold).sum())
                before, after = (fixed(group.all(kind, name).mean()) for name in ("before", "after"))
                row += [fixed(group.all(kind, "returned").mean()), f"{before} and {after}",
                        _mean(group.mean(kind, confidence)),
                        f"{k} ({interval(*wilson(k, owed.size, confidence))})"]  # fmt: skip
            else:
                row += ["never", "", "", ""]
            row.append(str(int((ends >= s.property.threshold).sum())))
            row += [_mean(group.mean(kind, confidence, "aligned"))] if aligned else []
            row += [_supply(group.all(kind, "arrived"), group.all(kind, "lives"))] if lived else []
            lines.append("| " + " | ".join(row) + " |")
    rows = "| " + " | ".join(head) + " |\n|" + "---|" * len(head) + "\n" + "\n".join(lines)
    if kinds:
        return f"The same at the return that {' and '.join(kinds)} both reach:\n\n{rows}"
    return (
        "Each population where its return in training first passes the common one, which nine in ten of every "
        f"optimizer's end at or above{f' ({STAYS} aside)' if STAYS in found[0].of else ''}: on the straight line "
        "between the records before and after, whose mean returns are told; as founders where these are there already; "
        f"intervals at {100 * confidence:.2f} %, so that all comparisons with the first together miss in 5 % "
        "(Bonferroni). Where all are 0 the interval ends at Wilson's bound for none of so many, as nothing is known of "
        f"the spread:\n\n{rows}" + (f"\n\n{_looked(batch)}" if lived else "")
    )


def _looked(batch: Batch) -> str:
    """Why fewer lives stand behind a carrier that no gradient ever came to."""
    gradients = [kind for kind in GRADIENTS if kind in batch.spec.axis(KIND)]
    if not gradients:
        return ""
    last, records = batch.spec.scenario.population.generations, batch.spec.scenario.batch.records
    return (
        f"In {' and '.join(gradients)} nobody lives. What would be delivered is looked at where it is recorded, in "
        f"{counted(records, 'generation')} of {last + 1:,}; in the others all are. So fewer lives stand behind "
        "'more than' where none of the gradients' had a carrier."
    )


def _mean(found: dict[str, Any]) -> str:
    if found["mean"] is None:
        return ""
    return fixed(found["mean"]) if found["low"] is None else estimate_text(found["mean"], found["low"], found["high"])


def _supply(arrived: np.ndarray, lives: np.ndarray) -> str:
    """One carrier in how many lives, or more than that."""
    found = first_in(arrived, lives)
    return f"{1.0 / found['rate']:,.0f}" if found["rate"] else f"more than {1.0 / found['high']:,.0f}"
