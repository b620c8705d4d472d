"""The declarative spec: read, validate, override, expand into cells, canonical form and hash."""

import difflib
import hashlib
import itertools
import json
import math
import tomllib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from evo.errors import ScenarioError, WorldError
from evo.fields import (
    BOTH_SCHEMES,
    DEAP_SCHEMES,
    MOST_CLASSES,
    MOST_INDIVIDUALS,
    SCHEMES,
    Optimizer,
    Scenario,
    fields_at,
)
from evo.worlds import load_world

# Raised whenever the same scenario and seed would give other records than before; part of every stream and folder.
REVISION = 3


_TABLES = ("optimizer", "sweep", "knobs", "deployment", "page", "change", "sample")
_BOUNDS = {"ge": "at least", "le": "at most", "gt": "above", "lt": "below"}


def closest(name: str, allowed: list[str]) -> str:
    """'did you mean ...?' where a name is near, and what is allowed."""
    near = difflib.get_close_matches(name, allowed, 1, 0.5)
    return f"did you mean '{near[0]}'? Allowed: {', '.join(allowed)}" if near else f"allowed: {', '.join(allowed)}"


def _value_at(data: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _show(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def short_name(key: str) -> str:
    """A field in a word or two: 'parts', 'size', 'change at', 'validity deployed'."""
    table, _, name = key.rpartition(".")
    return f"{name} deployed" if table == "deployment" else f"change {name}" if table == "change" else name


def cell_name(settings: Mapping[str, Any]) -> str:
    """What a cell sets, in words: 'parts 4, size 1000'; empty where nothing is swept."""
    return ", ".join(f"{short_name(key)} {value}" for key, value in settings.items())


@dataclass(frozen=True)
class Cell:
    """One point of the sweep: what it sets, and the full specification it stands for."""

    set: dict[str, Any]
    spec: "Spec"

    @property
    def key(self) -> str:
        """16 hex digits that name the cell in records and file names.

        Those of its streams; where a sweep also moves what is only measured, cells that evolve alike are told apart.
        """
        name = self.spec.stream_hash
        if any(field.split(".")[0] in ("deployment", "property") for field in self.set):
            prop = self.spec.scenario.property.model_dump()
            name = hashlib.sha256(json.dumps([name, self.spec.deployment, prop], sort_keys=True).encode()).hexdigest()
        return name[:16]


class Spec:
    """A validated scenario with its world.

    Raises
    ------
    ScenarioError : anything that is wrong with the data, in one sentence
    """

    def __init__(self, data: Mapping[str, Any], origin: str = "scenario", folder: Path | None = None):
        self.data = dict(data)
        self.origin = origin
        self.folder = folder
        try:
            self.scenario = Scenario.model_validate(self.data)
        except ValidationError as error:
            raise self._explain(error) from None
        try:
            self.world = load_world(self.scenario.world, folder)
        except WorldError as error:
            raise self._wrong("world", self.scenario.world, str(error)) from None
        self._check()

    def _wrong(self, key: str, value: Any, why: str) -> ScenarioError:
        return ScenarioError(f"{self.origin}: {key} = {_show(value)}: {why}")

    def _explain(self, error: ValidationError) -> ScenarioError:
        first = error.errors()[0]
        path = tuple(part for part in first["loc"] if part not in ("list[any]", "str"))
        key = ".".join(str(part) for part in path)
        context = first.get("ctx", {})
        if first["type"] == "extra_forbidden":
            why = f"there is no such key; {closest(str(path[-1]), fields_at(path[:-1]))}"
        elif first["type"] == "missing":
            return ScenarioError(f"{self.origin}: {key} is missing; it is needed")
        elif first["type"] == "literal_error":
            why = f"must be one of {context['expected']}"
        elif bound := next((key for key in _BOUNDS if key in context), None):
            why = f"must be {_BOUNDS[bound]} {context[bound]}"
        else:
            why = first["msg"][0].lower() + first["msg"][1:].replace("Input", "it").replace("input", "it")
            why = why.replace("iNput ", "it ")
        return self._wrong(key, _value_at(self.data, path), why)

    def _check(self) -> None:
        s = self.scenario
        tables = {"knobs": s.knobs, "change.knobs": s.change.knobs if s.change else {}, "deployment": s.deployment}
        for table, values in tables.items():
            for name, value in values.items():
                self._check_knob(f"{table}.{name}", name, value)
        self._check_layout()
        names = [trait.name for trait in self.world.traits]
        if s.property.trait not in names:
            why = f"world '{self.world.name}' has no such trait; {closest(s.property.trait, names)}"
            raise self._wrong("property.trait", s.property.trait, why)
        for key in ("threshold", "stop_above", "stop_below"):
            value = getattr(s.property, key)
            if value is not None and not math.isfinite(value):
                raise self._wrong(f"property.{key}", value, "must be a finite number")
        if s.population.size % s.population.demes:
            why = f"must divide population.size = {s.population.size} without remainder"
            raise self._wrong("population.demes", s.population.demes, why)
        if s.population.carriers > s.population.size:
            why = f"must be at most population.size = {s.population.size}"
            raise self._wrong("population.carriers", s.population.carriers, why)
        if s.selection.elites >= s.population.size // s.population.demes:
            why = f"must be below the size of a deme, {s.population.size // s.population.demes}"
            raise self._wrong("selection.elites", s.selection.elites, why)
        if s.population.budding and s.selection.elites:
            raise self._wrong("population.budding", s.population.budding, "needs selection.elites = 0")
        if s.variation.crossover != "none" and s.variation.parents == 1:
            raise self._wrong("variation.crossover", s.variation.crossover, "needs variation.parents = 2")
        if s.variation.parents == 2 and s.variation.crossover == "none":
            why = "needs a variation.crossover: one_point, two_point or uniform"
            raise self._wrong("variation.parents", 2, why)
        self._check_parameter()
        self._check_engine()
        for key in s.sweep:
            self.axis(key)
        for key in s.sample.ranges if s.sample else ():
            self._limits(key)

    def _check_engine(self) -> None:
        s = self.scenario
        self._check_optimizer()
        if s.engine == "classes" and (why := self.no_classes):
            raise self._wrong("engine", "classes", f"cannot be used here: {why}")
        if s.population.size > MOST_INDIVIDUALS and self.engine == "numba":
            why = f"must be at most {MOST_INDIVIDUALS} where individuals are simulated one by one"
            why += f"; larger ones need engine classes, and {self.no_classes}" if self.no_classes else "; engine = auto"
            raise self._wrong("population.size", s.population.size, why)
        self._check_objectives()
        if s.engine != "deap":
            return
        allowed = (*BOTH_SCHEMES, *DEAP_SCHEMES)
        if s.selection.scheme not in allowed:
            raise self._wrong("selection.scheme", s.selection.scheme, f"engine deap has {', '.join(allowed)}")
        if s.population.budding:
            raise self._wrong("population.budding", s.population.budding, "engine deap has no budding")

    def _check_optimizer(self) -> None:
        s = self.scenario
        if s.optimizer is None or s.optimizer.kind == "genetic":
            return
        kind = s.optimizer.kind
        groups = s.population.model_dump(exclude={"size", "generations"})
        if named := next((name for name, value in groups.items() if value != (1 if name == "demes" else 0)), None):
            raise self._wrong(f"population.{named}", groups[named], f"is for the genetic optimizer, not for {kind}")
        if s.engine != "numba":
            raise self._wrong("optimizer.kind", kind, "is an engine of its own; leave engine out")
        if s.population.size < 4:
            raise self._wrong("population.size", s.population.size, f"{kind} needs at least 4 evaluations a generation")
        if s.optimizer.kind.endswith("gradient"):
            if self.world.chooser is None or self.world.chooser(self.knobs) is None:
                why = f"world '{self.world.name}' has no closed form to climb with these knobs"
                raise self._wrong("optimizer.kind", kind, why)
            if s.change:
                raise self._wrong("optimizer.kind", kind, "cannot follow a change of training")

    def _check_objectives(self) -> None:
        s = self.scenario
        if s.selection.scheme not in DEAP_SCHEMES:
            if s.selection.objectives:
                why = f"is for {', '.join(DEAP_SCHEMES)}; scheme '{s.selection.scheme}' selects for fitness alone"
                raise self._wrong("selection.objectives", s.selection.objectives, why)
            return
        if s.engine != "deap":
            raise self._wrong("selection.scheme", s.selection.scheme, "needs engine = deap")
        names = [trait.name for trait in self.world.traits]
        if not s.selection.objectives:
            why = f"needs traits to select for; allowed: {', '.join(names)}"
            raise self._wrong("selection.objectives", [], why)
        for name in s.selection.objectives:
            if name.removeprefix("-") not in names:
                why = f"world '{self.world.name}' has no trait '{name}'; {closest(name.removeprefix('-'), names)}"
                raise self._wrong("selection.objectives", s.selection.objectives, why)
        if s.selection.scheme == "nsga2" and s.population.size // s.population.demes < 4:
            raise self._wrong("population.size", s.population.size, "nsga2 needs demes of at least 4")

    def _check_knob(self, key: str, name: str, value: float) -> None:
        names = [knob.name for knob in self.world.knobs]
        if name not in names:
            raise self._wrong(key, value, f"world '{self.world.name}' has no such knob; {closest(name, names)}")
        knob = self.world.knob(name)
        if not knob.low <= value <= knob.high:
            raise self._wrong(key, value, f"must be between {knob.low:g} and {knob.high:g} ({knob.unit})")
        if knob.integer and value != int(value):
            raise self._wrong(key, value, f"must be a whole number ({knob.unit})")

    def _check_layout(self) -> None:
        layout = self.world.layout(self.knobs)
        for table, resolved in (("change.knobs", self.changed), ("deployment", self.deployment)):
            for name, value in resolved.items():
                if value != self.knobs[name] and self.world.layout(self.knobs | {name: value}) != layout:
                    why = "cannot differ from training, for the genome and its mutation are laid out by it"
                    raise self._wrong(f"{table}.{name}", value, why)

    def _check_parameter(self) -> None:
        scheme, value = self.scenario.selection.scheme, self.scenario.selection.parameter
        known = SCHEMES.get(scheme)
        if value is None:
            return
        if known is None:
            raise self._wrong("selection.parameter", value, f"scheme '{scheme}' has no parameter; leave it out")
        what, _, low, high, whole = known
        if not low <= value <= high or (whole and value != int(value)):
            kind = "a whole number" if whole else "a number"
            raise self._wrong(
                "selection.parameter", value, f"{what} of '{scheme}' must be {kind} from {low:g} to {high:g}"
            )

    # --- resolved values

    @cached_property
    def parameter(self) -> float:
        """The scheme's parameter, 0 where it has none."""
        known = SCHEMES.get(self.scenario.selection.scheme)
        given = self.scenario.selection.parameter
        return float(given if given is not None else known[1] if known else 0.0)

    @cached_property
    def knobs(self) -> dict[str, float]:
        """Every knob in training, as it begins."""
        return {knob.name: float(self.scenario.knobs.get(knob.name, knob.default)) for knob in self.world.knobs}

    @cached_property
    def changed(self) -> dict[str, float]:
        """Every knob in training, as it ends."""
        change = self.scenario.change
        return self.knobs | {name: float(value) for name, value in (change.knobs if change else {}).items()}

    @cached_property
    def deployment(self) -> dict[str, float]:
        """Every knob in deployment."""
        return self.changed | {name: float(value) for name, value in self.scenario.deployment.items()}

    @cached_property
    def no_classes(self) -> str:
        """Why class counts cannot be evolved instead of individuals; empty where they can."""
        s = self.scenario
        if self.world.classes is None or self.world.class_count is None:
            return f"world '{self.world.name}' declares no genotype classes"
        reasons = (
            ("selection.scheme must be proportional", s.selection.scheme != "proportional"),
            ("selection.elites must be 0", s.selection.elites > 0),
            ("variation.parents must be 1", s.variation.parents != 1),
            ("population.demes must be 1", s.population.demes != 1),
            ("optimizer.kind must be genetic", s.optimizer is not None and s.optimizer.kind != "genetic"),
        )
        count = self.world.class_count(self.knobs)
        crowded = f"there are {count} genotype classes, more than {MOST_CLASSES}" if count > MOST_CLASSES else ""
        return next((why for why, so in reasons if so), crowded)

    @cached_property
    def engine(self) -> str:
        """The engine that evolves this: numba, classes or deap; search where the optimizer is another."""
        s = self.scenario
        if s.optimizer is not None and s.optimizer.kind != "genetic":
            return "search"
        if s.engine != "auto":
            return str(s.engine)
        if self.no_classes:
            return "numba"
        # Measured: a generation of C classes takes about as long as one of 20 C + C^2 / 4 individuals.
        count = self.world.class_count(self.knobs)  # type: ignore[misc]
        return "classes" if s.population.size > 20 * count + count * count / 4 else "numba"

    @property
    def partitioned(self) -> bool:
        """Whether change is partitioned into expected selection, drift and transmission (see docs/measures.md)."""
        return self.engine != "search" and self.scenario.selection.scheme not in DEAP_SCHEMES

    @property
    def shifted(self) -> bool:
        """Whether deployment differs from training, at its end or before."""
        return self.deployment != self.changed or self.changed != self.knobs

    @cached_property
    def theory(self) -> Any:
        """What the world's closed form predicts of evolution, or None."""
        if self.world.theory is None or self.engine == "search":
            return None
        population = self.scenario.population.model_dump() | {"scheme": self.scenario.selection.scheme}
        return self.world.theory(self.knobs, population)

    def value_of(self, key: str) -> Any:
        """The resolved value of a knob by name, or of a field by dotted path."""
        place = self._place(key)
        if place[0] in ("knobs", "deployment"):
            return (self.knobs if place[0] == "knobs" else self.deployment)[place[1]]
        node: Any = self.scenario
        for part in place:
            node = getattr(node, part)
            if node is None and part == "optimizer":
                node = Optimizer()
        return node

    # --- changing and expanding

    def _place(self, key: str) -> tuple[str, ...]:
        """Where a bare knob name or dotted path stands in the data."""
        names = [knob.name for knob in self.world.knobs]
        path = tuple(key.split("."))
        if len(path) == 1 and key in names:
            return ("knobs", key)
        if len(path) == 1 and key in Scenario.model_fields and key not in _TABLES:
            return path
        if len(path) == 2 and path[0] in ("knobs", "deployment") and path[1] in names:
            return path
        tables: tuple[str, ...] = ("population", "selection", "variation", "property", "batch", "optimizer", "change")
        tables = tables if self.scenario.change else tables[:-1]
        if path == ("change", "knobs"):
            raise ScenarioError(f"{self.origin}: {key}: is a table and cannot be set; edit the scenario file")
        if len(path) == 2 and path[0] in tables and path[1] in fields_at(path[:1]):
            return path
        fields = [f"{table}.{name}" for table in tables for name in fields_at((table,))]
        near = difflib.get_close_matches(key, names + fields, 1, 0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"knobs of '{self.world.name}': {', '.join(names)}"
        raise ScenarioError(f"{self.origin}: {key}: there is no such knob or field; {hint}")

    def set(self, changes: Mapping[str, Any] | None = None, /, **knobs: Any) -> "Spec":
        """A copy with some fields changed: knobs by name, every field by dotted path."""
        data = json.loads(json.dumps(self.data))
        merged = {**(changes or {}), **knobs}
        if "selection.scheme" in merged and merged["selection.scheme"] != self.scenario.selection.scheme:
            data.get("selection", {}).pop("parameter", None)  # another scheme's parameter means nothing here
        for key, value in merged.items():
            if value is None:
                continue
            place = self._place(key)
            node = data
            for part in place[:-1]:
                node = node.setdefault(part, {})
            node[place[-1]] = value
            # A fixed value replaces a sweep over the same field.
            for axis in list(data.get("sweep", {})):
                if self._place(axis) == place:
                    del data["sweep"][axis]
        return Spec(data, self.origin, self.folder)

    def over(self, axes: Mapping[str, Any]) -> "Spec":
        """A copy that sweeps these axes instead of its own."""
        return Spec(self.data | {"sweep": dict(axes)}, self.origin, self.folder)

    def axis(self, key: str) -> list[Any]:
        """The values of one axis of the sweep."""
        place = self._place(key)
        values = self.scenario.sweep[key]
        if place[0] in ("batch", "name", "claim", "source"):
            raise self._wrong(
                f"sweep.{key}", values, "cannot be swept; sweep knobs, population, selection or variation"
            )
        if isinstance(values, str):
            values = self._range(key, values, place)
        if not values:
            raise self._wrong(f"sweep.{key}", values, "must have at least one value")
        if len({_show(value) for value in values}) < len(values):
            raise self._wrong(f"sweep.{key}", values, "has the same value twice")
        return values

    def _range(self, key: str, text: str, place: tuple[str, ...]) -> list[Any]:
        parts = text.split(":")
        try:
            start, stop, count = float(parts[0]), float(parts[1]), int(parts[2])
            log = parts[3:] == ["log"]
            if (parts[3:] and not log) or count < 1 or (log and min(start, stop) <= 0):
                raise ValueError
        except (ValueError, IndexError):
            why = "must be values V1,V2,... or START:STOP:COUNT[:log] with a COUNT of 1 or more (positive ends for log)"
            raise self._wrong(f"sweep.{key}", text, why) from None
        step = [i / (count - 1) if count > 1 else 0.0 for i in range(count)]
        values = [start * (stop / start) ** f if log else start + (stop - start) * f for f in step]
        whole = self._whole(place)
        return list(dict.fromkeys(round(v) for v in values)) if whole else [float(f"{v:.12g}") for v in values]

    def _whole(self, place: tuple[str, ...]) -> bool:
        """Whether the field there takes whole numbers only."""
        if place[0] in ("knobs", "deployment"):
            return self.world.knob(place[1]).integer
        counts = ("size", "generations", "demes", "carriers", "elites", "at")
        known = SCHEMES.get(self.scenario.selection.scheme)
        return place[-1] in counts or (place[-1] == "parameter" and known is not None and known[4])

    def sampled(self, ranges: Mapping[str, str], points: int | None = None, design: str | None = None) -> "Spec":
        """A copy that samples these ranges instead of its own."""
        given = {"points": points, "design": design}
        return Spec(
            self.data | {"sample": {k: v for k, v in given.items() if v is not None} | {"ranges": dict(ranges)}},
            self.origin,
            self.folder,
        )

    def _limits(self, key: str) -> tuple[float, float, bool, bool]:
        """Low, high, whether on a log scale, and whether whole numbers, of one range of the sample."""
        assert self.scenario.sample is not None
        place, text = self._place(key), self.scenario.sample.ranges[key]
        name = f"sample.ranges.{key}"
        if place[0] in ("batch", "name", "claim", "source", "world", "engine") or place[-1] in (
            "trait",
            "scheme",
            "kind",
            "objectives",
        ):
            raise self._wrong(name, text, "cannot be sampled; sample numbers of knobs, population or selection")
        if any(self._place(axis) == place for axis in self.scenario.sweep):
            raise self._wrong(name, text, "is swept too; a field is swept or sampled")
        parts = text.split(":")
        try:
            low, high, log = float(parts[0]), float(parts[1]), parts[2:] == ["log"]
            good = low < high and math.isfinite(low) and math.isfinite(high) and (not parts[2:] or (log and low > 0))
        except (ValueError, IndexError):
            good = False
        if not good:
            raise self._wrong(name, text, "must be LOW:HIGH or LOW:HIGH:log with LOW below HIGH, and above 0 for log")
        whole = self._whole(place)
        for value in (low, high):  # the ends must be allowed, and so is what lies between
            Spec({k: v for k, v in self.data.items() if k != "sample"}, self.origin, self.folder).set(
                {key: int(value) if whole else value}
            )
        return low, high, log, whole

    def _points(self) -> list[dict[str, Any]]:
        """The sampled points. More points keep those that fewer have."""
        sample = self.scenario.sample
        if sample is None:
            return [{}]
        limits = {key: self._limits(key) for key in sample.ranges}
        seed = self.scenario.batch.seed
        if sample.design == "sobol":
            from scipy.stats import qmc

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that 100 points are less balanced than 128 is no reason to warn
                unit = qmc.Sobol(len(limits), rng=np.random.default_rng(seed)).random(sample.points)
        else:
            unit = np.random.default_rng(seed).random((sample.points, len(limits)))
        points: dict[str, dict[str, Any]] = {}
        for row in unit.tolist():
            point = {key: _scaled(u, *limits[key]) for u, key in zip(row, limits, strict=True)}
            points.setdefault(json.dumps(point), point)  # whole numbers may give a point twice
        return list(points.values())

    @property
    def keys(self) -> list[str]:
        """The fields that cells set: swept, then sampled."""
        s = self.scenario
        return [*s.sweep, *(s.sample.ranges if s.sample else ())]

    def cells(self) -> Iterator[Cell]:
        """Every combination of the sweep's values, in order, with every sampled point; one cell without either."""
        axes = {key: self.axis(key) for key in self.scenario.sweep}
        base = Spec({k: v for k, v in self.data.items() if k not in ("sweep", "sample")}, self.origin, self.folder)
        sampled = self._points()
        for values in itertools.product(*axes.values()):
            for extra in sampled:
                point = dict(zip(axes, values, strict=True)) | extra
                yield Cell(point, base.set(point))

    # --- identity

    def _evolving(self) -> dict[str, Any]:
        """What decides how a replicate evolves, apart from seed and number."""
        s = self.scenario
        world = s.world
        if world.endswith(".py"):
            source = ((self.folder or Path()) / world).resolve().read_bytes()
            world = "sha256:" + hashlib.sha256(source).hexdigest()
        return {
            "revision": REVISION,
            "world": world,
            "knobs": self.knobs,
            "population": s.population.model_dump(exclude=None if s.population.budding else {"budding"}),
            "selection": {
                **s.selection.model_dump(exclude=None if s.selection.objectives else {"objectives"}),
                "parameter": self.parameter,
            },
            "variation": s.variation.model_dump(),
            **({"engine": self.engine} if self.engine != "numba" else {}),
            **({"optimizer": s.optimizer.model_dump()} if s.optimizer and self.engine == "search" else {}),
            **({"change": {"at": s.change.at, "knobs": self.changed}} if s.change else {}),
        }

    @cached_property
    def stream_hash(self) -> str:
        """Canonical hash of a cell; with seed and replicate number it fixes the random streams."""
        return hashlib.sha256(json.dumps(self._evolving(), sort_keys=True).encode()).hexdigest()

    @cached_property
    def batch_hash(self) -> str:
        """Hash of everything that decides the records, but for the number of replicates."""
        s = self.scenario
        whole = {
            "evolving": self._evolving(),
            "property": s.property.model_dump(),
            "deployment": self.deployment,
            "seed": s.batch.seed,
            "records": s.batch.records,
            "sweep": {key: self.axis(key) for key in sorted(s.sweep)},
            **({"sample": s.sample.model_dump(exclude={"points"})} if s.sample else {}),
            **({"engine": s.engine} if s.engine != "numba" else {}),
            **({"optimizer": s.optimizer.model_dump()} if s.optimizer else {}),
        }
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _scaled(u: float, low: float, high: float, log: bool, whole: bool) -> int | float:
    """A number of [0, 1) stretched over a range."""
    if whole:  # each whole number has as much of the interval, on either scale
        low, high = math.ceil(low), math.floor(high) + 1
    value = low * (high / low) ** u if log else low + (high - low) * u
    return math.floor(value) if whole else float(f"{value:.12g}")


def scenario_folders() -> list[Path]:
    """Where scenario names are looked up: ./scenarios, the checkout's, the installed ones."""
    here = Path(__file__).resolve().parent
    folders = [Path("scenarios"), here.parent / "scenarios", here / "library"]
    seen: dict[Path, Path] = {folder.resolve(): folder for folder in reversed(folders) if folder.is_dir()}
    return list(reversed(seen.values()))


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def find_scenario(name: str) -> Path:
    """The file of a scenario given by name or path.

    Raises
    ------
    ScenarioError : there is none, with the nearest name
    """
    path = Path(name)
    if path.suffix == ".toml" or is_file(path):
        if is_file(path):
            return path
        raise ScenarioError(f"{name}: there is no such scenario file")
    known = {file.stem: file for folder in reversed(scenario_folders()) for file in sorted(folder.glob("*.toml"))}
    if name in known:
        return known[name]
    raise ScenarioError(f"{name}: there is no such scenario; {closest(name, sorted(known))}")


def load(name: str | Path) -> Spec:
    """Read and validate a scenario by name or path.

    Raises
    ------
    ScenarioError : it cannot be found, read or used
    """
    path = find_scenario(str(name))
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ScenarioError(f"{path}: cannot be read as TOML: {error}") from None
    return Spec(data, str(path), path.parent)
