"""What was done by hand, as a scenario that evolves the same, as far as a scenario can say it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import tomli_w

from evo.errors import ScenarioError
from evo.scenario.spec import Spec
from evo.wording import one_line


@dataclass(frozen=True)
class Hand:
    """Something done by hand.

    Attributes
    ----------
    at : the first generation that lives with it
    says : what was done, in words
    spec : what it goes on by, where knobs of training were changed; else None
    """

    at: int
    says: str
    spec: Spec | None = None


def saved(start: Spec, log: Sequence[Hand], replicate: int, generation: int) -> tuple[str, list[str]]:
    """A scenario as TOML, and what of the log it cannot say, in words.

    start : what the population began by
    """
    data, missing = _plain(start), []
    if start.arm != "none":
        missing.append("selection is blind to the property from the start")
    told: int | None = None  # the generation of the one change that a scenario has
    for hand in log:
        changed = None
        if hand.spec is not None and told in (None, hand.at):
            changed = _changed(start, hand.at, hand.spec)
        if changed is None:
            missing.append(f"from generation {hand.at}: {hand.says}")
        else:
            data, told = changed, hand.at
    done = [f"# From generation {hand.at}: {one_line(hand.says)}." for hand in log]
    lines = [
        f"# Watched by hand: replicate {replicate} of {start.scenario.name}, up to generation {generation}.",
        *(done or ["# Nothing was done by hand while it evolved."]),
        *(f"# Not in this scenario, which cannot say it: {one_line(what)}." for what in missing),
    ]
    return "\n".join(lines) + "\n" + tomli_w.dumps(data), missing


def _changed(start: Spec, at: int, spec: Spec) -> dict[str, Any] | None:
    """What it began by with a change to other knobs from then on, evolved from the same streams; None where a scenario
    cannot say so: it has a change of its own, or these knobs lay out the genome and its mutation."""
    if start.scenario.change and spec.knobs != start.changed:
        return None
    data, training = _plain(start), spec.knobs
    data["change"] = {"at": at, "knobs": _differing(training, start.knobs)}
    data.pop("deployment", None)
    if deployment := _differing(spec.deployment, training):
        data["deployment"] = deployment
    data["batch"] = data.get("batch", {}) | {"streams": start.streams}
    try:
        Spec(data, start.origin, start.folder, start.world)
    except ScenarioError:
        return None
    return data


def _differing(knobs: dict[str, float], others: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in knobs.items() if value != others[name]}


def _plain(spec: Spec) -> dict[str, Any]:
    """The data of a specification, as a file that may stand anywhere has them."""
    name = f"{spec.scenario.name.removesuffix('_by_hand')[:80]}_by_hand"
    data = {key: value for key, value in spec.data.items() if value is not None} | {"name": name}
    if (source := spec.world.source) is not None and source.path is not None:
        data["world"] = str(source.path)
    return data
