"""The values that cells of a batch take: axes of a sweep, by list or range, and sampled points."""

import json
import math
import warnings
from typing import Any

import numpy as np

from evo.errors import ScenarioError
from evo.scenario.fields import MOST_CELLS, Page, Tuning
from evo.scenario.resolved import Resolved
from evo.scenario.values import Kind, Limits, axis_form, canonical, tidy, values_of
from evo.wording import short_name


def settled(resolved: Resolved, data: dict[str, Any]) -> dict[str, Any]:
    """The data, in which all that depends on the world has its one form too: knobs, axes, ranges, the page's cell.

    Raises
    ------
    ScenarioError : a field is swept or sampled twice, or by what it cannot be
    """
    s, data = resolved.scenario, dict(data)
    whole = {knob.name for knob in resolved.world.knobs if knob.integer}
    for table in ("knobs", "deployment"):
        if table in data:
            data[table] = _whole_where(data[table], whole)
    if s.change:
        data["change"] = data["change"] | {"knobs": _whole_where(data["change"]["knobs"], whole)}
    if s.selection.parameter is not None and resolved.kind_at(("selection", "parameter")) is Kind.WHOLE:
        data["selection"] = data["selection"] | {"parameter": tidy(data["selection"]["parameter"], Kind.WHOLE)}
    if not data.get("sweep"):
        data.pop("sweep", None)
    else:
        data["sweep"] = {
            name: _axis(resolved, key, kind, s.sweep[key], f"sweep.{key}")
            for key, name, kind in _fields(resolved, "sweep", list(s.sweep))
        }
    if s.sample:
        ranges = {
            name: _range(resolved, key, kind)
            for key, name, kind in _fields(resolved, "sample.ranges", list(s.sample.ranges))
        }
        data["sample"] = data["sample"] | {"ranges": ranges}
        if twice := next((key for key in ranges if key in data.get("sweep", {})), None):
            raise resolved.wrong(f"sample.ranges.{twice}", ranges[twice], "is swept too; a field is swept or sampled")
    if s.tuning:
        data["tuning"] = _tuning(resolved, s.tuning)
    if s.page:
        data["page"] = data["page"] | _of_page(resolved, s.page)
    return data


def _of_page(resolved: Resolved, page: Page) -> dict[str, Any]:
    """What a page says of fields, in its one form: the cell that answers, and values of fields that are not swept."""
    told: dict[str, Any] = {}
    if page.reference:
        told["reference"] = {
            name: _value(resolved, f"page.reference.{key}", page.reference[key], kind)
            for key, name, kind in _fields(resolved, "page.reference", list(page.reference))
        }
    if page.also:
        swept = [resolved.name_of(resolved.place(key)) for key in resolved.scenario.sweep]
        told["also"] = {}
        for key, name, kind in _fields(resolved, "page.also", list(page.also)):
            where, given = f"page.also.{key}", page.also[key]
            if name in swept:
                raise resolved.wrong(where, given, "is swept; the sweep tells what it does")
            form = _axis(resolved, key, kind, given, where)
            assert kind is not None  # which is refused above
            told["also"][name] = values_of(form, kind)
    return told


def _tuning(resolved: Resolved, tuning: Tuning) -> dict[str, Any]:
    """The table of tuning in its one form: all kinds try as many settings, and each was tuned to one that it tried."""
    tried: dict[str, dict[str, list[Any]]] = {}
    for optimizer, given in tuning.tried.items():
        tried[optimizer] = {}
        for key, name, kind in _fields(resolved, f"tuning.tried.{optimizer}", list(given)):
            if kind is None or resolved.place(key)[0] not in ("knobs", "selection", "variation", "optimizer"):
                raise resolved.wrong(f"tuning.tried.{optimizer}.{key}", given[key], "is not a setting of an optimizer")
            form = _form(resolved, kind, given[key], f"tuning.tried.{optimizer}.{key}")
            tried[optimizer][name] = values_of(form, kind)
    counts = {optimizer: math.prod(map(len, values.values())) for optimizer, values in tried.items()}
    if few := next((kind for kind in counts if counts[kind] != max(counts.values())), None):
        raise ScenarioError(
            f"{resolved.origin}: tuning.tried.{few}: tries {counts[few]} settings where another kind tries "
            f"{max(counts.values())}; all must try as many"
        )
    chosen: dict[str, dict[str, Any]] = {}
    for optimizer, values in tuning.chosen.items():
        chosen[optimizer] = {}
        for key, name, kind in _fields(resolved, f"tuning.chosen.{optimizer}", list(values)):
            where, among = f"tuning.chosen.{optimizer}.{key}", tried.get(optimizer, {}).get(name, [])
            chosen[optimizer][name] = _value(resolved, where, values[key], kind)
            if chosen[optimizer][name] not in among:
                raise resolved.wrong(where, values[key], f"was not tried; tried: {among or 'nothing'}")
    return {"populations": tuning.populations, "tried": tried, "chosen": chosen}


