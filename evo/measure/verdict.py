"""What made a cell's populations have the property or lack it: shares of causes, by experiment, and one verdict.

Every replicate is evolved as it is, blind (selection does not see the property) and supplied (a carrier among the
offspring of every generation), from the same random streams. With r, b and s the rates realized as it is, blind and
supplied, and g and h the rates that keep it after the shift, as it is and blind (r and b where nothing shifts), the
populations fall into shares that sum to 1:

| verdict | share | what it says |
|---|---|---|
| made by selection | g - h, if above 0 | have the property; without selection for it they would not |
| there without it | the lesser of g and h | have the property; they would without selection for it too |
| lost under shift | r - g | have it in training, and not after the shift |
| no supply | s - r, if above 0 | lack it; supplied with one carrier a generation they have it |
| selected against | b less the greater of r and s, if above 0 | lack it; would have it if selection did not see it |
| not kept | the rest: neither as it is, nor blind, nor supplied | lack it, and selection does not point away |

The rest is *selected against* too where a carrier leaves fewer offspring than the mean (the pooled insertion advantage
is below 0 by its interval). The verdict is the largest share, if it leads every other by an interval of 95 %;
else it is *undecided*, with the number of replicates that would decide at the rates seen. So the size of an experiment
decides how sure a verdict is, and not which it is.

Where no genome with the property can be written, the arms are of environment: blind never gives what tells the property
from its rivals, supplied gives it from the start. The shares are the same, and there is no insertion advantage.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from evo.measure.intervals import combined

MADE, THERE, SHIFTED, SUPPLY, AGAINST, NOT_KEPT, UNDECIDED = (
    "made by selection", "there without it", "lost under shift", "no supply", "selected against", "not kept",
    "undecided",
)  # fmt: skip
VERDICTS = (MADE, THERE, SHIFTED, SUPPLY, AGAINST, NOT_KEPT, UNDECIDED)
MEANING = {
    MADE: "they have it, and without selection for it they would not",
    THERE: "they have it, and they would without selection for it too",
    SHIFTED: "they have it in training, and not after the shift",
    SUPPLY: "they lack it, and have it once a carrier is supplied in every generation",
    AGAINST: "they lack it, for selection points away from it",
    NOT_KEPT: "they lack it even when a carrier is supplied in every generation",
    UNDECIDED: "too few replicates to tell the largest cause from the others",
}
# The same of arms of environment.
OF_ENVIRONMENT = MEANING | {
    MADE: "they have it, and would not if nothing ever told it from its rivals",
    THERE: "they have it, and would if nothing ever told it from its rivals",
    SUPPLY: "they lack it, and have it once what tells it from its rivals is there from the start",
    AGAINST: "they lack it, and have it where nothing ever tells it from its rivals",
    NOT_KEPT: "they lack it even where what tells it from its rivals is there from the start",
}
_MOST = 10**7  # replicates that would decide; where it takes more, no number is told


def of_environment(arms: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether arms, as `evo.measure.reasons` tells them, are of environment."""
    return any("knobs" in arm for arm in arms.values())


def meaning(verdict: str, arms: Mapping[str, Mapping[str, Any]]) -> str:
    """What a verdict says, given the arms that it follows from."""
    if verdict == UNDECIDED and not {"blind", "supplied"} <= arms.keys():
        return "that takes both arms, blind and supplied"
    return (OF_ENVIRONMENT if of_environment(arms) else MEANING)[verdict]


class Outcomes(NamedTuple):
    """What became of the same replicates, bool[n] each; None where an arm was not evolved."""

    realized: np.ndarray
    kept: np.ndarray  # after the shift too
    blind: np.ndarray | None
    blind_kept: np.ndarray | None
    supplied: np.ndarray | None
    shifted: bool = True  # whether there is a shift, after which something could be lost


def outcomes(runs: pl.DataFrame, arms: Mapping[str, pl.DataFrame], shifted: bool = True) -> Outcomes:
    """What became of the replicates that are there as they are, blind and supplied, as far as these were evolved.

    runs, arms : rows of one cell, of arms by their names; others, such as of what was only watched, are left aside
    shifted : whether deployment differs from training
    """
    rows = runs.select("replicate", "realized", "generalizes")
    for name in ("blind", "supplied"):
        if name in arms:
            more = arms[name].select("replicate", "realized", "generalizes")
            rows = rows.join(more, on="replicate", suffix=f"_{name}")
    told = {name: rows[name].to_numpy() for name in rows.columns}
    return Outcomes(
        told["realized"], told["generalizes"], told.get("realized_blind"), told.get("generalizes_blind"),
        told.get("realized_supplied"), shifted,
    )  # fmt: skip


