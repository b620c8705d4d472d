"""The values that cells of a batch take: axes of a sweep, by list or range, and sampled points."""

import json
import math
import warnings
from typing import Any, NamedTuple

import numpy as np

from evo.kernels.operators import ALL_SCHEMES
from evo.scenario.resolved import Resolved
from evo.wording import show


def axis(resolved: Resolved, key: str) -> list[Any]:
    """The values of one axis of the sweep."""
    place = resolved.place(key)
    values = resolved.scenario.sweep[key]
    if place[0] in ("batch", "name", "claim", "source"):
        raise resolved.wrong(f"sweep.{key}", values, "cannot be swept; sweep knobs, population, selection or variation")
    if isinstance(values, str):
        values = _range(resolved, key, values, place)
    if not values:
        raise resolved.wrong(f"sweep.{key}", values, "must have at least one value")
    if len({show(value) for value in values}) < len(values):
        raise resolved.wrong(f"sweep.{key}", values, "has the same value twice")
    return values


def _range(resolved: Resolved, key: str, text: str, place: tuple[str, ...]) -> list[Any]:
    parts = text.split(":")
    try:
        start, stop, count = float(parts[0]), float(parts[1]), int(parts[2])
        log = parts[3:] == ["log"]
        if (parts[3:] and not log) or count < 1 or (log and min(start, stop) <= 0):
            raise ValueError
    except (ValueError, IndexError):
        why = "must be values V1,V2,... or START:STOP:COUNT[:log] with a COUNT of 1 or more (positive ends for log)"
        raise resolved.wrong(f"sweep.{key}", text, why) from None
    step = [i / (count - 1) if count > 1 else 0.0 for i in range(count)]
    values = [start * (stop / start) ** f if log else start + (stop - start) * f for f in step]
    whole = _whole(resolved, place)
    return list(dict.fromkeys(round(v) for v in values)) if whole else [float(f"{v:.12g}") for v in values]


def _whole(resolved: Resolved, place: tuple[str, ...]) -> bool:
    """Whether the field there takes whole numbers only."""
    if place[0] in ("knobs", "deployment"):
        return resolved.world.knob(place[1]).integer
    counts = ("size", "generations", "demes", "carriers", "elites", "at")
    parameter = ALL_SCHEMES[resolved.scenario.selection.scheme].parameter
    return place[-1] in counts or (place[-1] == "parameter" and parameter is not None and parameter.whole)


class Limits(NamedTuple):
    """One range of the sample: its ends, whether on a log scale, and whether of whole numbers."""

    low: float
    high: float
    log: bool
    whole: bool

    @property
    def ends(self) -> tuple[int | float, int | float]:
        """Low and high as the field takes them."""
        return (int(self.low), int(self.high)) if self.whole else (self.low, self.high)


def limits(resolved: Resolved, key: str) -> Limits:
    """One range of the sample. Whether its ends are allowed is tried by `Spec`."""
    assert resolved.scenario.sample is not None
    place, text = resolved.place(key), resolved.scenario.sample.ranges[key]
    name = f"sample.ranges.{key}"
    if place[0] in ("batch", "name", "claim", "source", "world", "engine") or place[-1] in (
        "trait",
        "scheme",
        "kind",
        "objectives",
    ):
        raise resolved.wrong(name, text, "cannot be sampled; sample numbers of knobs, population or selection")
    if any(resolved.place(axis) == place for axis in resolved.scenario.sweep):
        raise resolved.wrong(name, text, "is swept too; a field is swept or sampled")
    parts = text.split(":")
    try:
        low, high, log = float(parts[0]), float(parts[1]), parts[2:] == ["log"]
        good = low < high and math.isfinite(low) and math.isfinite(high) and (not parts[2:] or (log and low > 0))
    except (ValueError, IndexError):
        good = False
    if not good:
        raise resolved.wrong(name, text, "must be LOW:HIGH or LOW:HIGH:log with LOW below HIGH, and above 0 for log")
    return Limits(low, high, log, _whole(resolved, place))


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
