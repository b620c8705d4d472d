"""`evo replay`: one replicate again, compared with what is stored."""

import shutil
from pathlib import Path

import polars as pl
import pytest

import evo
from evo.analyses.replay import find_cell, replay
from evo.batch.results import Batch
from evo.errors import ScenarioError
from tests.batch.batches import small


def test_replay_finds_cells_and_compares(tmp_path):
    batch = evo.run(small(), replicates=3, out=tmp_path)
    second = batch.cells[1]
    assert find_cell(batch, "2") is second and find_cell(batch, second.key[:9]) is second
    for beyond in ("0", "3", *"456789"):  # whatever keys begin with
        with pytest.raises(ScenarioError, match=f"cell {beyond}: there is no such cell; allowed: 1 or "):
            find_cell(batch, beyond)
    assert replay(batch, second, 2)["identical"] is True
    assert replay(batch, second, 9) | {"run": None} == {
        "cell": second.key, "set": second.set, "replicate": 9, "seed": 1, "stored": False, "identical": None,
        "failed": None, "generation": None, "run": None,
    }  # fmt: skip
    part = next(path for path in (batch.folder / "runs").glob(f"{second.key}-*"))
    frame = pl.read_parquet(part).with_columns(pl.col("training.fitness") + 1e-9)
    frame.write_parquet(part)
    shutil.copy(part, tmp_path / "spare")
    with pytest.raises(ScenarioError, match="is damaged"):
        replay(Batch.open(batch.folder), second, 2)
    assert Path(part).exists()