class Share(NamedTuple):
    """A share of the populations as a sum of rates: weights by the names of `Outcomes`, and a constant."""

    weights: Mapping[str, float]
    constant: float = 0.0


def _shares(found: Outcomes, against: bool) -> dict[str, Share]:
    """The share of each cause, as the sum that it is at the rates seen. Needs both arms.

    Where nothing shifts, to have it and to keep it are one outcome and no two, whose errors could cancel.
    """
    kept, blind_kept = ("kept", "blind_kept") if found.shifted else ("realized", "blind")
    rate = {name: float(np.mean(outcome)) for name, outcome in found._asdict().items()}
    shares = {SHIFTED: Share({"realized": 1.0, kept: -1.0})} if found.shifted else {}
    if rate[kept] > rate[blind_kept]:
        shares[MADE] = Share({kept: 1.0, blind_kept: -1.0})
        shares[THERE] = Share({blind_kept: 1.0})
    else:
        shares[THERE] = Share({kept: 1.0})
    top = "realized"  # the arm in which most have it
    if rate["supplied"] > rate[top]:
        shares[SUPPLY] = Share({"supplied": 1.0, "realized": -1.0})
        top = "supplied"
    if rate["blind"] > rate[top]:
        shares[AGAINST] = Share({"blind": 1.0, top: -1.0})
        top = "blind"
    rest = Share({top: -1.0}, 1.0)
    if not against:
        shares[NOT_KEPT] = rest
    elif top == "blind":  # all who lack it but for selection, and all others
        below = "supplied" if rate["supplied"] > rate["realized"] else "realized"
        shares[AGAINST] = Share({below: -1.0}, 1.0)
    else:
        shares[AGAINST] = rest
    return shares


def _lead(found: Outcomes, first: Share, second: Share) -> tuple[float, float]:
    """By how much one share leads another, and the lower end of the interval of 95 %."""
    names = [name for name in found._fields if name in {**first.weights, **second.weights}]
    weights = [first.weights.get(name, 0.0) - second.weights.get(name, 0.0) for name in names]
    value, low, _ = combined([getattr(found, name) for name in names], weights, first.constant - second.constant)
    return value, low


def judge(found: Outcomes, advantage: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict of a cell.

    Parameters
    ----------
    found : of n > 0 replicates
    advantage : the pooled insertion advantage, from `evo.measure.advantage.pooled`

    Returns
    -------
    {"verdict": one of VERDICTS, "shares": {cause: share of the populations}, "needed": replicates that would decide,
    None where it is decided or no number would, "between": two causes that cannot be told apart, None where decided}
    """
    if found.blind is None or found.supplied is None:
        return {"verdict": UNDECIDED, "shares": {}, "needed": None, "between": None}
    shares = _shares(found, advantage["says"] == "against")
    values = {
        name: share.constant + sum(w * float(getattr(found, key).mean()) for key, w in share.weights.items())
        for name, share in shares.items()
    }
    ordered = sorted(values, key=lambda name: -values[name])
    top, n, needed, rival = ordered[0], found.realized.size, 0.0, None
    for other in ordered[1:]:
        lead, low = _lead(found, shares[top], shares[other])
        if low > 0.0:
            continue
        wanted = n * ((lead - low) / lead) ** 2 if lead > 0.0 else math.inf
        if rival is None or wanted > needed:
            needed, rival = wanted, other
    told = {name: values[name] for name in VERDICTS if values.get(name, 0.0) > 1e-12}
    # Which of two the rest is, that test has still to tell.
    unsure = top == NOT_KEPT and advantage["says"] == "undecided" and not advantage["neutral"]
    if rival is None and not unsure:
        return {"verdict": top, "shares": told, "needed": None, "between": None}
    rival = rival or AGAINST
    count = math.ceil(needed) + 1 if 0 < needed < _MOST else None
    return {"verdict": UNDECIDED, "shares": told, "needed": count, "between": [top, rival]}
