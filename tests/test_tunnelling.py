"""Valley crossing by stochastic tunnelling, within its regime (Iwasa and others 2004; Weissman and others 2009)."""

import pytest
from scipy import stats

import evo


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "parts", "rate", "cost", "advantage", "generations", "replicates"),
    [(1000, 2, 1e-4, 0.05, 0.5, 2000, 1500), (3000, 3, 1e-4, 0.01, 0.2, 3000, 500)],
)
def test_realized_share_agrees_with_tunnelling(tmp_path, size, parts, rate, cost, advantage, generations, replicates):
    spec = evo.load("wolf_sniper").over({}).set({
        "teeth": 0, "scaffold": 0.0, "parts": parts, "forward_rate": rate, "back_rate": 0.0, "part_cost": cost,
        "advantage": advantage, "population.size": size, "population.generations": generations, "batch.records": 2,
    })  # fmt: skip
    theory = spec.theory
    assert theory.holds, theory.regime
    summary = evo.run(spec, replicates=replicates, seed=11, out=tmp_path).summaries()[0]
    assert stats.binomtest(summary["realized"], replicates, theory.realized).pvalue > 1e-3, (summary, theory)
    # and the theory is told apart from the next one: without tunnelling's factor of two it is refused
    assert stats.binomtest(summary["realized"], replicates, min(1.0, 2 * theory.realized)).pvalue < 1e-3
