"""The declarative specification: validated, overridden, expanded into cells."""

import html
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evo.errors import WorldError
from evo.scenario import identity, sweep
from evo.scenario.checks import check, explain
from evo.scenario.fields import Scenario
from evo.scenario.plain import plain
from evo.scenario.resolved import Resolved
from evo.wording import wrong
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
        self.data = plain(data)
        try:
            if isinstance(given := self.data.get("world"), World):
                self.data["world"], world = named(given)
        except WorldError as error:
            raise wrong(origin, "world", given.name, str(error)) from None
        try:
            scenario = Scenario.model_validate(self.data)
        except ValidationError as error:
            raise explain(error, self.data, origin) from None
        try:
            world = world or load_world(scenario.world, folder)
        except WorldError as error:
            raise wrong(origin, "world", scenario.world, str(error)) from None
        super().__init__(scenario, world, origin, folder)
        check(self)
        self._try_ends_of_ranges()

    def _try_ends_of_ranges(self) -> None:
        """Raise where an end of a sampled range is not allowed; then what lies between is."""
        sample = self.scenario.sample
        for key in sample.ranges if sample else ():
            limits = sweep.limits(self, key)
            for value in limits.ends:
                self.without("sample").set({key: value})

    def __repr__(self) -> str:
        s = self.scenario
        swept = " x ".join(f"{len(self.axis(key))} {key}" for key in s.sweep)
        swept += (" x " if swept else "") + f"{s.sample.points} sampled points" if s.sample else ""
        size = f"{s.population.size} individuals, {s.population.generations} generations"
        over = f", over {swept}" if swept else ""
        return f"Scenario('{s.name}': world {self.world.name}, {size}, {s.batch.replicates} replicates a cell{over})"

    def _repr_html_(self) -> str:
        s = self.scenario
        return f"<b>{html.escape(s.name)}</b>: {html.escape(s.claim)}<br>{html.escape(repr(self))}"

    # --- changing

    def _like(self, data: Mapping[str, Any]) -> "Spec":
        """A specification of other data, of the same world unless that names another."""
        same = data.get("world") == self.data.get("world")
        return Spec(data, self.origin, self.folder, self.world if same else None)

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
        return self._like(data)

    def over(self, axes: Mapping[str, Any] | None = None, /, **knobs: Any) -> "Spec":
        """A copy that sweeps these axes instead of its own: knobs by name, every field by dotted path."""
        return self._like(self.data | {"sweep": {**(axes or {}), **knobs}})

    def without(self, *tables: str) -> "Spec":
        """A copy that leaves these tables out."""
        return self._like({key: value for key, value in self.data.items() if key not in tables})

    def sampled(self, ranges: Mapping[str, str], points: int | None = None, design: str | None = None) -> "Spec":
        """A copy that samples these ranges instead of its own."""
        given = {"points": points, "design": design}
        sample = {key: value for key, value in given.items() if value is not None} | {"ranges": dict(ranges)}
        return self._like(self.data | {"sample": sample})

    # --- expanding

    def axis(self, key: str) -> list[Any]:
        """The values of one axis of the sweep."""
        return sweep.axis(self, key)

    def cells(self) -> Iterator[Cell]:
        """Every combination of the sweep's values, in order, with every sampled point; one cell without either."""
        axes = {key: self.axis(key) for key in self.scenario.sweep}
        base, sampled = self.without("sweep", "sample"), sweep.points_of(self)
        for values in itertools.product(*axes.values()):
            for extra in sampled:
                point = dict(zip(axes, values, strict=True)) | extra
                yield Cell(point, base.set(point))

    # --- identity

    @cached_property
    def stream_hash(self) -> str:
        """Canonical hash of a cell; with seed and replicate number it fixes the random streams."""
        return identity.stream_hash(self)

    @cached_property
    def batch_hash(self) -> str:
        """Hash of everything that decides the records, but for the number of replicates."""
        return identity.batch_hash(self)
