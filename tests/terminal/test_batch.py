"""What is said beside the table of a batch."""

import evo
from evo.terminal.batch import interval_name


def test_until_is_told_beside_the_table(tmp_path):
    spec = evo.load("wolf_sniper").over({"parts": [1]}).set({"population.size": 50, "population.generations": 20})
    batch = evo.run(spec.set({"batch.until": 0.5}), out=tmp_path)
    assert "stop" in interval_name(batch.spec) and "Wilson" in interval_name(spec)
