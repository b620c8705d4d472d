"""Why a batch came out as it did, with its neutral control beside it where asked for."""

from collections.abc import Callable
from typing import Any

import polars as pl

from evo.batch.results import Batch
from evo.batch.run import run
from evo.errors import ScenarioError
from evo.measure.offspring import columns
from evo.measure.reasons import reasons
from evo.scenario.spec import Spec


def neutral_control(spec: Spec) -> Spec:
    """The same scenario without selection: every individual is as likely a parent as any other."""
    changes = {"scheme": "tournament", "parameter": 1.0, "elites": 0, "objectives": []}
    return spec.set({f"selection.{key}": value for key, value in changes.items()})


def explain_batch(
    batch: Batch, neutral: bool, jobs: int | None = None, progress: Callable[[int, int], None] | None = None
) -> list[dict[str, Any]]:
    """The measures of every cell that has a replicate.

    neutral : evolve the control too, as a batch of its own beside this one, with as many replicates

    Raises
    ------
    ScenarioError : the batch is empty, or there is no such control: of swept selection, of other optimizers
    Interrupted : Ctrl-C while the control evolves
    """
    runs = batch.runs()
    if runs.is_empty():
        raise ScenarioError(f"{batch.folder}: holds no finished replicate to explain")
    controls: dict[tuple[Any, ...], pl.DataFrame] = {}
    if neutral:
        if any(key.startswith("selection.") for key in batch.spec.scenario.sweep):
            raise ScenarioError(f"{batch.folder}: sweeps selection, which its neutral control would not have")
        if any(cell.spec.engine == "search" for cell in batch.cells):
            raise ScenarioError(f"{batch.folder}: has optimizers that have no neutral control; only genetic has one")
        control = run(neutral_control(batch.live().spec), jobs=jobs, out=batch.folder.parent, progress=progress)
        records = control.runs()
        controls = {tuple(c.set.values()): records.filter(pl.col("cell") == c.key) for c in control.cells}
    by_cell = {key: frame for (key,), frame in runs.group_by("cell")}
    return [
        reasons(
            cell,
            by_cell[cell.key],
            batch.traces(cell, columns(cell.spec.scenario.property.trait)),
            controls.get(tuple(cell.set.values())),
        )
        for cell in batch.cells
        if cell.key in by_cell
    ]
