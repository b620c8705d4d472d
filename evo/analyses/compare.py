"""Two batches side by side: the difference of their realized rates."""

from typing import Any

from evo.batch.results import Batch
from evo.errors import ScenarioError
from evo.measure.intervals import apart, difference
from evo.wording import cell_name


def compare(a: Batch, b: Batch) -> list[dict[str, Any]]:
    """A row per pair of cells: those of equal swept values; where one or none is swept, all against all.

    Where a batch was stopped when its intervals were narrow, the difference is that of the rates told, with an interval
    that allows it; an exact test of counts does not, so there is none.

    Raises
    ------
    ScenarioError : a batch is empty, or no cells have equal swept values
    """
    first, second = a.summaries(), b.summaries()
    for batch, summaries in ((a, first), (b, second)):
        if not summaries:
            raise ScenarioError(f"{batch.folder}: holds no finished replicate to compare")
    if not (a.spec.keys and b.spec.keys):
        pairs = [(x, y) for x in first for y in second]
    else:
        pairs = [(x, y) for x in first for y in second if x["set"] == y["set"]]
    if not pairs:
        raise ScenarioError(
            f"{a.folder} and {b.folder} have no cell of equal swept values; swept are "
            f"{', '.join(a.spec.scenario.sweep) or 'nothing'} and {', '.join(b.spec.scenario.sweep) or 'nothing'}"
        )

    def name(x: dict[str, Any], y: dict[str, Any]) -> str:
        sides = [cell_name(s["set"]) or "all" for s in (x, y)]
        return sides[0] if sides[0] == sides[1] else " / ".join(sides)

    stopped = any(batch.spec.scenario.batch.until for batch in (a, b))

    def apart_by(x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
        if not stopped:
            return difference(x["realized"], x["replicates"], y["realized"], y["replicates"])
        first, second = ((s["rate"], s["low"], s["high"]) for s in (x, y))
        return apart(first, second) | {"p_value": None, "test": None}

    return [
        {
            "cell": name(x, y),
            "a": {key: x[key] for key in ("set", "replicates", "realized", "rate", "low", "high")},
            "b": {key: y[key] for key in ("set", "replicates", "realized", "rate", "low", "high")},
            **apart_by(x, y),
        }
        for x, y in pairs
    ]
