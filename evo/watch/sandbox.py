"""A population with hands on it: what is changed while it evolves, a log of that, and all of it as a scenario."""

import math
from typing import Any

from evo.batch.trial import knobs_of
from evo.engines.carriers import carries
from evo.engines.stepping import Steps
from evo.errors import ScenarioError
from evo.places import MOST_REPLICATES
from evo.scenario.spec import Spec
from evo.watch.cell import cell_of
from evo.watch.player import Turns
from evo.watch.saved import Hand, saved
from evo.wording import knobs_text, show, wrong
from evo.worlds.check.first import require


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
        require(self._given.world, knobs_of([self._given]))
        self.turns = Turns()
        self._begin(self._given, replicate)

    def _begin(self, spec: Spec, replicate: int) -> None:
        self.start = self.spec = self.anew = spec
        self.steps, self.log = Steps(spec, replicate), list[Hand]()
        try:
            self.steps.advance()  # the founders
        except Exception as error:  # whatever a world may raise
            raise ScenarioError(f"{spec.origin}: the world raised {type(error).__name__}: {error}") from None

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

    def restart(self, replicate: float | None = None) -> None:
        """Begin anew with founders, by what is set; another replicate has other luck.

        Raises
        ------
        ScenarioError : there is no such replicate
        """
        asked = self.steps.replicate if replicate is None else replicate
        if not 0 <= asked < MOST_REPLICATES or asked != int(asked):
            why = f"must be a whole number from 0 to {MOST_REPLICATES - 1}"
            raise wrong(self.anew.origin, "replicate", replicate, why)
        self._begin(self.anew, int(asked))

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
        self._go_on(other, says)
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

    def _go_on(self, spec: Spec, says: str) -> None:
        turned = spec.knobs != self.spec.knobs
        if self.steps.ended:
            raise ScenarioError("this population has ended; restart it, or change what a new one begins by")
        self.steps.steer(spec)
        self.spec = spec
        self.log.append(Hand(self.steps.generation + 1, says, spec if turned else None))

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
        self._go_on(spec, says)
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

    def saved(self) -> tuple[str, list[str]]:
        """A scenario that evolves the same, as far as one can say it, as TOML; and what it cannot say, in words."""
        return saved(self.start, self.log, self.steps.replicate, self.steps.generation)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}" if math.isfinite(value) else str(value)
    return value if isinstance(value, str) else show(value)
