"""A stored scenario, to read its records with: without its world's code, and whatever has changed since."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evo.scenario.identity import arm_hash
from evo.scenario.resolved import Resolved
from evo.scenario.spec import Cell, Spec
from evo.worlds.world import Theory, World


@dataclass(frozen=True)
class KeptCell(Cell):
    """A cell whose key is the one that it was stored by."""

    key: str = ""


def _number(value: float | None) -> float | str | None:
    """As JSON has it: what is not finite as text."""
    return value if value is None or abs(value) < float("inf") else str(value)


def entry_of(cell: Cell) -> dict[str, Any]:
    """What reading a cell's records needs and only code can tell: what it sets, its key, engine and theory, as JSON."""
    entry: dict[str, Any] = {"set": cell.set, "key": cell.key, "engine": cell.spec.engine}
    if arms := cell.spec.arms:
        entry["arms"] = arms
    if (theory := cell.spec.theory) is not None:
        data = asdict(theory)
        rates = {name: _number(value) for name, value in data["rates"].items()}
        entry["theory"] = data | {"realized": _number(data["realized"]), "rates": rates}
    return entry


def _theory(data: Mapping[str, Any] | None) -> Theory | None:
    if data is None:
        return None
    realized = None if data["realized"] is None else float(data["realized"])
    rates = {name: float(value) for name, value in data["rates"].items()}
    return Theory(realized, data["holds"], data["regime"], rates)


@dataclass(frozen=True)
class Stored:
    """What is stored of a batch beside its scenario.

    entries : of its cells, as from `entry_of`
    batch : hash of the batch
    engine : of the scenario as a whole
    axes : values of the sweep's axes, where the scenario does not list them
    """

    entries: list[dict[str, Any]] = field(default_factory=list)
    batch: str = ""
    engine: str = "numba"
    axes: Mapping[str, list[Any]] = field(default_factory=dict)


class Kept(Spec):
    """A stored scenario. What its world's code would tell is as it was stored; what needs the code itself loads it.

    Parameters
    ----------
    data, origin, folder : as of a Spec; checked against today's fields, and not against any world
    world : made from its declaration
    stored : what is stored beside the scenario
    """

    def __init__(self, data: Mapping[str, Any], origin: str, folder: Path, world: World, stored: Stored):
        self.data = dict(data)
        scenario = self._validated(origin)
        Resolved.__init__(self, scenario, world, origin, folder)
        self.engine, self.theory, self.arms, self._stored = stored.engine, None, {}, stored

    def live(self) -> Spec:
        """The same with the code of its world, if it may be run.

        Raises
        ------
        ScenarioError : nobody has trusted it, it is not there, or does not go with the scenario any more
        """
        return Spec(self.data, self.origin, self.folder).in_arm(self.arm)

    def _like(self, data: Mapping[str, Any]) -> Spec:
        return self.live()._like(data)

    @property
    def cell_keys(self) -> frozenset[str]:
        """Keys of all cells."""
        return frozenset(entry["key"] for entry in self._stored.entries)

    def axis(self, key: str) -> list[Any]:
        """The values of one axis of the sweep."""
        return self._stored.axes[key] if key in self._stored.axes else super().axis(key)

    def cells(self) -> Iterator[Cell]:
        """The cells as they were stored, in order."""
        assert self.folder is not None
        data = {key: value for key, value in self.data.items() if key not in ("sweep", "sample")}
        base = Kept(data, self.origin, self.folder, self.world, Stored())
        for entry in self._stored.entries:
            own = Stored(engine=entry["engine"])
            spec = Kept(base._changed(entry["set"]), self.origin, self.folder, self.world, own)
            spec.theory, spec.arms = _theory(entry.get("theory")), entry.get("arms", {})
            yield KeptCell(dict(entry["set"]), spec, entry["key"])

    @property
    def stream_hash(self) -> str:  # type: ignore[override]
        """Canonical hash of a cell; only code can tell it."""
        return self.live().stream_hash

    @property
    def batch_hash(self) -> str:  # type: ignore[override]
        """The hash that the batch was stored by."""
        return arm_hash(self._stored.batch, self.arm) if self._stored.batch else self.live().batch_hash
