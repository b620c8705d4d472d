"""The stages of the funnel, as lamps that light up when they are reached."""

import math
from typing import Any

from evo.kernels.records import STATUS
from evo.watch.sandbox import Sandbox


def lamps(box: Sandbox, training: float, deployment: float) -> list[dict[str, Any]]:
    """The stages of the funnel: whether each is reached, when, and what is known of it."""
    steps, spec = box.steps, box.spec
    threshold, advantage = spec.scenario.property.threshold, steps.advantage()
    arose, established = int(steps.records.arose_at[0]), int(steps.records.established_at[0])
    done = steps.ended and int(steps.records.status[0]) == STATUS.done
    lamps = [
        {"name": "selected for", "on": advantage > 0.0, "says": _advantage(advantage)},
        {"name": "arose", "on": arose >= 0, "says": _when(arose)},
        {"name": "established", "on": established >= 0, "says": _when(established)},
        {"name": "realized", "on": training >= threshold and done, "half": training >= threshold and not done,
         "says": _end(training, threshold, done)},
    ]  # fmt: skip
    if box.deploys:
        both = training >= threshold and deployment >= threshold
        lamps.append(
            {"name": "generalizes", "on": both and done, "half": both and not done,
             "says": _end(deployment, threshold, done)}
        )  # fmt: skip
    return lamps


def _advantage(value: float) -> str:
    if math.isnan(value):
        return "not tested: this world builds no carrier of the property"
    return f"a carrier among founders has {1.0 + value:.3g} times the offspring"


def _when(generation: int) -> str:
    return f"in generation {generation}" if generation >= 0 else "not yet"


def _end(value: float, threshold: float, done: bool) -> str:
    if math.isnan(value):
        return "not known yet"
    return ("yes, at the end" if value >= threshold else "no, at the end") if done else (
        "it would be, ended now" if value >= threshold else "not now"
    )  # fmt: skip
