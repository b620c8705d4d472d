"""How far a conclusion holds: its cells evolved again with mutation rates, time, size or scheme changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from evo.analyses.headline import Headline, beside, realized
from evo.batch.results import Batch
from evo.errors import EvolutionError, ScenarioError
from evo.kernels.operators import SCHEMES
from evo.measure.intervals import combined
from evo.measure.robustness import TURNS, Estimate, standing, surely
from evo.scenario.spec import Cell, Spec
from evo.wording import short_name, value_text

_OTHER = {"tournament": "truncation"}  # every other scheme is changed for the tournament
HALVINGS = 2  # of the way, in logarithms, between what was found and a change that turns it

Fields = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One thing changed.

    Attributes
    ----------
    name : it, in words
    fields : of a scenario and a factor, the fields that change and their values
    factor : by which they change; 1 where there is nothing between the two, as with schemes
    why_not : where it does not apply, why
    """

    name: str
    fields: Callable[[Spec, float], Fields] = lambda spec, factor: {}
    factor: float = 1.0
    why_not: str = ""


def _mutations(spec: Spec) -> tuple[str, dict[str, float]]:
    """The mutation rates of a scenario that are above 0; where it has none, its steps of mutation."""
    knobs = [knob for knob in spec.world.knobs if spec.knobs[knob.name] > 0.0]
    rates = {knob.name: spec.knobs[knob.name] for knob in knobs if "generation" in knob.unit}
    steps = {
        knob.name: spec.knobs[knob.name] for knob in knobs if knob.name.endswith("step") and "mutation" in knob.meaning
    }
    return ("rates", rates) if rates or not steps else ("steps", steps)


def _mutated(spec: Spec, factor: float) -> Fields:
    most = {knob.name: knob.high for knob in spec.world.knobs}
    return {name: min(value * factor, most[name]) for name, value in _mutations(spec)[1].items()}


def _longer(spec: Spec, factor: float) -> Fields:
    return {"population.generations": int(factor * spec.scenario.population.generations)}


def _sized(spec: Spec, factor: float) -> Fields:
    """So many times the individuals, in demes or groups of the same size, of whom as large a share founds with it."""
    population = spec.scenario.population
    together = population.size // population.groups
    places = max(1, int(factor * population.groups)) if population.groups > 1 else 1
    size = together * places if population.groups > 1 else int(factor * population.size)
    fields: Fields = {"population.size": size}
    if population.demes > 1:
        fields["population.demes"] = places
    if population.carriers:
        fields["population.carriers"] = min(size, max(1, round(size * population.carriers / population.size)))
    return fields


def _selected(scheme: str, spec: Spec, factor: float) -> Fields:
    default = SCHEMES[scheme].parameter
    return {"selection.scheme": scheme} | ({} if default is None else {"selection.parameter": default.default})


def _also(spec: Spec) -> list[Change]:
    """A change for each other value that the scenario's page names, of a field that its claim is not about."""
    page, told = spec.scenario.page, []
    for key, values in (page.also if page else {}).items():
        what, own = short_name(key).replace("_", " "), spec.value_of(key)
        if key == "selection.parameter":
            what, own = f"{spec.scenario.selection.scheme.replace('_', ' ')} {what}", spec.parameter
        told += [
            Change(f"{what} {value_text(value)} instead of {value_text(own)}", partial(_set, key, value))
            for value in values
        ]
    return told


def _set(key: str, value: Any, spec: Spec, factor: float) -> Fields:
    return {key: value}


def changes(spec: Spec) -> list[Change]:
    """What is changed, one at a time; what does not apply to this scenario says why.

    The scenario may name changes of its own (`page.also`), which come last.
    """
    s = spec.scenario
    other = _OTHER.get(s.selection.scheme, "tournament")
    searched = "" if s.optimizer is None or s.optimizer.kind == "genetic" else f"{s.optimizer.kind} has none"
    what, values = _mutations(spec)
    mutated = searched or ("" if values else "the scenario has no mutation")
    return [
        Change(f"a tenth of the mutation {what}", _mutated, 0.1, mutated),
        Change(f"ten times the mutation {what}", _mutated, 10.0, mutated),
        Change("three times the generations", _longer, 3.0),
        Change("half as many individuals", _sized, 0.5),
        Change("four times as many individuals", _sized, 4.0),
        Change(f"selection by {other.replace('_', ' ')}", partial(_selected, other), why_not=searched),
        *_also(spec),
    ]


def thresholds(threshold: float) -> list[float]:
    """Other thresholds of the property: a fifth less and more, or 0.1 around 0."""
    reach = abs(threshold) / 5.0 or 0.1
    return [threshold - reach, threshold + reach]


class _Number(NamedTuple):
    """A number as a function of a confidence; of a difference, the two that it is of."""

    at: Callable[[float], Estimate]
    levels: tuple[float, ...] = ()


