"""A population with hands on it: what is changed while it evolves, a log of that, and all of it as a scenario."""

import math
from dataclasses import dataclass
from typing import Any

import tomli_w

from evo.engines.carriers import carries
from evo.engines.stepping import ENGINE, Steps
from evo.errors import ScenarioError
from evo.kernels.genome import words_for
from evo.kernels.records import PLACE
from evo.places import memory
from evo.scenario.spec import Spec
from evo.watch.player import Turns
from evo.wording import knobs_text, one_line, show

_ROOM = 0.25  # of the machine's memory, for one population


@dataclass(frozen=True)
class Hand:
    """Something done by hand.

    Attributes
    ----------
    at : the first generation that lives with it
    says : what was done, in words
    knobs : of training from then on, by name, where the environment was changed; else None
    """

    at: int
    says: str
    knobs: dict[str, float] | None = None


def cell_of(spec: Spec) -> Spec:
    """The one cell that is watched: without a sweep, as the file says, or as a page's reference does.

    Raises
    ------
    ScenarioError : it cannot be watched
    """
    page = spec.scenario.page
    cell = spec.without("sweep", "sample", "page").set(page.reference if page else {})
    if cell.scenario.engine == "auto":
        cell = cell.set({"engine": ENGINE})
    if cell.engine != ENGINE:
        key, value = (
            ("optimizer.kind", cell.scenario.optimizer.kind) if cell.scenario.optimizer else ("engine", cell.engine)
        )
        raise cell.wrong(
            key, value, f"is not followed by individuals, which are what is watched; try --set engine={ENGINE}"
        )
    size = cell.scenario.population.size
    if size_of(cell) > (room := _ROOM * memory()):
        why = f"is more than can be watched on this machine; at most {int(room * size / size_of(cell))} individuals"
        raise cell.wrong("population.size", cell.scenario.population.size, why)
    return cell


def size_of(spec: Spec) -> float:
    """Bytes that one population takes, roughly, and rather too many."""
    layout, s = spec.world.layout(spec.knobs), spec.scenario
    words, reals = words_for(sum(block.count for block in layout.loci)), sum(block.count for block in layout.reals)
    traits, probes = len(spec.world.traits), len(spec.world.probes)
    each = 8 * (4 * (words + reals) + 6 * traits + probes + 16)
    records = 8 * s.batch.records * (traits * (12 + traits) + 14 * probes)
    return float(s.population.size * each + records)


