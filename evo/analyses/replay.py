"""One replicate of a batch, evolved once more alone."""

from typing import Any

import polars as pl

from evo.batch.frames import runs_frame, traces_frame
from evo.batch.results import Batch
from evo.engines.dispatch import evolve
from evo.engines.replicates import Evolved, new_control
from evo.errors import ScenarioError
from evo.scenario.spec import Cell
from evo.wording import cell_name, short

_START = 8  # digits, from which on they may be the start of a key


def find_cell(batch: Batch, name: str) -> Cell:
    """The cell of that key or unique start of a key, or of that place in the sweep, counted from 1.

    A short whole number is a place and no start of a key, so that one beyond the last is not taken for another cell.

    Raises
    ------
    ScenarioError : there is none
    """
    if name.isdecimal() and 1 <= int(name) <= len(batch.cells):
        return batch.cells[int(name) - 1]
    place = name.isdecimal() and len(name) < _START
    found = [] if place or not name else [cell for cell in batch.cells if cell.key.startswith(name.lower())]
    if len(found) != 1:
        allowed = "; ".join(f"{n} or {c.key} ({cell_name(c.set) or 'all'})" for n, c in enumerate(batch.cells[:12], 1))
        more = "" if len(batch.cells) <= 12 else f"; {len(batch.cells) - 12} more"
        asked = short(name) or "''"
        raise ScenarioError(f"{batch.folder}: cell {asked}: there is no such cell; allowed: {allowed}{more}")
    return found[0]


def _same(known: pl.DataFrame, again: pl.DataFrame) -> bool:
    """Whether two tables are equal in all that both hold: an earlier evo had fewer columns, and others.

    What the cell sets is no record: the cell says so too, and an earlier evo named it otherwise.
    """
    both = [name for name in known.columns if name in again.columns and not name.startswith("set.")]
    return known.select(both).equals(again.select(both))


def replay(batch: Batch, cell: Cell, replicate: int) -> dict[str, Any]:
    """Evolve a replicate alone, and compare it with what is stored, bit for bit.

    Returns
    -------
    {"cell", "set", "replicate", "seed", "stored": whether it is in the batch, "identical": whether it came out the same
    (None where not stored), "failed": why it failed, or None, "generation": of the failure, "run": its row, or None}

    Raises
    ------
    ScenarioError : the code of the world is not trusted here, or evolves something else by now
    """
    live = next(c for c in batch.live().cells if c.key == cell.key)
    evolved = evolve(live.spec, [replicate], new_control())
    answer: dict[str, Any] = {
        "cell": cell.key, "set": cell.set, "replicate": replicate, "seed": cell.spec.scenario.batch.seed,
        "stored": False, "identical": None, "failed": None, "generation": None, "run": None,
    }  # fmt: skip
    if evolved.failures:
        failure = evolved.failures[0]
        answer |= {"failed": failure.reason, "generation": failure.generation}
        return answer
    same = identical(batch, live, replicate, evolved)
    answer |= {"stored": same is not None, "identical": same}
    return answer | {"run": runs_frame(live, evolved).row(0, named=True)}


def require_stored(batch: Batch, cell: Cell, replicate: int) -> None:
    """Raise ScenarioError where there is no such finished replicate."""
    known = set(batch.runs(cell)["replicate"].to_list()) if not batch.runs().is_empty() else set()
    if replicate not in known:
        allowed = f"allowed: {min(known)} to {max(known)}" if known else "the cell has none"
        raise ScenarioError(
            f"{batch.folder}: cell {cell.key}: replicate {replicate}: there is no such replicate; {allowed}"
        )


def identical(batch: Batch, cell: Cell, replicate: int, evolved: Evolved) -> bool | None:
    """Whether a replicate came out as it is stored, bit for bit; None where it is not stored."""
    mine = (pl.col("cell") == cell.key) & (pl.col("replicate") == replicate)
    runs = batch.runs()
    if runs.is_empty() or not (known := runs.filter(mine)).height:
        return None
    course = batch.traces(cell).filter(mine)
    return _same(known, runs_frame(cell, evolved)) and _same(course, traces_frame(cell, evolved))
