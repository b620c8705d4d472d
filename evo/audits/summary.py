"""What the runs of a program say together: how often each property is realized, and what stands out."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from evo.audits.repeat import Outcome
from evo.measure.intervals import mean_interval, paired_difference, wilson
from evo.measure.waiting import plain_median

PRICE = ("selection", "transmission", "arrival", "change")
_WEAK = 0.1  # intensity of selection below which it is told that there may be none
_MANY = 0.2  # share of new individuals without known parents from which on it is told how copies must be made


def summarize(script: str, outcome: Outcome) -> dict[str, Any]:
    """Realized k of n with Wilson's interval, stages, waiting, Price sums and gradients, by property; a JSON object.

    `audits` where a script has several, `populations` where several are evolved that never exchange parents.
    """
    runs = [outcome.reports[replicate] for replicate in sorted(outcome.reports)]
    count = min(map(len, runs))
    audits = [_audit([run[k] for run in runs]) for k in range(count)]
    shared = {
        "script": script,
        "replicates": len(runs),
        "distinct": len({str(run) for run in runs}),
        "failed": [{"replicate": n, "error": outcome.failed[n]} for n in sorted(outcome.failed)],
    }
    diagnoses = [one for audit in audits for one in audit.pop("diagnoses")]
    if outcome.left:
        text = (
            f"files were written where the next run finds them: {', '.join(outcome.left[:5])}; write them into the "
            "current folder, which is another in every run"
        )
        diagnoses.append({"kind": "files_left", "text": text})
    found = shared | audits[0] | {"diagnoses": diagnoses}
    return found | ({"audits": audits} if count > 1 else {})


def _audit(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One audit over all runs."""
    several = [report.get("populations", [report]) for report in reports]
    populations = [_population([one[k] for one in several]) for k in range(min(map(len, several)))]
    whole = populations[0] | {"diagnoses": _diagnoses(reports, populations)}
    return whole | ({"populations": populations} if len(populations) > 1 else {})


def _interval(values: Sequence[float | None]) -> dict[str, float | None]:
    known = np.array([value for value in values if value is not None], float)
    return mean_interval(known) if known.size == len(values) else {"mean": None, "low": None, "high": None}


def _population(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    fitness = [report["fitness"] for report in reports]
    return {
        "fitness": {name: _interval([one[name] for one in fitness]) for name in ("end", "deployment", "intensity")},
        "objectives": [_interval(values) for values in zip(*(one["objectives"] for one in reports), strict=True)],
        "without_known_parents": float(np.mean([report["without_known_parents"] for report in reports])),
        "properties": {name: _property(name, reports) for name in reports[0]["properties"]},
    }


def _property(name: str, reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    rows, n = [report["properties"][name] for report in reports], len(reports)
    k = sum(row["realized"] for row in rows)
    low, high = wilson(k, n)
    waits = {}
    for event in ("arose_at", "established_at"):
        observed = np.array([row[event] is not None for row in rows])
        times = [
            row[event] if row[event] is not None else r["generations"] for row, r in zip(rows, reports, strict=True)
        ]
        waits[f"{event}_median"] = plain_median(np.array(times, float), observed)
    return {
        "threshold": rows[0]["threshold"],
        "arose": sum(row["arose_at"] is not None for row in rows),
        "established": sum(row["established_at"] is not None for row in rows),
        "realized": k, "rate": k / n, "low": low, "high": high, **waits,
        "start": _interval([row["start"] for row in rows]),
        "end": _interval([row["end"] for row in rows]),
        "best": float(np.mean([row["best"] for row in rows])),
        "price": {term: _interval([row[term] for row in rows]) for term in PRICE},
        "gradient": _interval([row["gradient"]["beta"] for row in rows]),
    }  # fmt: skip


def _diagnoses(reports: Sequence[dict[str, Any]], populations: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What stands out, each with its remedy."""
    noted = {kind: text for report in reports for kind, text in report["notes"].items()}  # "" is DEAP's own
    told: dict[str, str] = {}
    if "not_cloned" in noted:
        told["not_cloned"] = noted["not_cloned"] or (
            "chosen individuals were changed in place, so that one object stands for several: copy each with "
            "toolbox.clone before it is changed"
        )
    for kind in ("not_blind", "given_up"):
        if kind in noted:
            told[kind] = noted[kind]
    if "no_parents" in noted:
        told["no_parents"] = noted["no_parents"] or (
            "nobody descends from anybody here: how it ends is measured, what selection did to it cannot be told"
        )
    for found in populations:
        unknown = found["without_known_parents"]
        if (unknown > _MANY or (unknown > 0.0 and "parents_unknown" in noted)) and "no_parents" not in told:
            told["parents_unknown"] = noted.get("parents_unknown") or (
                f"{unknown:.0%} of new individuals came without known parents: made anew, or copied in a way that "
                "cannot be seen; copies must be made by toolbox.clone or copy.deepcopy"
            )
        pull = found["fitness"]["intensity"]
        alone = len(found["objectives"]) == 1  # of several objectives one may be paid for another
        if alone and (text := _of_selection(pull)) is not None and "no_parents" not in told:
            told[text[0]] = text[1]
        for name, p in found["properties"].items():
            told |= _of_property(name, p, len(reports), evolved=any(report["generations"] for report in reports))
    return [{"kind": kind.partition(":")[0], "text": text} for kind, text in told.items()]


def _of_selection(pull: dict[str, float | None]) -> tuple[str, str] | None:
    mean, low, high = pull["mean"], pull["low"], pull["high"]
    if mean is None:
        return None
    around = low is not None and high is not None and low <= 0.0 <= high
    if abs(mean) < 1e-9 or (around and abs(mean) < _WEAK):
        return "no_selection", (
            "the fitter do not have more offspring: as many are chosen as there are, or without regard to fitness "
            "(where everyone is replaced by its own better child, as in differential evolution, that is transmission)"
        )
    if high is not None and high < 0.0:
        return "wrong_sign", "the fitter have fewer offspring: is the sign of a weight of the fitness the other way?"
    return None


def _of_property(name: str, p: dict[str, Any], n: int, evolved: bool) -> dict[str, str]:
    """evolved: whether a run has a generation after its founders."""
    told, pull = {}, p["price"]["selection"]
    if pull["high"] is not None and pull["high"] < 0.0:
        told[f"at_odds:{name}"] = (
            f"what is selected for lowers '{name}': selection on fitness changes it by {pull['mean']:.3g}"
        )
    if p["best"] >= p["threshold"] > (p["end"]["mean"] or 0.0) and p["realized"] < n / 2:
        told[f"best_only:{name}"] = (
            f"the best individual has '{name}' ({p['best']:.3g}), the population has not (mean {p['end']['mean']:.3g})"
        )
    change, start = p["price"]["change"]["mean"], p["start"]["mean"]
    if (
        evolved
        and p["realized"] == n
        and start is not None
        and start >= p["threshold"]
        and change is not None
        and abs(change) < 1e-12
    ):
        told[f"by_founders:{name}"] = f"'{name}' was there in the founders, and nothing changed it"
    return told


def compared(own: Outcome, blind: Outcome) -> dict[str, Any]:
    """By property: realized where fitness did not see it, and the paired difference to the runs as they are."""
    both = sorted(set(own.reports) & set(blind.reports))
    found = {}
    for name in own.reports[both[0]][0]["properties"] if both else ():
        one, other = (
            np.array([runs.reports[k][0]["properties"][name]["realized"] for k in both]) for runs in (own, blind)
        )
        found[name] = {"realized": int(other.sum()), "replicates": len(both), **paired_difference(one, other)}
    return found
