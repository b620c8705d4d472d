"""A scenario together with its world: the values that it stands for."""

from functools import cached_property
from pathlib import Path
from typing import Any

from evo.errors import ScenarioError
from evo.kernels.operators import ALL_SCHEMES, DEAP_SCHEMES
from evo.scenario.fields import MOST_CLASSES, Optimizer, Scenario, fields_at
from evo.scenario.values import Kind, axis_form, kind_at
from evo.wording import nearest, short, wrong
from evo.worlds.world import World

_TABLES = ("optimizer", "sweep", "knobs", "deployment", "page", "change", "sample", "tuning")


class Resolved:
    """A validated scenario and its world. origin: what it was read from; folder: where relative paths start.

    `arm` says what one thing is changed in the replicates of a batch that are evolved again: nothing, as it is.
    """

    arm = "none"

    def __init__(self, scenario: Scenario, world: World, origin: str, folder: Path | None):
        self.scenario, self.world, self.origin, self.folder = scenario, world, origin, folder

    def wrong(self, key: str, value: Any, why: str) -> ScenarioError:
        """What is wrong with the value of a key of this scenario, in one sentence."""
        return wrong(self.origin, key, value, why)

    @cached_property
    def parameter(self) -> float:
        """The scheme's parameter, 0 where it has none."""
        known = ALL_SCHEMES[self.scenario.selection.scheme].parameter
        given = self.scenario.selection.parameter
        return float(given if given is not None else known.default if known else 0.0)

    @cached_property
    def knobs(self) -> dict[str, float]:
        """Every knob in training, as it begins."""
        return {knob.name: float(self.scenario.knobs.get(knob.name, knob.default)) for knob in self.world.knobs}

    @cached_property
    def changed(self) -> dict[str, float]:
        """Every knob in training, as it ends."""
        change = self.scenario.change
        return self.knobs | {name: float(value) for name, value in (change.knobs if change else {}).items()}

    @property
    def training_environments(self) -> list[dict[str, float]]:
        """Every knob in training, as it begins and, where it changes, as it ends."""
        return [self.knobs, self.changed] if self.scenario.change else [self.knobs]

    @cached_property
    def deployment(self) -> dict[str, float]:
        """Every knob in deployment."""
        return self.changed | {name: float(value) for name, value in self.scenario.deployment.items()}

    @cached_property
    def arms(self) -> dict[str, dict[str, float]]:
        """Knobs of training that each arm of environment changes, by its name; empty where the world makes none."""
        return self.world.arms_of(self.knobs)

    @property
    def environments(self) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """Every knob in training as it begins, as it ends, and in deployment, in the arm that this is in."""
        changed = self.arms.get(self.arm, {})
        return self.knobs | changed, self.changed | changed, self.deployment

    @property
    def split_transmission(self) -> bool:
        """Whether what transmission is made of is told; never in an arm, of which nobody asks it."""
        return self.scenario.batch.split_transmission and self.arm == "none"

    @property
    def asked(self) -> bool:
        """Whether the property is a probe, known at recorded generations only."""
        return self.world.probed(self.scenario.property.trait) is not None

    @property
    def lived(self) -> str | None:
        """The property where it is a trait, which the books are told of; None where it is a probe."""
        return None if self.asked else self.scenario.property.trait

    @cached_property
    def no_classes(self) -> str:
        """Why class counts cannot be evolved instead of individuals; empty where they can."""
        s = self.scenario
        if self.world.classes is None or self.world.class_count is None:
            return f"world '{self.world.name}' declares no genotype classes"
        counted = [name for name, scheme in ALL_SCHEMES.items() if "classes" in scheme.engines]
        reasons = (
            (f"world '{self.world.name}' has probes, which individuals are asked", bool(self.world.probes)),
            (f"selection.scheme must be {' or '.join(counted)}", s.selection.scheme not in counted),
            ("selection.elites must be 0", s.selection.elites > 0),
            ("variation.parents must be 1", s.variation.parents != 1),
            ("population.demes must be 1", s.population.demes != 1),
            ("population.group_size must be 0", s.population.group_size > 0),
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

    @property
    def at_stake(self) -> bool:
        """Whether the shift could take the property away: not where a probe sets by itself all that shifts."""
        here, changed, there = self.knobs, self.changed, self.deployment
        shifting = {name for name in here if not here[name] == changed[name] == there[name]}
        return bool(shifting) and not (self.asked and shifting <= set(self.world.probe_sets))

    @cached_property
    def theory(self) -> Any:
        """What the world's closed form predicts of evolution, or None."""
        if self.world.theory is None or self.engine == "search":
            return None
        population = self.scenario.population.model_dump() | {"scheme": self.scenario.selection.scheme}
        return self.world.theory(self.knobs, population)

    @property
    def keys(self) -> list[str]:
        """The fields that cells set: swept, then sampled."""
        s = self.scenario
        return [*s.sweep, *(s.sample.ranges if s.sample else ())]

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
        if why := self._unset(path):
            raise ScenarioError(short(f"{short(self.origin, 300)}: {short(key)}: cannot be set: {why}", 900))
        near = nearest(key, names + fields)
        hint = f"did you mean '{near}'?" if near else f"knobs of '{self.world.name}': {', '.join(names)}"
        raise ScenarioError(
            short(f"{short(self.origin, 300)}: {short(key)}: there is no such knob or field; {hint}", 900)
        )

    def _unset(self, path: tuple[str, ...]) -> str:
        """Why a field that a file may have cannot be set; empty where there is no such field."""
        table, rest = path[0], path[1:]
        if table not in _TABLES:
            return ""
        if not rest:
            return "it is a table; edit the scenario file"
        if table in ("knobs", "deployment", "sweep"):
            return "" if table != "sweep" else "axes are given with --over, or `over`"
        if rest[0] not in fields_at((table,)):
            return ""
        ways = {"sample": "ranges are given with --sample, --points and --design, or `sampled`",
                "change": "the scenario has no [change]; write that table into its file, with `at` and `knobs`",
                "tuning": "`evo tune` tells what to write there; edit the scenario file",
                "page": "it is of a claim's page; edit the scenario file"}  # fmt: skip
        return ways.get(table, "")

    def name_of(self, place: tuple[str, ...]) -> str:
        """The one name of a field: a knob's bare name, else the dotted path."""
        return place[1] if place[0] == "knobs" else ".".join(place)

    def kind_at(self, place: tuple[str, ...]) -> Kind | None:
        """What the field there holds; a selection parameter is a whole number where all schemes here take one."""
        if place[0] in ("knobs", "deployment"):
            return Kind.WHOLE if self.world.knob(place[1]).integer else Kind.NUMBER
        if place == ("selection", "parameter"):
            try:
                schemes = axis_form(self.scenario.sweep["selection.scheme"], Kind.TEXT)
            except (KeyError, ValueError):  # none is swept, or by what is refused anyway
                schemes = [self.scenario.selection.scheme]
            known = [ALL_SCHEMES[name].parameter if name in ALL_SCHEMES else None for name in schemes]
            return Kind.WHOLE if all(parameter and parameter.whole for parameter in known) else Kind.NUMBER
        return kind_at(place)

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