class Sandbox:
    """One replicate of a cell, that hands are on.

    Attributes
    ----------
    start : the specification that this population began by
    spec : the one that it goes on by; its knobs are those of training now
    anew : the one that a new population would begin by
    log : what was done to it, in order
    turns : taken by whoever evolves it, looks at it or changes it
    """

    def __init__(self, spec: Spec, replicate: int = 0):
        self._given = cell_of(spec)
        self.turns = Turns()
        self._begin(self._given, replicate)

    def _begin(self, spec: Spec, replicate: int) -> None:
        self.start = self.spec = self.anew = spec  # a new population begins by `_anew`
        self.steps, self.log = Steps(spec, replicate), list[Hand]()
        self.steps.advance()  # the founders

    # --- going on

    def advance(self, generations: int) -> None:
        """Live so many generations more, or as many as there are."""
        self.steps.advance(generations)
        change = self.spec.scenario.change
        if change and self.steps.generation >= change.at:  # what was to come is there
            self.spec = self._settled(self.spec)

    @staticmethod
    def _settled(spec: Spec) -> Spec:
        """The same with its change behind it: training is what it becomes, and deployment stays what it is."""
        training, deployment, arm = spec.changed, spec.deployment, spec.arm
        data = {key: value for key, value in spec.data.items() if key not in ("change", "deployment")}
        differs = {name: value for name, value in deployment.items() if value != training[name]}
        data |= {"knobs": dict(training)} | ({"deployment": differs} if differs else {})
        return Spec(data, spec.origin, spec.folder, spec.world).in_arm(arm)

    def restart(self, replicate: int | None = None) -> None:
        """Begin anew with founders, by what is set; another replicate has other luck."""
        self._begin(self.anew, self.steps.replicate if replicate is None else replicate)

    @property
    def deploys(self) -> bool:
        """Whether deployment differs from training, or did when this population began."""
        return self.start.shifted or self.spec.shifted

    def reset(self) -> None:
        """Begin anew as the scenario says."""
        self._begin(self._given, self.steps.replicate)

    # --- hands on it

    @property
    def _begun(self) -> bool:
        """Whether it has gone on from its founders, or been changed among them."""
        return self.steps.generation > 0 or bool(self.log)

    def set(self, changes: dict[str, Any]) -> str:
        """Set fields or knobs; what was done, in words. Where a population cannot go on so, a new one begins.

        Raises
        ------
        ScenarioError : a value is not allowed
        """
        changes = self._completed(changes)
        other = self.spec.set(changes)
        before = {key: self.spec.value_of(key) for key in changes}
        changed = {key: value for key, value in before.items() if other.value_of(key) != value}
        if not changed:
            return ""
        says = ", ".join(f"{key} {_text(old)} to {_text(other.value_of(key))}" for key, old in changed.items())
        anew, began = self.anew.set(changes), self._begun
        if not began or self.steps.ended or "batch.seed" in changed or self.steps.refuses(other):
            self._begin(cell_of(anew).in_arm(anew.arm), self.steps.replicate)
            return f"{says}; a new population begins" if began else says
        self._go_on(other, says, dict(other.knobs) if other.knobs != self.spec.knobs else None)
        self.anew = anew
        return says

    def _completed(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Two parents need a crossover, and a crossover two parents: whichever was set brings the other along."""
        variation = self.spec.scenario.variation
        if changes.get("variation.parents") == 2 and variation.crossover == "none":
            changes = {"variation.crossover": "uniform"} | changes
        if changes.get("variation.parents") == 1:
            changes = {"variation.crossover": "none"} | changes
        if "variation.crossover" in changes:
            changes = {"variation.parents": 1 if changes["variation.crossover"] == "none" else 2} | changes
        return changes

    def _go_on(self, spec: Spec, says: str, knobs: dict[str, float] | None = None) -> None:
        if self.steps.ended:
            raise ScenarioError("this population has ended; restart it, or change what a new one begins by")
        self.steps.steer(spec)
        self.spec = spec
        self.log.append(Hand(self.steps.generation + 1, says, knobs))

    @property
    def shifted(self) -> dict[str, float]:
        """The knobs that training gets when it is shifted: by the scenario's own change, else those of deployment."""
        goal = self.spec.changed if self.spec.scenario.change else self.spec.deployment
        return {name: value for name, value in goal.items() if value != self.spec.knobs[name]}

    def shift(self) -> str:
        """Shift the environment of training now.

        Raises
        ------
        ScenarioError : there is nothing that it could become
        """
        knobs = self.shifted
        if not knobs:
            raise ScenarioError("there is nothing that training could be shifted to: deployment is alike")
        spec = self._settled(self.spec) if self.spec.scenario.change else self.spec.set(knobs)
        says = f"training shifted: {knobs_text(knobs)}"
        self._go_on(spec, says, dict(spec.knobs))
        return says

    def insert(self, count: int = 1) -> str:
        """Put carriers of the property among the next generation.

        Raises
        ------
        ScenarioError : no carrier can be built, or nobody is born any more
        """
        if not self.inserts:
            raise ScenarioError(f"world '{self.spec.world.name}' cannot build a carrier of this property")
        if self.steps.ended:
            raise ScenarioError("this population has ended, and nobody is born any more; restart it")
        self.steps.insert(count)
        says = "a carrier inserted" if count == 1 else f"{count} carriers inserted"
        self.log.append(Hand(self.steps.generation + 1, says))
        return says

    @property
    def inserts(self) -> bool:
        """Whether carriers of the property can be inserted."""
        return carries(self.spec)

    @property
    def blinds(self) -> bool:
        """Whether selection can be made blind to the property."""
        return self.spec.world.without is not None or "blind" in self.spec.arms

    def blind(self, on: bool) -> str:
        """Let selection take everyone's fitness as it would be without the property, or as it is.

        Raises
        ------
        ScenarioError : the world has no such thing
        """
        if not self.blinds:
            raise ScenarioError(f"world '{self.spec.world.name}' cannot take this property away")
        if on == (self.spec.arm == "blind"):
            return ""
        says = "selection for the property stopped" if on else "selection for the property on again"
        arm = "blind" if on else "none"
        self.anew = self.anew.in_arm(arm)
        if self._begun and not self.steps.ended:
            self._go_on(self.spec.in_arm(arm), says)
        else:
            self.restart()
        return says

    # --- all of it as a scenario

    def saved(self) -> tuple[str, list[str]]:
        """A scenario that evolves the same, as far as one can say it, as TOML; and what it cannot say, in words."""
        data, missing, first = _plain(self.start), [], None
        if self.start.arm != "none":
            missing.append("selection is blind to the property from the start")
        for hand in self.log:
            if hand.knobs is None or first is not None:
                missing.append(f"from generation {hand.at}: {hand.says}")
                continue
            first = hand
            try:
                data = self._with_change(hand)
            except ScenarioError:
                missing.append(f"from generation {hand.at}: {hand.says}")
        done = [f"# From generation {hand.at}: {one_line(hand.says)}." for hand in self.log]
        lines = [
            f"# Watched by hand: replicate {self.steps.replicate} of {self.start.scenario.name}, up to generation "
            f"{max(self.steps.generation, 0)}.",
            *(done or ["# Nothing was done by hand while it evolved."]),
            *(f"# Not in this scenario, which cannot say it: {one_line(what)}." for what in missing),
        ]
        return "\n".join(lines) + "\n" + tomli_w.dumps(data), missing

    def _with_change(self, hand: Hand) -> dict[str, Any]:
        """The scenario that it began by, with this hand as its change, evolved from the same streams."""
        data, knobs, begun = _plain(self.start), hand.knobs or {}, self.start.knobs
        differs = {name: value for name, value in knobs.items() if value != begun[name]}
        data |= {"change": {"at": hand.at, "knobs": differs}}
        deployment = {name: value for name, value in self.spec.deployment.items() if value != knobs[name]}
        data.pop("deployment", None)
        data |= {"deployment": deployment} if deployment else {}
        data["batch"] = data.get("batch", {}) | {"streams": self.start.streams}
        Spec(data, self.start.origin, self.start.folder, self.start.world)
        return data


def _plain(spec: Spec) -> dict[str, Any]:
    """The data of a specification, as a file that may stand anywhere has them."""
    name = f"{spec.scenario.name.removesuffix('_by_hand')[:80]}_by_hand"
    data = {key: value for key, value in spec.data.items() if value is not None} | {"name": name}
    if (source := spec.world.source) is not None and source.path is not None:
        data["world"] = str(source.path)
    return data


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}" if math.isfinite(value) else str(value)
    return value if isinstance(value, str) else show(value)


def held(steps: Steps, spec: Spec, place: int) -> float:
    """The property's mean in one of `PLACE`, as it is known now; NaN where it is not."""
    name = spec.scenario.property.trait
    if (column := spec.world.probed(name)) is not None:
        known = steps.scores()
        return float("nan") if known is None else float(known[1][place, column])
    means = steps.means if place == PLACE.training else steps.deployed()
    return float(means[spec.world.trait(name)])