def _whole_where(values: dict[str, Any], whole: set[str]) -> dict[str, Any]:
    return {name: tidy(value, Kind.WHOLE) if name in whole else value for name, value in values.items()}


def _fields(resolved: Resolved, table: str, keys: list[str]) -> list[tuple[str, str, Kind | None]]:
    """Each key of a table that names fields, with the one name and the kind of its field."""
    found: dict[str, str] = {}
    for key in keys:
        name = resolved.name_of(resolved.place(key))
        if name in found:
            raise ScenarioError(
                f"{resolved.origin}: {table}: '{found[name]}' and '{key}' are the same field; name it once"
            )
        found[name] = key
    return [(key, name, resolved.kind_at(resolved.place(key))) for name, key in found.items()]


def _value(resolved: Resolved, name: str, value: Any, kind: Kind | None) -> Any:
    try:
        return canonical(value, kind) if kind else value
    except ValueError as why:
        raise resolved.wrong(name, value, str(why)) from None


def _axis(resolved: Resolved, key: str, kind: Kind | None, given: Any, where: str) -> list[Any] | str:
    """Values of a field that can be swept, given at a place of the file that errors name, in their one form."""
    if kind is None or resolved.place(key)[0] in ("batch", "name", "claim", "source", "world"):
        raise resolved.wrong(where, given, "cannot be swept; knobs can be, and fields of tables other than batch")
    return _form(resolved, kind, given, where)


def _form(resolved: Resolved, kind: Kind, given: Any, where: str) -> list[Any] | str:
    try:
        return axis_form(given, kind)
    except ValueError as why:
        raise resolved.wrong(where, given, str(why)) from None


def _range(resolved: Resolved, key: str, kind: Kind | None) -> str:
    assert resolved.scenario.sample is not None
    place, given = resolved.place(key), resolved.scenario.sample.ranges[key]
    if kind is None or not kind.numeric or place[0] == "batch":
        why = "cannot be sampled; sample numbers of knobs, population or selection"
        raise resolved.wrong(f"sample.ranges.{key}", given, why)
    try:
        return str(Limits.read(given, kind))
    except ValueError as why:
        raise resolved.wrong(f"sample.ranges.{key}", given, str(why)) from None


def axis(resolved: Resolved, key: str) -> list[Any]:
    """The values of one axis of the sweep, by the one name of its field."""
    kind = resolved.kind_at(resolved.place(key))
    assert kind is not None
    return values_of(resolved.scenario.sweep[key], kind)


def limits(resolved: Resolved, key: str) -> Limits:
    """One range of the sample, by the one name of its field. Whether its ends are allowed is tried by `Spec`."""
    kind = resolved.kind_at(resolved.place(key))
    assert resolved.scenario.sample is not None and kind is not None
    return Limits.read(resolved.scenario.sample.ranges[key], kind)


def check_count(resolved: Resolved) -> None:
    """Raise where there would be more cells than a batch may have; counts them without making any."""
    s = resolved.scenario
    counts = {short_name(key): len(axis(resolved, key)) for key in s.sweep}
    if s.sample:
        counts["points"] = s.sample.points
    if (cells := math.prod(counts.values())) > MOST_CELLS:
        factors = " x ".join(f"{name} {count:,}" for name, count in counts.items())
        raise ScenarioError(
            f"{resolved.origin}: sweep: would make {cells:,} cells ({factors}), and there may be at most {MOST_CELLS:,}"
        )


def points_of(resolved: Resolved) -> list[dict[str, Any]]:
    """The sampled points. More points keep those that fewer have."""
    sample = resolved.scenario.sample
    if sample is None:
        return [{}]
    ranges = {key: limits(resolved, key) for key in sample.ranges}
    seed = resolved.scenario.batch.seed
    if sample.design == "sobol":
        from scipy.stats import qmc

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that 100 points are less balanced than 128 is no reason to warn
            unit = qmc.Sobol(len(ranges), rng=np.random.default_rng(seed)).random(sample.points)
    else:
        unit = np.random.default_rng(seed).random((sample.points, len(ranges)))
    points: dict[str, dict[str, Any]] = {}
    for row in unit.tolist():
        point = {key: _scaled(u, ranges[key]) for u, key in zip(row, ranges, strict=True)}
        points.setdefault(json.dumps(point), point)  # whole numbers may give a point twice
    return list(points.values())


def _scaled(u: float, limits: Limits) -> int | float:
    """A number of [0, 1) stretched over a range."""
    low, high, log, whole = limits
    if whole:  # each whole number has as much of the interval, on either scale
        low, high = math.ceil(low), math.floor(high) + 1
    value = low * (high / low) ** u if log else low + (high - low) * u
    return math.floor(value) if whole else float(f"{value:.12g}")
