"""`evo compare`: two batches."""

import json

import evo
from tests.command import command, run

SMALL = {"population.size": 40, "population.generations": 10}


def test_compare_two_batches(tmp_path):
    first = run(tmp_path)["batch"]
    second = run(tmp_path, "--seed", "2")["batch"]
    rows = json.loads(command("compare", first, second, "--json").stdout)["cells"]
    assert [row["cell"] for row in rows] == ["parts 1", "parts 2"]
    assert all(row["low"] <= row["difference"] <= row["high"] and 0 <= row["p_value"] <= 1 for row in rows)
    assert "Newcombe" in command("compare", first, second).stdout
    other = run(tmp_path, "--over", "advantage=0.1,0.2")["batch"]
    done = command("compare", first, other)
    assert done.returncode == 2 and "no cell of equal swept values" in done.stderr


def test_a_batch_that_is_not_finished_is_matched_by_its_values(tmp_path):
    """One cell of it is there: it is compared with the cell of that value alone."""
    whole, spec = run(tmp_path)["batch"], evo.load("wolf_sniper").set(SMALL).over(parts=[1, 2])
    part = evo.run(spec.set({"batch.seed": 2}), replicates=2, out=tmp_path)
    second = part.cells[1].key
    for kind in ("runs", "traces"):
        for file in (part.folder / kind).glob(f"{second}*"):
            file.unlink()
    lines = (part.folder / "manifest.jsonl").read_text().splitlines(keepends=True)
    (part.folder / "manifest.jsonl").write_text("".join(line for line in lines if second not in line))
    rows = json.loads(command("compare", whole, part.folder, "--json").stdout)["cells"]
    assert [row["cell"] for row in rows] == ["parts 1"]
