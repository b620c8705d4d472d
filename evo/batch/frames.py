"""Finished replicates as tables: a row per replicate, and a row per recorded generation."""

import itertools
from typing import Any

import numpy as np
import polars as pl

from evo.engines.replicates import Evolved
from evo.kernels.records import BREEDING, INSERTION, PLACE, ROW, SCORE, WATCH
from evo.measure.columns import DEMES, PARTS, WATCHED, probed
from evo.scenario.spec import Cell, Spec


def _nullable(times: np.ndarray) -> pl.Series:
    return pl.Series(times).replace(-1, None)


def _column(value: Any, n: int) -> pl.Series:
    """What a cell sets, n times. Values are in the one form of their field, so all cells give a column one type."""
    if isinstance(value, list):
        value = ", ".join(value)
    types: dict[type, Any] = {int: pl.Int64, float: pl.Float64, str: pl.String}
    return pl.repeat(value, n, dtype=types[type(value)], eager=True)


def _terms(spec: Spec) -> tuple[str, ...]:
    """Terms of the Price partition beside selection and its expectation, and parts of both where they are told."""
    return (
        "transmission",
        *(PARTS if spec.split_transmission else ()),
        *(DEMES if spec.scenario.population.groups > 1 else ()),
    )


def by_cell(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The rows of each cell, by its key, in their order; of a cell that has none, nothing."""
    return {} if rows.is_empty() else {key: frame for (key,), frame in rows.group_by("cell")}


def runs_frame(cell: Cell, evolved: Evolved) -> pl.DataFrame:
    """A row per finished replicate."""
    spec, r = cell.spec, evolved.records
    prop, threshold = spec.scenario.property.trait, spec.scenario.property.threshold
    n = evolved.replicates.size
    last, scores = (records[np.arange(n), r.records - 1] for records in (r.trace, r.probes))
    means = {f"training.{trait.name}": last[:, ROW.mean, t] for t, trait in enumerate(spec.world.traits)}
    means |= {f"deployment.{trait.name}": last[:, ROW.deployment, t] for t, trait in enumerate(spec.world.traits)}
    means |= (asked := _asked(spec, scores))
    realized = means[f"training.{prop}"] >= threshold
    filled = np.arange(r.trace.shape[1])[None, :] < r.records[:, None]
    sums = np.where(filled[:, :, None, None], r.trace, 0.0).sum(axis=1)
    columns: dict[str, Any] = {"cell": [cell.key] * n, "replicate": evolved.replicates}
    columns |= {f"set.{key}": _column(value, n) for key, value in cell.set.items()}
    columns |= {f"knob.{key}": [value] * n for key, value in spec.environments[0].items()}
    columns |= {
        "seed": [spec.scenario.batch.seed] * n,
        "ended_at": r.ended_at,
        "insertion_advantage": r.insertion[:, INSERTION.start],
        "insertion_advantage_end": r.insertion[:, INSERTION.end],
        "arose_at": _nullable(r.arose_at),
        "established_at": _nullable(r.established_at),
        "arose": r.arose_at >= 0,
        "established": r.established_at >= 0,
        "realized": realized,
        "generalizes": realized & (means[f"deployment.{prop}"] >= threshold),
    }
    terms = _terms(spec)
    for t, trait in enumerate(spec.world.traits):
        columns |= {
            **{f"{place}.{trait.name}": means[f"{place}.{trait.name}"] for place in PLACE._fields},
            f"selection.{trait.name}": sums[:, ROW.selection, t],
            f"expected.{trait.name}": sums[:, ROW.expected, t],
            f"drift.{trait.name}": sums[:, ROW.selection, t] - sums[:, ROW.expected, t],
            **{f"{term}.{trait.name}": sums[:, getattr(ROW, term), t] for term in terms},
            f"change.{trait.name}": last[:, ROW.mean, t] - r.trace[:, 0, ROW.mean, t],
        }
    # Sums over the generations in which the property varied and was not yet established: its gradients on the way up.
    columns |= {"varied": r.varied, "sum_offspring_variance": r.sum_offspring}
    columns |= {f"sum_differential.{trait.name}": r.sum_differential[:, t] for t, trait in enumerate(spec.world.traits)}
    columns |= {f"sum_covariance.{a}.{b}": r.sum_covariance[:, s, t] for (s, a), (t, b) in _pairs(spec)}
    columns |= asked
    columns |= evolved.extra
    return pl.DataFrame(columns)


def _asked(spec: Spec, scores: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of every probe. scores: float64[rows, PLACE, SCORE, Q]."""
    return {
        f"{probed(place, score)}.{probe.name}": scores[:, getattr(PLACE, place), getattr(SCORE, score), q]
        for q, probe in enumerate(spec.world.probes)
        for place in PLACE._fields
        for score in SCORE._fields
    }


def _pairs(spec: Spec) -> Any:
    """Pairs of (column, name) of traits, each trait with itself and those after it."""
    return itertools.combinations_with_replacement(enumerate(trait.name for trait in spec.world.traits), 2)


def traces_frame(cell: Cell, evolved: Evolved) -> pl.DataFrame:
    """A row per recorded generation of each replicate.

    Price sums (selection, expected, transmission) are since the row before; the differential, and the variances of
    offspring, are of the one generation after.
    """
    r = evolved.records
    filled = np.arange(r.trace.shape[1])[None, :] < r.records[:, None]
    rows = r.trace[filled]
    columns: dict[str, Any] = {
        "cell": pl.Series([cell.key]).new_from_index(0, len(rows)),
        "replicate": np.repeat(evolved.replicates, r.records),
        "generation": r.trace_at[filled],
        "offspring_variance": r.breeding[filled][:, BREEDING.offspring_variance],
        "expected_offspring_variance": r.breeding[filled][:, BREEDING.expected_variance],
        "crossed": r.breeding[filled][:, BREEDING.crossed],
    }
    if r.watch.shape[1]:
        columns |= {column.name: r.watch[filled][:, getattr(WATCH, column.name)] for column in WATCHED}
    for t, trait in enumerate(cell.spec.world.traits):
        columns |= {
            f"training.{trait.name}": rows[:, ROW.mean, t],
            f"variance.{trait.name}": rows[:, ROW.variance, t],
            f"deployment.{trait.name}": rows[:, ROW.deployment, t],
            f"selection.{trait.name}": rows[:, ROW.selection, t],
            f"expected.{trait.name}": rows[:, ROW.expected, t],
            **{f"{term}.{trait.name}": rows[:, getattr(ROW, term), t] for term in _terms(cell.spec)},
            f"differential.{trait.name}": rows[:, ROW.differential, t],
        }
    matrices = r.covariance[filled]
    columns |= {f"covariance.{a}.{b}": matrices[:, s, t] for (s, a), (t, b) in _pairs(cell.spec) if s != t}
    columns |= _asked(cell.spec, r.probes[filled])
    return pl.DataFrame(columns)
