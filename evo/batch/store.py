"""A batch's folder: append-only Parquet parts, each written aside, synced and renamed."""

import hashlib
import itertools
import json
import os
from pathlib import Path
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


def write_atomically(path: Path, write: Any) -> None:
    """Call `write(temporary path)`, sync, and rename onto `path`."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    write(aside)
    with aside.open("rb") as handle:
        os.fsync(handle.fileno())
    aside.replace(path)


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


class Store:
    """Reads and appends the parts of one batch folder. A replicate counts as done when its row is in `runs`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._frames: dict[str, tuple[list[Path], pl.DataFrame]] = {}  # as last read, with the parts it was read from
        for name in ("runs", "traces", "figures"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def append(self, cell: Cell, evolved: Evolved) -> None:
        """Store finished replicates of a cell; their traces first, so that a run never lacks its trace."""
        if evolved.replicates.size == 0:
            return
        name = f"{cell.key}-{evolved.replicates[0]:07d}-{evolved.replicates[-1]:07d}.parquet"
        traces, runs = traces_frame(cell, evolved), runs_frame(cell, evolved)
        write_atomically(self.folder / "traces" / name, lambda path: traces.write_parquet(path))
        write_atomically(self.folder / "runs" / name, lambda path: runs.write_parquet(path))

    def done(self) -> dict[str, set[int]]:
        """Replicates stored, by cell key; traces without runs are left over from a crash and removed."""
        names = {path.name for path in (self.folder / "runs").glob("*.parquet")}
        for path in (self.folder / "traces").glob("*.parquet"):
            if path.name not in names:
                path.unlink()
        found: dict[str, set[int]] = {}
        for name in names:
            key, first, last = name.removesuffix(".parquet").split("-")
            found.setdefault(key, set()).update(range(int(first), int(last) + 1))
        return found

    def _read(self, kind: str, order: list[str]) -> pl.DataFrame:
        parts = sorted((self.folder / kind).glob("*.parquet"))
        if not parts:
            return pl.DataFrame()
        known, frame = self._frames.get(kind, ([], pl.DataFrame()))
        if known != parts:  # parts are never changed, only added
            frame = pl.concat([pl.read_parquet(part) for part in parts], how="vertical").sort(order)
            self._frames[kind] = (parts, frame)
        return frame

    def runs(self) -> pl.DataFrame:
        """A row per replicate, in canonical order."""
        return self._read("runs", ["cell", "replicate"])

    def traces(self) -> pl.DataFrame:
        """A row per recorded generation, in canonical order."""
        return self._read("traces", ["cell", "replicate", "generation"])

    def digest(self) -> str:
        """sha256 over all records in canonical order, free of timings and of how they were split into parts."""
        total = hashlib.sha256()
        for kind, frame in (("runs", self.runs()), ("traces", self.traces())):
            for column in frame.columns:
                series = frame[column]
                total.update(f"{kind} {column} {series.dtype} {len(series)}\n".encode())
                if series.dtype == pl.String:
                    total.update("\n".join(series.to_list()).encode())
                elif series.dtype == pl.Float64:
                    total.update(series.to_numpy().astype("<f8").tobytes())
                else:
                    total.update(series.cast(pl.Int64).fill_null(-1).to_numpy().astype("<i8").tobytes())
        return total.hexdigest()

    def write_json(self, name: str, data: Any) -> None:
        """Write a JSON file of the folder."""
        text = json.dumps(data, indent=2) + "\n"
        write_atomically(self.folder / name, lambda path: path.write_text(text, encoding="utf-8"))
