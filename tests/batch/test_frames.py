"""Tables of replicates."""

import polars as pl

from evo.batch.frames import by_cell


def test_rows_of_each_cell_keep_their_order():
    rows = pl.DataFrame({"cell": ["b", "a", "b", "a", "b"], "replicate": [4, 1, 2, 0, 3]})
    assert {key: frame["replicate"].to_list() for key, frame in by_cell(rows).items()} == {"a": [1, 0], "b": [4, 2, 3]}
    assert by_cell(pl.DataFrame()) == {}
