"""A batch that is there: one folder of results, read."""

import copy
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import polars as pl

from evo.batch import archive
from evo.batch.disk import refuse_links
from evo.batch.frames import by_cell
from evo.batch.provenance import history
from evo.batch.store import Store
from evo.batch.trial import try_worlds
from evo.errors import ScenarioError
from evo.kernels.plan import ARM
from evo.measure.realization import cell_summary
from evo.places import AUDIT, is_file
from evo.scenario.library import load
from evo.scenario.spec import Cell, Spec
from evo.wording import closest, refuse_letters, show

_OWN = ("scenario.toml", "world.json", "world", "manifest.jsonl", "provenance.jsonl", "runs", "traces", "arms")


class Batch:
    """One folder of results: all cells times replicates of one run.

    Raises
    ------
    ScenarioError : something of it is a link, which may lead anywhere
    """

    def __init__(self, folder: Path, spec: Spec):
        refuse_links(folder, *_OWN)
        self.folder = folder
        self.spec = spec
        self.store = Store(folder)

    @classmethod
    def open(cls, folder: Path | str) -> Self:
        """The batch in a results folder, read without running any of its world's code; see `live`.

        Raises
        ------
        ScenarioError : the folder holds no batch, or something in it is damaged
        """
        folder = Path(folder)
        refuse_letters(folder.absolute())
        file = folder / "scenario.toml"
        if is_file(folder / AUDIT):
            raise ScenarioError(
                f"{folder}: is the folder of an audit, which has no scenario: report, figures and digest read it, and "
                "evo audit SCRIPT --replay K runs one of its runs again"
            )
        if not is_file(file):
            raise ScenarioError(f"{folder}: is not the folder of a batch (it holds no scenario.toml)")
        refuse_links(folder, *_OWN)  # before the first of them is read
        kept = archive.read(folder)
        batch = cls(folder, kept or cls._of_an_earlier_evo(folder))
        if kept is not None:
            batch.store.manifest.cells = kept.cell_keys
        stored = batch.store.batch_hash()
        if stored not in (None, batch.spec.batch_hash) and not (
            kept is None and archive.is_earlier(folder, batch.spec, stored)
        ):
            raise ScenarioError(
                f"{file}: is not what this folder was evolved from: it, its world or evo has changed since; run the "
                "scenario again, into a folder of its own"
            )
        return batch

    @staticmethod
    def _of_an_earlier_evo(folder: Path) -> Spec:
        if not archive.names_a_file(folder):
            return load(folder / "scenario.toml")
        store = Store(folder)
        return archive.told_by_records(folder, store.runs(), store.batch_hash() or "")

    def live(self) -> Self:
        """The same batch with the code of its world, for what evolves more.

        Raises
        ------
        ScenarioError : nobody has trusted that code, or it evolves something else by now
        WorldError : it must not be run; endless lives may, for a time limit may have ended them
        """
        spec = self.spec.live()
        if spec.batch_hash != self.spec.batch_hash:
            raise ScenarioError(
                f"{self.folder}: its world or evo has changed since, so that this cannot be evolved again; what is "
                "stored can be read"
            )
        batch = type(self)(self.folder, spec)
        try_worlds(batch.cells, limited=True)
        return batch

    def held(self) -> Self:
        """The same batch of the replicates that are there now: for what reads it several times while others add to it.

        Raises
        ------
        ScenarioError : something is damaged, with what mends it
        """
        other = copy.copy(self)
        other.store = self.store.held()
        return other

    def provenance(self) -> list[dict[str, Any]]:
        """Of each run that evolved something: versions, machine, commit, command, seed, times; the oldest first."""
        return history(self.folder)

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells of the sweep, in order."""
        return list(self.spec.cells())

    def runs(self, cell: Cell | None = None) -> pl.DataFrame:
        """A row per replicate; of one cell, where given."""
        rows = self.store.runs()
        return rows if cell is None else rows.filter(pl.col("cell") == cell.key)

    def traces(self, cell: Cell | None = None, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """A row per recorded generation; of one cell, where given.

        columns : those to read, beside cell, replicate and generation; all, where not given
        """
        return self.store.traces(cell.key if cell else None, columns)

    def failures(self) -> list[dict[str, Any]]:
        """Replicates that failed: cell key `failed`, `set`, `seed`, `replicate`, `generation`, `reason`."""
        return self.store.failures()

    def digest(self) -> str:
        """sha256 over the records."""
        return self.store.digest()

    def summaries(self) -> list[dict[str, Any]]:
        """The contract's JSON object of each cell that has a replicate."""
        own, arms = by_cell(self.runs()), {name: by_cell(rows) for name, rows in self.arms().items()}
        return [
            cell_summary(cell, own[cell.key], {name: rows[cell.key] for name, rows in arms.items() if cell.key in rows})
            for cell in self.cells
            if cell.key in own
        ]

    def arms(self) -> dict[str, pl.DataFrame]:
        """The rows of each arm that `evo why` has evolved, by its name: blind, supplied, watched."""
        found = {name: self.arm(name).runs() for name in ARM._fields[1:]}
        return {name: rows for name, rows in found.items() if not rows.is_empty()}

    def arm(self, name: str) -> "Batch":
        """What is there of an arm of this batch, read without any of its world's code.

        Raises
        ------
        ScenarioError : there is no such arm
        """
        if name not in ARM._fields[1:]:
            raise ScenarioError(f"there is no arm {show(name)}; {closest(str(name), ARM._fields[1:])}")
        refuse_links(self.folder, f"arms/{name}")
        found = Batch(self.folder / "arms" / name, self.spec.in_arm(name))
        return found.held() if self.store.is_held else found

    def rates(self) -> pl.DataFrame:
        """Realized k of n, rate and 95 % interval, a row per cell."""
        keys = ("replicates", "selected_for", "arose", "established", "realized", "generalizes", "rate", "low", "high")
        return pl.DataFrame(
            [{f"set.{k}": v for k, v in s["set"].items()} | {k: s[k] for k in keys} for s in self.summaries()]
        )
