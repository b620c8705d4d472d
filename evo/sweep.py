"""The values that cells of a batch take: axes of a sweep, by list or range, and sampled points."""

import json
import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from evo.fields import SCHEMES
from evo.wording import show

if TYPE_CHECKING:
    from evo.scenario import Spec


def axis(spec: "Spec", key: str) -> list[Any]:
    """The values of one axis of the sweep."""
    place = spec.place(key)
    values = spec.scenario.sweep[key]
    if place[0] in ("batch", "name", "claim", "source"):
        raise spec.wrong(f"sweep.{key}", values, "cannot be swept; sweep knobs, population, selection or variation")
    if isinstance(values, str):
        values = _range(spec, key, values, place)
    if not values:
        raise spec.wrong(f"sweep.{key}", values, "must have at least one value")
    if len({show(value) for value in values}) < len(values):
        raise spec.wrong(f"sweep.{key}", values, "has the same value twice")
    return values


def _range(spec: "Spec", key: str, text: str, place: tuple[str, ...]) -> list[Any]:
    parts = text.split(":")
    try:
        start, stop, count = float(parts[0]), float(parts[1]), int(parts[2])
        log = parts[3:] == ["log"]
        if (parts[3:] and not log) or count < 1 or (log and min(start, stop) <= 0):
            raise ValueError
    except (ValueError, IndexError):
        why = "must be values V1,V2,... or START:STOP:COUNT[:log] with a COUNT of 1 or more (positive ends for log)"
        raise spec.wrong(f"sweep.{key}", text, why) from None
    step = [i / (count - 1) if count > 1 else 0.0 for i in range(count)]
    values = [start * (stop / start) ** f if log else start + (stop - start) * f for f in step]
    whole = _whole(spec, place)
    return list(dict.fromkeys(round(v) for v in values)) if whole else [float(f"{v:.12g}") for v in values]


def _whole(spec: "Spec", place: tuple[str, ...]) -> bool:
    """Whether the field there takes whole numbers only."""
    if place[0] in ("knobs", "deployment"):
        return spec.world.knob(place[1]).integer
    counts = ("size", "generations", "demes", "carriers", "elites", "at")
    known = SCHEMES.get(spec.scenario.selection.scheme)
    return place[-1] in counts or (place[-1] == "parameter" and known is not None and known[4])


def limits(spec: "Spec", key: str) -> tuple[float, float, bool, bool]:
    """Low, high, whether on a log scale, and whether whole numbers, of one range of the sample."""
    assert spec.scenario.sample is not None
    place, text = spec.place(key), spec.scenario.sample.ranges[key]
    name = f"sample.ranges.{key}"
    if place[0] in ("batch", "name", "claim", "source", "world", "engine") or place[-1] in (
        "trait",
        "scheme",
        "kind",
        "objectives",
    ):
        raise spec.wrong(name, text, "cannot be sampled; sample numbers of knobs, population or selection")
    if any(spec.place(axis) == place for axis in spec.scenario.sweep):
        raise spec.wrong(name, text, "is swept too; a field is swept or sampled")
    parts = text.split(":")
    try:
        low, high, log = float(parts[0]), float(parts[1]), parts[2:] == ["log"]
        good = low < high and math.isfinite(low) and math.isfinite(high) and (not parts[2:] or (log and low > 0))
    except (ValueError, IndexError):
        good = False
    if not good:
        raise spec.wrong(name, text, "must be LOW:HIGH or LOW:HIGH:log with LOW below HIGH, and above 0 for log")
    whole = _whole(spec, place)
    for value in (low, high):  # the ends must be allowed, and so is what lies between
        spec.without("sample").set({key: int(value) if whole else value})
    return low, high, log, whole


def points_of(spec: "Spec") -> list[dict[str, Any]]:
    """The sampled points. More points keep those that fewer have."""
    sample = spec.scenario.sample
    if sample is None:
        return [{}]
    ranges = {key: limits(spec, key) for key in sample.ranges}
    seed = spec.scenario.batch.seed
    if sample.design == "sobol":
        from scipy.stats import qmc

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that 100 points are less balanced than 128 is no reason to warn
            unit = qmc.Sobol(len(ranges), rng=np.random.default_rng(seed)).random(sample.points)
    else:
        unit = np.random.default_rng(seed).random((sample.points, len(ranges)))
    points: dict[str, dict[str, Any]] = {}
    for row in unit.tolist():
        point = {key: _scaled(u, *ranges[key]) for u, key in zip(row, ranges, strict=True)}
        points.setdefault(json.dumps(point), point)  # whole numbers may give a point twice
    return list(points.values())


def _scaled(u: float, low: float, high: float, log: bool, whole: bool) -> int | float:
    """A number of [0, 1) stretched over a range."""
    if whole:  # each whole number has as much of the interval, on either scale
        low, high = math.ceil(low), math.floor(high) + 1
    value = low * (high / low) ** u if log else low + (high - low) * u
    return math.floor(value) if whole else float(f"{value:.12g}")
