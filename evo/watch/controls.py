"""What can be turned while a population evolves: every knob and field, with unit, meaning and bounds."""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from evo.kernels.operators import CROSSOVERS, SCHEMES
from evo.scenario.fields import LARGEST, Population, Property, Selection, Variation
from evo.scenario.spec import Spec
from evo.worlds.world import Knob

_WIDE = 10_000.0  # bounds past this are no end of a slider
_MANY = 500.0  # from so many on, a slider of whole numbers goes by orders of magnitude
_FINE = 20.0  # and one of others where its usual value is below such a part of the bound
_LEAST = 1e-6  # of the upper bound, that such a slider shows above 0
_MARKS = 201  # of a slider, at most


@dataclass(frozen=True)
class Control:
    """One thing to turn.

    Attributes
    ----------
    key : as `Spec.set` takes it
    value : as it is now; None is the default of what has one
    low, high : inclusive bounds of a number
    top : where its slider ends, which is not past `high`
    decades : whether its slider goes by orders of magnitude
    options : what can be chosen, instead of numbers
    """

    key: str
    label: str
    unit: str
    meaning: str
    value: Any
    low: float = 0.0
    high: float = 1.0
    top: float = 1.0
    whole: bool = False
    decades: bool = False
    options: tuple[Any, ...] = ()

    @cached_property
    def marks(self) -> tuple[float, ...]:
        """The values that its slider has, rising; each in two or three digits, and no two alike."""
        return tuple(sorted({self._tidy(value) for value in self._spread()} | {self.low, self.top}))

    def _spread(self) -> np.ndarray:
        if not self.decades:
            return np.linspace(self.low, self.top, _MARKS)
        least = self.low or (1.0 if self.whole else _LEAST * self.top)
        return np.append(self.low, np.geomspace(least, self.top, _MARKS))

    def _tidy(self, value: float) -> float:
        value = round(value) if self.whole else float(f"{value:.3g}")
        return min(max(value, self.low), self.top)

    def place(self, value: float) -> int:
        """Which of its marks is nearest to a value."""
        above = bisect(self.marks, value)
        return min(range(max(above - 1, 0), min(above + 1, len(self.marks))), key=lambda k: abs(self.marks[k] - value))


# Fields beside knobs: where their sliders end, and what they are counted in.
_POPULATION = {
    "size": (10_000, "individuals"), "generations": (5000, "generations"), "demes": (50, "demes"),
    "migration": (1.0, "chance"), "budding": (1.0, "chance"), "group_size": (50, "agents"),
    "relatedness": (1.0, "chance"), "carriers": (100, "founders"),
}  # fmt: skip


def knobs(spec: Spec) -> Iterator[Control]:
    """Every knob of the world."""
    for knob in spec.world.knobs:
        yield _knob(knob, spec.knobs[knob.name])


def _knob(knob: Knob, value: float) -> Control:
    usual = max(abs(value), abs(knob.default))
    top = knob.high if knob.high <= _WIDE else max(_WIDE, 10.0 * value)
    decades = top >= _MANY if knob.integer else knob.low >= 0.0 and (usual <= top / _FINE or "rate" in knob.name)
    return Control(
        knob.name, knob.name, knob.unit, knob.meaning, int(value) if knob.integer else value, knob.low, knob.high, top,
        knob.integer, decades,
    )  # fmt: skip


def population(spec: Spec) -> Iterator[Control]:
    """Sizes and times."""
    s = spec.scenario.population
    for name, (top, unit) in _POPULATION.items():
        field, value = Population.model_fields[name], getattr(s, name)
        low, high = _bounds(field)
        whole = isinstance(value, int)
        meaning = "" if field.description == unit else field.description or ""
        yield Control(
            f"population.{name}", name, unit, meaning, value, low, high, min(max(top, 2 * value), high), whole,
            top >= _MANY,
        )  # fmt: skip


def _bounds(field: Any) -> tuple[float, float]:
    """The inclusive bounds that a field declares."""
    low, high = 0.0, float(LARGEST)
    for rule in field.metadata:
        low, high = float(getattr(rule, "ge", low)), float(getattr(rule, "le", high))
    return low, high


def selection(spec: Spec) -> Iterator[Control]:
    """Who becomes a parent."""
    s, fields = spec.scenario.selection, Selection.model_fields
    yield Control("selection.scheme", "scheme", "", "who becomes a parent", s.scheme, options=tuple(SCHEMES))
    if (parameter := SCHEMES[s.scheme].parameter) is not None:
        yield Control(
            "selection.parameter", "parameter", parameter.what, "", spec.parameter, parameter.low, parameter.high,
            max(min(parameter.high, 2 * max(parameter.tried)), spec.parameter), parameter.whole,
        )  # fmt: skip
    most = spec.scenario.population.size // spec.scenario.population.demes - 1
    yield Control(
        "selection.elites", "elites", "individuals", fields["elites"].description or "", s.elites, 0, most,
        min(most, max(20, s.elites)), True,
    )  # fmt: skip


def variation(spec: Spec) -> Iterator[Control]:
    """How offspring differ from parents, beside mutation, which knobs decide."""
    s, fields = spec.scenario.variation, Variation.model_fields
    yield Control("variation.parents", "parents", "", fields["parents"].description or "", s.parents, options=(1, 2))
    yield Control(
        "variation.crossover", "crossover", "", fields["crossover"].description or "", s.crossover, options=CROSSOVERS
    )
    yield Control(
        "variation.crossover_rate", "crossover_rate", "chance", fields["crossover_rate"].description or "",
        s.crossover_rate,
    )  # fmt: skip


def property_(spec: Spec) -> Iterator[Control]:
    """The selected-for property."""
    s, fields = spec.scenario.property, Property.model_fields
    names = tuple(one.name for one in (*spec.world.traits[1:], *spec.world.probes))
    yield Control("property.trait", "trait", "", fields["trait"].description or "", s.trait, options=names)
    top = max(1.0, 2.0 * abs(s.threshold))
    yield Control(
        "property.threshold", "threshold", spec.world.told(s.trait).unit, fields["threshold"].description or "",
        s.threshold, -top if s.threshold < 0 else 0.0, 1e308, top,
    )  # fmt: skip


GROUPS = {
    "Knobs of the world": knobs, "Population": population, "Selection": selection, "Variation": variation,
    "Property": property_,
}  # fmt: skip
