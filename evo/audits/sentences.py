"""The answer of an audit in words."""

from collections.abc import Iterator
from typing import Any

from evo.wording import interval, number, rate_sentence


def populations(summary: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every population of every audit, with what it is called beside others; empty where it is the only one."""
    audits = summary.get("audits", [summary])
    for n, audit in enumerate(audits, 1):
        several = audit.get("populations", [audit])
        for k, population in enumerate(several, 1):
            names = [f"audit {n}"] if len(audits) > 1 else []
            names += [f"population {k}"] if len(several) > 1 else []
            yield ", ".join(names), population


def fitness_told(population: dict[str, Any]) -> str:
    """Fitness at the end, in training and deployment, and how hard was selected; empty where nothing is known."""
    fitness = population["fitness"]
    said = []
    if fitness["end"]["mean"] is not None:
        said.append(f"Fitness at the end: {_mean(fitness['end'], 4)}")
    if fitness["deployment"]["mean"] is not None:
        said.append(f"in deployment {_mean(fitness['deployment'], 4)}")
    if fitness["intensity"]["mean"] is not None:
        said.append(f"selection intensity {_mean(fitness['intensity'], 2)} a generation")
    if len(population["objectives"]) > 1:
        means = ", ".join(number(one["mean"], 4) for one in population["objectives"])
        said.append(f"mean of each objective {means}")
    return f"{'; '.join(said)}." if said else ""


def property_told(name: str, p: dict[str, Any], replicates: int) -> str:
    """How often it is realized, when it came, how it ended, and what made the change."""
    said = f"{name}: realized in {rate_sentence(p['realized'], replicates, p['low'], p['high'])}"
    if (when := p["established_at_median"]) is not None:
        said += f", the mean first at {p['threshold']:g} in generation {number(when, 3)} (median)"
    elif not p["arose"]:
        said += f"; nobody ever had it at {p['threshold']:g}"
    said += f". The mean went from {number(p['start']['mean'])} to {_mean(p['end'])}; the best has {p['best']:.3g}."
    price = p["price"]
    if price["selection"]["mean"] is not None:
        said += f" Of the change of {price['change']['mean']:+.3g} selection made {_signed(price['selection'])}, "
        said += f"transmission {_signed(price['transmission'])}"
        arrival = price["arrival"]["mean"]
        said += f", those without known parents {arrival:+.3g}." if arrival else "."
    return said


def blind_told(name: str, arm: dict[str, Any]) -> str:
    """What becomes of a property where fitness does not see it."""
    span = interval(arm["low"], arm["high"])
    return (
        f"{name}, where fitness is as it would be without it: realized in {arm['realized']} of {arm['replicates']} "
        f"(difference {arm['difference']:+.2g}, 95 % interval {span})."
    )


def _mean(entry: dict[str, Any], digits: int = 3) -> str:
    span = interval(entry["low"], entry["high"], digits)
    return number(entry["mean"], digits) + (f" ({span})" if span else "")


def _signed(entry: dict[str, Any]) -> str:
    span = interval(entry["low"], entry["high"])
    return f"{entry['mean']:+.3g}" + (f" ({span})" if span else "")
