"""Finished replicates as tables: a row per replicate, and a row per recorded generation."""

import itertools
from typing import Any

import numpy as np
import polars as pl

from evo.engines.individuals import Evolved
from evo.kernels.evolve import (
    CROSSED,
    DEPLOYMENT,
    DIFFERENTIAL,
    EXPECTED,
    EXPECTED_VARIANCE,
    MEAN,
    OFFSPRING_VARIANCE,
    SELECTION,
    TRANSMISSION,
    VARIANCE,
)
from evo.scenario import Cell, Spec


def _nullable(times: np.ndarray) -> pl.Series:
    return pl.Series(times).replace(-1, None)


def runs_frame(cell: Cell, evolved: Evolved) -> pl.DataFrame:
    """A row per finished replicate."""
    spec, r = cell.spec, evolved.records
    prop, threshold = spec.world.trait(spec.scenario.property.trait), spec.scenario.property.threshold
    n = evolved.replicates.size
    last = r.trace[np.arange(n), r.records - 1]
    realized = last[:, MEAN, prop] >= threshold
    filled = np.arange(r.trace.shape[1])[None, :] < r.records[:, None]
    sums = np.where(filled[:, :, None, None], r.trace, 0.0).sum(axis=1)
    columns: dict[str, Any] = {"cell": [cell.key] * n, "replicate": evolved.replicates}
    columns |= {f"set.{key}": [value] * n for key, value in cell.set.items()}
    columns |= {f"knob.{key}": [value] * n for key, value in spec.knobs.items()}
    columns |= {
        "seed": [spec.scenario.batch.seed] * n,
        "ended_at": r.ended_at,
        "insertion_advantage": r.insertion[:, 0],
        "insertion_advantage_end": r.insertion[:, 1],
        "arose_at": _nullable(r.arose_at),
        "established_at": _nullable(r.established_at),
        "selected_for": r.insertion[:, 0] > 0.0,
        "arose": r.arose_at >= 0,
        "established": r.established_at >= 0,
        "realized": realized,
        "generalizes": realized & (last[:, DEPLOYMENT, prop] >= threshold),
    }
    for t, trait in enumerate(spec.world.traits):
        columns |= {
            f"training.{trait.name}": last[:, MEAN, t],
            f"deployment.{trait.name}": last[:, DEPLOYMENT, t],
            f"selection.{trait.name}": sums[:, SELECTION, t],
            f"expected.{trait.name}": sums[:, EXPECTED, t],
            f"drift.{trait.name}": sums[:, SELECTION, t] - sums[:, EXPECTED, t],
            f"transmission.{trait.name}": sums[:, TRANSMISSION, t],
            f"change.{trait.name}": last[:, MEAN, t] - r.trace[:, 0, MEAN, t],
        }
    # Sums over the generations in which the property varied and was not yet established: its gradients on the way up.
    columns |= {"varied": r.varied, "sum_offspring_variance": r.sum_offspring}
    columns |= {f"sum_differential.{trait.name}": r.sum_differential[:, t] for t, trait in enumerate(spec.world.traits)}
    columns |= {f"sum_covariance.{a}.{b}": r.sum_covariance[:, s, t] for (s, a), (t, b) in _pairs(spec)}
    columns |= evolved.extra
    return pl.DataFrame(columns)


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
        "offspring_variance": r.breeding[filled][:, OFFSPRING_VARIANCE],
        "expected_offspring_variance": r.breeding[filled][:, EXPECTED_VARIANCE],
        "crossed": r.breeding[filled][:, CROSSED],
    }
    for t, trait in enumerate(cell.spec.world.traits):
        columns |= {
            f"training.{trait.name}": rows[:, MEAN, t],
            f"variance.{trait.name}": rows[:, VARIANCE, t],
            f"deployment.{trait.name}": rows[:, DEPLOYMENT, t],
            f"selection.{trait.name}": rows[:, SELECTION, t],
            f"expected.{trait.name}": rows[:, EXPECTED, t],
            f"transmission.{trait.name}": rows[:, TRANSMISSION, t],
            f"differential.{trait.name}": rows[:, DIFFERENTIAL, t],
        }
    matrices = r.covariance[filled]
    columns |= {f"covariance.{a}.{b}": matrices[:, s, t] for (s, a), (t, b) in _pairs(cell.spec) if s != t}
    return pl.DataFrame(columns)