@dataclass(frozen=True)
class _Again:
    """Evolves a headline's cells again with fields changed; replicates of each, in batches beside the one asked."""

    headline: Headline
    batch: Batch
    cells: list[Cell]
    replicates: int
    jobs: int | None
    progress: Callable[[int, int], None] | None

    @property
    def many(self) -> int:
        """How many cells are evolved again."""
        if self.headline.whole is None or not self.headline.swept:
            return len(self.cells)
        return sum(all(cell.set[key] in some for key, some in self.headline.only.items()) for cell in self.batch.cells)

    def _run(self, spec: Spec) -> Batch:
        return beside(self.batch, spec, self.headline, self.replicates, self.jobs, self.progress)

    def _alone(self, cell: Cell) -> Spec:
        return self.batch.spec.without("sweep").set(dict(cell.set))

    def _swept(self) -> Spec:
        """The batch's own sweep, of what the headline looks at."""
        spec, only = self.batch.spec, self.headline.only
        return spec.over({key: only.get(key, spec.axis(key)) for key in spec.scenario.sweep}) if only else spec

    def __call__(self, change: Change, factor: float) -> _Number:
        """The number, and the means of the two cells that it is the difference of.

        Raises
        ------
        ScenarioError : the scenario cannot be so
        """
        whole = self.headline.whole
        if whole is not None:
            spec = self._swept() if self.headline.swept else self._alone(self.cells[0])
            done = self._run(spec.set(change.fields(spec, factor)))
            return _Number(lambda confidence: whole(done, confidence))
        samples = []
        for cell in self.cells:
            spec = self._alone(cell)
            done = self._run(spec.set(change.fields(spec, factor)))
            samples.append(self.headline.values(done, done.cells[0]))
        levels = tuple(float(values.mean()) for values in samples) if len(samples) == 2 else ()
        return _Number(lambda confidence: self.headline.of(samples, confidence), levels)


def found(headline: Headline, batch: Batch, reference: Cell, confidence: float = 0.95) -> Estimate:
    """The number of a batch as it is."""
    if headline.whole is not None:
        return headline.whole(batch, confidence)
    return headline.of([headline.values(batch, cell) for cell in headline.cells(batch, reference)], confidence)


def _asked(again: _Again, change: Change) -> _Number | str:
    """The number with one thing changed; or why there is none."""
    if change.why_not:
        return f"does not apply: {change.why_not}"
    try:
        number = again(change, change.factor)
    except (ScenarioError, EvolutionError) as error:
        return f"cannot be: {str(error).removeprefix(f'{again.batch.spec.origin}: ')}"
    return number if np.isfinite(number.at(0.95)[0]) else "cannot be asked: there is no such number then"


def _by_threshold(batch: Batch, cell: Cell, threshold: float, confidence: float) -> tuple[Estimate, Estimate, int]:
    """The rate at another threshold, its difference to that of the same populations as it is, and their number."""
    values = batch.runs(cell)[f"training.{batch.spec.scenario.property.trait}"].to_numpy()
    was, now = realized(batch, cell), np.asarray(values >= threshold)
    return combined((now,), (1.0,), 0.0, confidence), combined((now, was), (1.0, -1.0), 0.0, confidence), values.size


def _turning(again: _Again, change: Change, border: float, above: bool) -> tuple[float, float] | None:
    """Between which two factors the number crosses the border, by halving the way; None where nothing lies between."""
    if change.factor == 1.0:
        return None
    near, far = 0.0, 1.0  # shares of the way in logarithms: the conclusion still stands at near, no longer at far
    for _ in range(HALVINGS):
        middle = (near + far) / 2.0
        stands = (again(change, change.factor**middle).at(0.95)[0] > border) == above
        near, far = (middle, far) if stands else (near, middle)
    return change.factor**near, change.factor**far


def robustness(
    batch: Batch,
    reference: Cell,
    headline: Headline | None = None,
    *,
    replicates: int = 20,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[dict[str, Any]]:
    """Evolve a headline's cells again with one thing changed, each in a batch of its own beside this one.

    Other thresholds need no evolution: they are asked of the batch's own populations, and only of a realized rate.

    Parameters
    ----------
    reference : the cell that the page is of
    headline : the number; the realized rate of that cell where left out
    replicates : populations of each changed cell, or as many as the batch has where these are fewer

    Returns
    -------
    a row per change: {"changed", "replicates", "cells"}, populations in each of so many cells, those of
    `measure.robustness.standing`, "levels", the means of both cells of a difference, and "between", two factors, where
    it turns and something lies between; or {"changed", "refused"}, why the scenario cannot be so or has no number then
    """
    headline = headline or Headline()
    cells = headline.cells(batch, reference)
    again = _Again(headline, batch, cells, min(replicates, batch.spec.scenario.batch.replicates), jobs, progress)
    asked = [(change, _asked(again, change)) for change in changes(batch.spec.without("sweep").set(dict(cells[0].set)))]
    own = batch.spec.scenario.property.threshold
    others = thresholds(own) if headline.values is realized and not (headline.less or headline.whole) else []
    looks = sum(isinstance(number, _Number) for _, number in asked) + len(others)
    was, before = found(headline, batch, reference), found(headline, batch, reference, surely(looks))
    for change, number in asked:
        row: dict[str, Any] = {"changed": change.name}
        if isinstance(number, str):
            yield row | {"refused": number}
            continue
        row |= {"replicates": again.replicates, "cells": again.many} | standing(
            was, before, number.at(surely(looks)), headline.border
        )
        row |= {"levels": number.levels} if number.levels else {}
        if row["says"] == TURNS:
            between = _turning(again, change, headline.border, was[0] > headline.border)
            row |= {} if between is None else {"between": between}
        yield row
    for threshold in others:
        after, moved, n = _by_threshold(batch, cells[0], threshold, surely(looks))
        row = {"changed": f"a threshold of {threshold:g}", "replicates": n, "cells": 1}
        yield row | standing(was, before, after, headline.border, moved)
