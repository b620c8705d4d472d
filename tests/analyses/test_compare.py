"""`evo compare`: two batches."""

import json

from tests.command import command, run


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
