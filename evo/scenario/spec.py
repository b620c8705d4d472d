"""The declarative specification: validated, overridden, expanded into cells."""

import copy
import html
import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from evo.errors import ScenarioError, WorldError
from evo.scenario import identity, sweep
from evo.scenario.checks import check, explain
from evo.scenario.fields import Scenario
from evo.scenario.resolved import Resolved
from evo.scenario.tuning import tuned, untuned
from evo.scenario.values import tables
from evo.wording import LONGEST, counted, short, show, wrong
from evo.worlds.inline import named
from evo.worlds.load import load_world
from evo.worlds.world import World


@dataclass(frozen=True)
class Cell:
    """One point of the sweep: what it sets, and the full specification it stands for."""

    set: dict[str, Any]
    spec: "Spec"

    @cached_property
    def key(self) -> str:
        """16 hex digits that name the cell in records and file names."""
        return identity.cell_key(self.spec, self.spec.stream_hash, list(self.set))


class Spec(Resolved):
    """A validated scenario with its world.

    Parameters
    ----------
    data : as in a scenario file
        its world may be a `World` that a program made itself
    world : the world where it is known already; a path's file is then not run again

    Raises
    ------
    ScenarioError : anything that is wrong with the data, in one sentence
    """

    def __init__(
        self,
        data: Mapping[str, Any],
        origin: str = "scenario",
        folder: Path | None = None,
        world: World | None = None,
    ):
        data = dict(data)
        if isinstance(given := data.get("world"), World):
            try:
                data["world"], world = named(given)
            except WorldError as error:
                raise wrong(origin, "world", given.name, str(error)) from None
        self.data = tables(data, origin)
        scenario = self._validated(origin)
        try:
            world = world or load_world(scenario.world, folder)
        except WorldError as error:
            raise wrong(origin, "world", scenario.world, str(error)) from None
        super().__init__(scenario, world, origin, folder)
        self.data = sweep.settled(self, self.data)
        if not {"sweep", "sample", "page", "tuning"}.isdisjoint(self.data):
            self.scenario = self._validated(origin)
        check(self)
        sweep.check_count(self)
        self._try_ends_of_ranges()

    def _validated(self, origin: str) -> Scenario:
        """The fields of the data, and those that the optimizer was tuned to."""
        data = self.data
        try:
            scenario = Scenario.model_validate(data)
            if scenario.tuning is None:
                return scenario
            return Scenario.model_validate(data := tuned(data))
        except ValidationError as error:
            raise explain(error, data, origin) from None

    def _try_ends_of_ranges(self) -> None:
        """Raise where an end of a sampled range is not allowed; then what lies between is."""
        sample = self.scenario.sample
        for key in sample.ranges if sample else ():
            limits = sweep.limits(self, key)
            for value in limits.ends:
                self._at("sample", self.without("sample"), {key: value})

    def __eq__(self, other: object) -> bool:
        """Whether the other says the same, of the same world, in the same arm; wherever it was read from."""
        if not isinstance(other, Spec):
            return NotImplemented
        mine, others = ((one.data, one.arm, one.world.name, one.world.source) for one in (self, other))
        return mine == others

    def __hash__(self) -> int:
        return hash(self.batch_hash)

    def __repr__(self) -> str:
        s = self.scenario
        swept = " x ".join(f"{len(self.axis(key))} {key}" for key in s.sweep)
        swept += (" x " if swept else "") + f"{s.sample.points} sampled points" if s.sample else ""
        size = f"{counted(s.population.size, 'individual')}, {counted(s.population.generations, 'generation')}"
        over = f", over {swept}" if swept else ""
        size += f", {counted(s.batch.replicates, 'replicate')} a cell"
        return f"Scenario('{s.name}': world {self.world.name}, {size}{over})"

    def _repr_html_(self) -> str:
        s = self.scenario
        return f"<b>{html.escape(s.name)}</b>: {html.escape(s.claim)}<br>{html.escape(repr(self))}"

    # --- changing

    def _like(self, data: Mapping[str, Any]) -> "Spec":
        """A specification of other data, of the same world unless that names another."""
        name = data.get("world")  # or what is no name, which is refused
        same = isinstance(name, str) and name == self.data.get("world")
        return Spec(data, self.origin, self.folder, self.world if same else None).in_arm(self.arm)

    def in_arm(self, arm: str) -> Self:
        """The same in an arm, one of `evo.kernels.plan.ARM`: evolved from the same streams with one thing changed."""
        if arm == self.arm:
            return self
        other = copy.copy(self)
        other.arm = arm
        other.__dict__.pop("batch_hash", None)
        return other

    def set(self, changes: Mapping[str, Any] | None = None, /, **knobs: Any) -> "Spec":
        """A copy with some fields changed: knobs by name, every field by dotted path.

        Values may be written as in a file, on the command line or by NumPy; None changes nothing.

        Raises
        ------
        ScenarioError : there is no such field, it is named twice, or cannot have that value
        """
        return self._like(self._changed(self._once(changes, knobs)))

    def _changed(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """The data with some fields changed, by their names."""
        data = dict(self.data)
        given = {key: value for key, value in changes.items() if value is not None}
        scheme = given.get("selection.scheme")
        if isinstance(scheme, str) and scheme != self.scenario.selection.scheme:
            data["selection"] = dict(data.get("selection", {}))
            data["selection"].pop("parameter", None)  # another scheme's parameter means nothing here
        for key, value in given.items():
            place = self.place(key)
            node = data
            for part in place[:-1]:
                node[part] = dict(node.get(part, {}))
                node = node[part]
            node[place[-1]] = value
        # A fixed value replaces what an optimizer was tuned to, a sweep over the same field, or a range of it.
        if "tuning" in data:
            of_scheme = ["selection.parameter"] if "selection.scheme" in given else []
            data["tuning"] = untuned(data["tuning"], [*given, *of_scheme])
        if "sweep" in data:
            data["sweep"] = {key: axis for key, axis in data["sweep"].items() if key not in given}
        if "sample" in data:
            ranges = {key: limits for key, limits in data["sample"]["ranges"].items() if key not in given}
            data["sample"] = data["sample"] | {"ranges": ranges}
            if not ranges:
                del data["sample"]
        return data

    def live(self) -> "Spec":
        """This specification with the code of its world, to evolve it: itself, unless it was only read."""
        return self

    def _once(self, *given: Mapping[str, Any] | None) -> dict[str, Any]:
        """All these together, by the one name of each field."""
        found: dict[str, Any] = {}
        for some in given:
            if some is not None and not isinstance(some, Mapping):
                raise ScenarioError(f"{self.origin}: {show(some)}: must be a dict of fields and their values")
        for key, value in ((str(key), value) for some in given for key, value in (some or {}).items()):
            name = self.name_of(self.place(key))
            if name in found:
                raise ScenarioError(f"{self.origin}: '{name}' is given twice; name each field once")
            found[name] = value
        return found

    def over(self, axes: Mapping[str, Any] | None = None, /, **knobs: Any) -> "Spec":
        """A copy that sweeps these axes instead of its own: knobs by name, every field by dotted path.

        An axis is a list, an array, a range or a single value; or text as on the command line, V1,V2,... or
        START:STOP:COUNT[:log].

        Raises
        ------
        ScenarioError : there is no such field, it is named twice, or cannot have such values
        """
        return self._like(self.data | {"sweep": self._once(axes, knobs)})

    def without(self, *tables: str) -> "Spec":
        """A copy that leaves these tables out."""
        return self._like({key: value for key, value in self.data.items() if key not in tables})

    def sampled(self, ranges: Mapping[str, Any], points: int | None = None, design: str | None = None) -> "Spec":
        """A copy that samples these ranges instead of its own: LOW:HIGH[:log], or tuples of these."""
        given = {"points": points, "design": design}
        sample = {key: value for key, value in given.items() if value is not None} | {"ranges": self._once(ranges)}
        return self._like(self.data | {"sample": sample})

    # --- expanding

    def axis(self, key: str) -> list[Any]:
        """The values of one axis of the sweep."""
        return sweep.axis(self, key)

    @cached_property
    def count(self) -> int:
        """How many cells there are, at most: sampled whole numbers may give a point twice. Makes none of them."""
        points = self.scenario.sample.points if self.scenario.sample else 1
        return math.prod(len(self.axis(key)) for key in self.scenario.sweep) * points

    def cells(self) -> Iterator[Cell]:
        """Every combination of the sweep's values, in order, with every sampled point; one cell without either.

        Raises
        ------
        ScenarioError : a cell cannot be, or is the same process as another, whose replicates would be its own
        """
        axes = {key: self.axis(key) for key in self.scenario.sweep}
        base, sampled = self.without("sweep", "sample"), sweep.points_of(self)
        seen: dict[str, dict[str, Any]] = {}
        for values in itertools.product(*axes.values()):
            for extra in sampled:
                point = dict(zip(axes, values, strict=True)) | extra
                cell = Cell(point, self._at("sweep", base, point))
                process = identity.process_key(cell.spec, list(point))
                if (other := seen.setdefault(process, point)) is not point:
                    raise self._same(other, point)
                yield cell

    def _at(self, table: str, base: "Spec", point: Mapping[str, Any]) -> "Spec":
        """`base` at one point of a sweep or sample. Raises what is wrong there with the point named."""
        try:
            return base.set(point)
        except ScenarioError as error:
            start = short(self.origin, 300)
            named = ", ".join(f"{short(key)} = {show(value)}" for key, value in point.items())
            where = f"{table}, at {named}" if named else table
            text = str(error).removeprefix(f"{start}: ")
            raise ScenarioError(short(f"{start}: {where}: {text}", LONGEST)) from None

    def _same(self, first: Mapping[str, Any], second: Mapping[str, Any]) -> ScenarioError:
        """Two cells that evolve and are measured alike."""
        differ = [key for key in first if first[key] != second[key]]
        one, two = (" and ".join(f"{key} = {show(point[key])}" for key in differ) for point in (first, second))
        return ScenarioError(
            short(
                f"{self.origin}: sweep: {two} is the same process as {one}, so it cannot be a cell of its own", LONGEST
            )
        )

    # --- identity

    @cached_property
    def stream_hash(self) -> str:
        """Canonical hash of a cell, which names it."""
        return identity.stream_hash(self)

    @property
    def streams(self) -> str:
        """What fixes the random streams, with seed and replicate number: the hash of the cell, or of another's luck."""
        return self.scenario.batch.streams or self.stream_hash

    @cached_property
    def batch_hash(self) -> str:
        """Hash of everything that decides the records, but for the number of replicates."""
        return identity.arm_hash(identity.batch_hash(self), self.arm)
