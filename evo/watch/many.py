"""Many replicates of one cell at once, each by how far it is through the funnel."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from evo.engines.stepping import Steps
from evo.kernels.records import PLACE
from evo.measure.intervals import wilson
from evo.places import memory
from evo.scenario.spec import Spec
from evo.watch.cell import ROOM, held, size_of
from evo.wording import rate_sentence

# How far a replicate is. What it holds now is realized where it holds it at its end.
STAGES = ("waiting", "evolving", "arose", "established", "holds", "generalizes", "failed")
COUNTS = (24, 48, 96)
_WORKERS = 2


@dataclass
class Seat:
    """One of them: its stage, whether it has ended, and the generation it is in."""

    stage: str = "waiting"
    ended: bool = False
    generation: int = -1


class Many:
    """So many replicates, numbered from 0, which evolve side by side.

    Raises
    ------
    ScenarioError : there is no memory for them
    """

    def __init__(self, spec: Spec, count: int):
        self.spec, self.count = spec, count
        most = int(ROOM * memory() / size_of(spec))
        if most < count:
            raise spec.wrong(
                "population.size", spec.scenario.population.size,
                f"{count} populations of that size do not fit into this machine's memory; "
                f"{'one at a time' if most < 1 else most} would",
            )  # fmt: skip
        self._steps = [Steps(spec, replicate) for replicate in range(count)]
        self.seats = [Seat() for _ in range(count)]
        self._pool, self._closed = ThreadPoolExecutor(_WORKERS), threading.Event()

    def advance(self, generations: int) -> None:
        """All live so many generations more."""
        list(self._pool.map(lambda r: self._one(r, generations), range(self.count)))

    def _one(self, r: int, generations: int) -> None:
        if self.seats[r].ended or self._closed.is_set():
            return
        steps = self._steps[r]
        try:
            steps.advance(generations)
        except Exception:  # whatever a world may raise
            self.seats[r] = Seat("failed", True, steps.generation)
            return
        self.seats[r] = Seat(_stage(steps, self.spec), steps.ended, steps.generation)

    def close(self) -> None:
        """Stop all of them, for good."""
        self._closed.set()
        for steps in self._steps:
            steps.stop()
        self._pool.shutdown(wait=False)

    @property
    def ended(self) -> bool:
        """Whether none of them goes on."""
        return all(seat.ended for seat in self.seats)

    @property
    def generation(self) -> int:
        """The generation that those which evolve are in."""
        return max(seat.generation for seat in self.seats)

    @property
    def holding(self) -> int:
        """How many hold the property now, or did when they ended."""
        return sum(seat.stage in ("holds", "generalizes") for seat in self.seats)

    @property
    def valid(self) -> int:
        """How many of them have not failed."""
        return sum(seat.stage != "failed" for seat in self.seats)

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the rate of those that hold it now."""
        return wilson(self.holding, self.valid)

    @property
    def says(self) -> str:
        """The rate in a sentence."""
        told = rate_sentence(self.holding, self.valid, *self.interval)
        return f"{told} realized it" if self.ended else f"generation {self.generation}: {told} hold it"


def _stage(steps: Steps, spec: Spec) -> str:
    if steps.failure:
        return "failed"
    threshold = spec.scenario.property.threshold
    if held(steps, spec, PLACE.training) >= threshold:
        return "generalizes" if spec.shifted and held(steps, spec, PLACE.deployment) >= threshold else "holds"
    if int(steps.records.established_at[0]) >= 0:
        return "established"
    return "arose" if int(steps.records.arose_at[0]) >= 0 else "evolving"


def judged(guess: float, many: Many) -> str:
    """What a prediction of the rate was worth, a share from 0 to 1, when all have ended."""
    low, high = many.interval
    said = f"You said {guess:.0%}; it was {many.holding} of {many.valid}"
    if low <= guess <= high:
        return f"{said}: as you said, as far as {many.valid} populations can tell."
    more = "fewer" if guess > high else "more"
    return f"{said} (95 % interval {low:.0%} to {high:.0%}): {more} than you said, by more than chance."
