"""Reports of runs as tables: a row for each run and property, and one for each generation and measure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

Reports = Mapping[int, Sequence[dict[str, Any]]]  # by replicate, of each audit in it

_PLACE: dict[str, Any] = {"replicate": pl.Int64, "audit": pl.Int64, "population": pl.Int64}
_NUMBERS = ("threshold", "start", "end", "best", "selection", "transmission", "arrival", "change", "intensity")
_RUNS = _PLACE | {"property": pl.String, "generations": pl.Int64, "realized": pl.Boolean}
_RUNS |= {"arose_at": pl.Int64, "established_at": pl.Int64, **dict.fromkeys(_NUMBERS, pl.Float64)}
_FITNESS = ("start", "end", "deployment", "intensity")
_RUNS |= {f"fitness.{name}": pl.Float64 for name in _FITNESS} | {"gradient": pl.Float64}
_TRACES = _PLACE | {"measure": pl.String, "property": pl.String, "generation": pl.Int64, "mean": pl.Float64}
MEASURES = ("fitness", "deployment", "property")  # fitness, that in deployment, a property


def _populations(reports: Reports) -> Iterator[tuple[dict[str, int], dict[str, Any]]]:
    """Each population of each audit of each run, with where it is; audits and populations from 1."""
    for replicate in sorted(reports):
        for n, audit in enumerate(reports[replicate], 1):
            for k, population in enumerate(audit.get("populations", [audit]), 1):
                yield {"replicate": replicate, "audit": n, "population": k}, population


def runs_table(reports: Reports) -> pl.DataFrame:
    """A row for each run, population and property: how it began and ended, stages, sums of the Price partition."""
    rows = []
    for place, found in _populations(reports):
        whole = {f"fitness.{name}": found["fitness"][name] for name in _FITNESS}
        for name, p in found["properties"].items():
            told = {key: p[key] for key in ("realized", "arose_at", "established_at", *_NUMBERS)}
            more = {"property": name, "generations": found["generations"], "gradient": p["gradient"]["beta"]}
            rows.append(place | whole | told | more)
    return pl.DataFrame(rows, schema=_RUNS, orient="row")


def traces_table(reports: Reports) -> pl.DataFrame:
    """A row for each run, population, measure and generation: the population mean of fitness or of a property."""
    parts = []
    for place, found in _populations(reports):
        course = found["trajectory"]
        measures = [(measure, None, course[measure]) for measure in MEASURES[:2]]
        measures += [(MEASURES[2], name, means) for name, means in course["properties"].items()]
        for measure, name, means in measures:
            if any(value is not None for value in means):
                columns = {key: [value] * len(means) for key, value in place.items()}
                told = {"measure": [measure] * len(means), "property": [name] * len(means), "mean": means}
                parts.append(pl.DataFrame(columns | told | {"generation": range(len(means))}, schema=_TRACES))
    return pl.concat(parts) if parts else pl.DataFrame(schema=_TRACES)
