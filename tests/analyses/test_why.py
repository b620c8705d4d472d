"""`evo why`: a batch explained in numbers."""

import json

import pytest

from tests.command import command, run


def test_why_explains_with_numbers(tmp_path):
    document = run(tmp_path)
    done = command("why", document["batch"])
    assert done.returncode == 0, done.stderr
    for words in ("insertion advantage", "transmission", "effective population size", "5 replicates"):
        assert words in done.stdout
    told = json.loads(command("why", document["batch"], "--neutral", "--json").stdout)
    assert [cell["set"] for cell in told["cells"]] == [{"parts": 1}, {"parts": 2}]
    for cell, summary in zip(told["cells"], document["cells"], strict=True):
        assert sum(cell["verdicts"].values()) == 5 and cell["verdicts"] == summary["verdicts"]
        price = {key: entry["mean"] for key, entry in cell["price"]["rifle"].items()}
        assert price["expected"] + price["drift"] == pytest.approx(price["selection"], abs=1e-12)
        assert price["selection"] + price["transmission"] == pytest.approx(price["change"], abs=1e-9)
        assert cell["information"]["bits"] >= 0
    assert command("why", tmp_path / "nothing").returncode == 2
