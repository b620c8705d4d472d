"""The declarative spec: read, validate, override, expand into cells, canonical form and hash."""

import difflib
import hashlib
import itertools
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evo import sweep
from evo.checks import check, explain
from evo.errors import ScenarioError, WorldError
from evo.fields import DEAP_SCHEMES, MOST_CLASSES, SCHEMES, Optimizer, Scenario, fields_at
from evo.places import is_file, scenario_files
from evo.wording import closest, wrong
from evo.worlds import load_world

# Raised whenever the same scenario and seed would give other records than before; part of every stream and folder.
REVISION = 3

_TABLES = ("optimizer", "sweep", "knobs", "deployment", "page", "change", "sample")


@dataclass(frozen=True)
class Cell:
    """One point of the sweep: what it sets, and the full specification it stands for."""

    set: dict[str, Any]
    spec: "Spec"

    @cached_property
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
            raise explain(error, self.data, self.origin) from None
        try:
            self.world = load_world(self.scenario.world, folder)
        except WorldError as error:
            raise self.wrong("world", self.scenario.world, str(error)) from None
        check(self)

    def wrong(self, key: str, value: Any, why: str) -> ScenarioError:
        """What is wrong with the value of a key of this scenario, in one sentence."""
        return wrong(self.origin, key, value, why)

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
        place = self.place(key)
        if place[0] in ("knobs", "deployment"):
            return (self.knobs if place[0] == "knobs" else self.deployment)[place[1]]
        node: Any = self.scenario
        for part in place:
            node = getattr(node, part)
            if node is None and part == "optimizer":
                node = Optimizer()
        return node

    # --- changing and expanding

    def place(self, key: str) -> tuple[str, ...]:
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
            place = self.place(key)
            node = data
            for part in place[:-1]:
                node = node.setdefault(part, {})
            node[place[-1]] = value
            # A fixed value replaces a sweep over the same field.
            for axis in list(data.get("sweep", {})):
                if self.place(axis) == place:
                    del data["sweep"][axis]
        return Spec(data, self.origin, self.folder)

    def over(self, axes: Mapping[str, Any]) -> "Spec":
        """A copy that sweeps these axes instead of its own."""
        return Spec(self.data | {"sweep": dict(axes)}, self.origin, self.folder)

    def without(self, *tables: str) -> "Spec":
        """A copy that leaves these tables out."""
        return Spec({key: value for key, value in self.data.items() if key not in tables}, self.origin, self.folder)

    def axis(self, key: str) -> list[Any]:
        """The values of one axis of the sweep."""
        return sweep.axis(self, key)

    def sampled(self, ranges: Mapping[str, str], points: int | None = None, design: str | None = None) -> "Spec":
        """A copy that samples these ranges instead of its own."""
        given = {"points": points, "design": design}
        return Spec(
            self.data | {"sample": {k: v for k, v in given.items() if v is not None} | {"ranges": dict(ranges)}},
            self.origin,
            self.folder,
        )

    @property
    def keys(self) -> list[str]:
        """The fields that cells set: swept, then sampled."""
        s = self.scenario
        return [*s.sweep, *(s.sample.ranges if s.sample else ())]

    def cells(self) -> Iterator[Cell]:
        """Every combination of the sweep's values, in order, with every sampled point; one cell without either."""
        axes = {key: self.axis(key) for key in self.scenario.sweep}
        base, sampled = self.without("sweep", "sample"), sweep.points_of(self)
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
    known = scenario_files()
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
