"""What one open page holds, and what it is sent: numbers and pictures, without a word of how they are shown."""

import base64
import math
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from evo.analyses.film import chosen, play
from evo.engines.individuals import Population
from evo.figures.film import write
from evo.kernels.plan import FITNESS
from evo.kernels.records import PLACE
from evo.scenario.spec import Cell, Spec
from evo.watch.cell import held
from evo.watch.lamps import lamps
from evo.watch.many import Many
from evo.watch.picture import genotypes, picture
from evo.watch.player import Player
from evo.watch.sandbox import Sandbox

FILMED = ("best", "commonest", "carrier")  # or an agent by its number
_STRETCH = 0.2  # seconds that the many evolve before they are looked at
_POINTS = 250  # of a line, over the whole course, at least
_STEP, _FILM, _LEAST = 0.12, 10.0, 0.03  # seconds that a step of a film takes, less where the whole would take longer
_PAUSE = 1.0  # seconds between two films


class Session:
    """A population that is watched, and the many beside it."""

    def __init__(self, spec: Spec):
        self.sandbox = Sandbox(spec)
        self.player = Player(self._advance, lambda: self.sandbox.steps.ended)
        self.many: Many | None = None
        self.crowd: Player | None = None
        self.filmed: str | int = FILMED[0]
        self._of: Any = None  # the replicate that is noted, its points since the last picture, and where they end
        self._noted: list[dict[str, Any]] = []
        self._noted_at = -1
        self._filmed_at = 0.0
        self._booked: tuple[int, np.ndarray] | None = None
        self._sent: Any = None

    def _advance(self, generations: int) -> None:
        """Live so many generations, a stretch of the whole course at a time, so that lines have points enough."""
        stretch = max(1, self.sandbox.spec.scenario.population.generations // _POINTS)
        with self.sandbox.turns.evolving():
            self.sandbox.advance(min(generations, stretch))
            self.note()

    def note(self) -> None:
        """Keep the numbers of the last generation, to be sent with the next picture."""
        box = self.sandbox
        if self._of is not box.steps:
            self._of, self._noted = box.steps, []
        elif self._noted_at == box.steps.generation:
            return
        self._noted_at = box.steps.generation
        self._noted = [*self._noted[-_POINTS:], self._point()]

    def begin_many(self, count: int) -> None:
        """Let so many replicates evolve as this one began.

        Raises
        ------
        ScenarioError : there is no memory for them
        """
        self.end_many()
        with self.sandbox.turns.asked():
            self.many = many = Many(self.sandbox.anew, count)
        self.crowd = Player(many.advance, lambda: many.ended, _STRETCH)
        self.crowd.play()

    def end_many(self) -> None:
        """Stop those."""
        if self.many and self.crowd:
            self.crowd.close()
            self.many.close()
        self.many = self.crowd = None

    def close(self) -> None:
        """Stop everything, for good."""
        self.player.close()
        self.sandbox.steps.stop()
        self.end_many()

    # --- what is sent

    def look(self, again: bool = False) -> dict[str, Any] | None:
        """How it stands; None where that was sent already, unless it is asked for again."""
        with self.sandbox.turns.asked():
            box = self.sandbox
            key = (box.steps, box.steps.generation, len(box.log), box.spec.scenario.property, self.filmed)
            if key == self._sent and not again:
                return None
            fresh, self._sent = self._sent is None or self._sent[0] is not box.steps, key
            if fresh:
                self._booked = None
            self.note()
            points, self._noted = self._noted, []
            head = {"fresh": fresh, "generation": box.steps.generation, "points": points}
            return head | self._numbers() | self._pictures()

    def _point(self) -> dict[str, Any]:
        """What lines and bands are drawn of, in one generation."""
        box, steps, spec = self.sandbox, self.sandbox.steps, self.sandbox.spec
        place = {name: _number(held(steps, spec, getattr(PLACE, name))) for name in self._places()}
        return {"g": steps.generation, "fitness": _number(steps.means[FITNESS]),
                "genotypes": genotypes(spec, box.steps.population)} | place  # fmt: skip

    def _places(self) -> tuple[str, ...]:
        return PLACE._fields if self.sandbox.deploys else PLACE._fields[:1]

    def _numbers(self) -> dict[str, Any]:
        box, steps, spec = self.sandbox, self.sandbox.steps, self.sandbox.spec
        training, deployment = held(steps, spec, PLACE.training), held(steps, spec, PLACE.deployment)
        return {
            "fitness": _number(steps.means[FITNESS]),
            "training": _number(training), "deployment": _number(deployment) if box.deploys else None,
            "threshold": spec.scenario.property.threshold,
            "lamps": lamps(box, training, deployment),
            "price": self._price(),
            "ended": steps.ended, "failure": steps.failure,
        }  # fmt: skip

    def _price(self) -> list[float] | None:
        """The Price terms of the property since they were sent last, per generation; of fitness where it is a probe."""
        steps, spec = self.sandbox.steps, self.sandbox.spec
        trait = FITNESS if spec.asked else spec.world.trait(spec.scenario.property.trait)
        now, then = np.array([term[trait] for term in steps.books()]), self._booked
        self._booked = (steps.generation, now)
        if then is None or steps.generation <= then[0]:
            return None
        return [_number(value) or 0.0 for value in (now - then[1]) / (steps.generation - then[0])]

    def _pictures(self) -> dict[str, Any]:
        steps, spec = self.sandbox.steps, self.sandbox.spec
        population = steps.population
        shown = picture(spec, population)
        sent: dict[str, Any] = {
            "picture": {
                "rows": shown.cells.shape[0], "columns": shown.cells.shape[1], "cells": _packed(shown.cells),
                "marks": _packed(shown.marks), "fitness": _packed(shown.fitness), "blocks": shown.blocks,
                "loci": shown.loci, "scale": shown.scale, "seen": shown.seen, "of": shown.of,
            },
        }  # fmt: skip
        if spec.world.film is not None and (film := self._film(population)) is not None:
            sent["film"] = film
        return sent

    def _film(self, population: Population) -> dict[str, Any] | None:
        """A life of somebody in both places; None while the one before is still shown."""
        now, spec = time.monotonic(), self.sandbox.spec
        if now < self._filmed_at and self.player.playing:
            return None
        agent, shots = self._shots(population)
        longest = max(len(shot) for shot in shots.values())
        step = max(_LEAST, min(_STEP, _FILM / longest))
        self._filmed_at = now + _PAUSE + step * longest
        assert spec.world.film is not None
        return {
            "generation": population.generation, "agent": agent, "which": _which(self.filmed),
            "kinds": list(spec.world.film.kinds), "step": step,
            "shots": {name: {"steps": len(shot), "data": _packed(shot.astype("<f4"))} for name, shot in shots.items()},
        }  # fmt: skip

    def film(self, which: str | int) -> None:
        """Film another agent from now on: one of FILMED, or one by its number."""
        self.filmed, self._filmed_at = which, 0.0

    def _shots(self, population: Population) -> tuple[int, dict[str, np.ndarray]]:
        """Who is filmed, and its life with the knobs of each place."""
        spec, steps = self.sandbox.spec, self.sandbox.steps
        agent = _agent(spec, population, self.filmed)
        places = {"training": population.knobs, "deployment": steps.plan.deployment}
        return agent, {place: play(spec, steps.replicate, population, agent, knobs) for place, knobs in places.items()}

    def saved_film(self) -> tuple[str, bytes]:
        """A name for a file, and the film of the life that would be shown now, as a GIF.

        Raises
        ------
        ScenarioError : it cannot be written
        """
        with self.sandbox.turns.asked():
            spec, steps, which = self.sandbox.spec, self.sandbox.steps, str(self.filmed)
            agent, shots = self._shots(steps.population)
            filmed = SimpleNamespace(
                cell=Cell({}, spec), replicate=steps.replicate, generation=steps.generation, which=which, agent=agent,
                frames=shots,
            )  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{spec.scenario.name}_{filmed.replicate}_{filmed.generation}.gif"
            write(filmed, path)
            return path.name, path.read_bytes()

    def look_at_many(self) -> dict[str, Any] | None:
        """How the many stand."""
        many = self.many
        if many is None:
            return None
        low, high = many.interval
        return {
            "seats": [seat.stage for seat in many.seats], "ended": [seat.ended for seat in many.seats],
            "generation": many.generation, "k": many.holding, "n": many.valid, "low": low, "high": high,
            "says": many.says, "over": many.ended,
        }  # fmt: skip


def _agent(spec: Spec, population: Population, which: str | int) -> int:
    """The number of the agent: given, the best, one with the commonest genome, or whoever has most of the property."""
    if isinstance(which, int):
        return min(max(which, 0), population.traits.shape[0] - 1)
    if which != "carrier":
        return chosen(population, which)
    trait = FITNESS if spec.asked else spec.world.trait(spec.scenario.property.trait)
    return int(np.argmax(population.traits[:, trait]))


def _which(filmed: str | int) -> str:
    return f"agent {filmed}" if isinstance(filmed, int) else f"the {filmed}"


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")
