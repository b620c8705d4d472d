"""What backs the sentences of claims: estimators, order statistics, divergences, fits, against closed form."""

import numpy as np
import pytest

from evo.claims.findings import goodhart
from evo.claims.findings.expansion import correlations
from evo.measure.choice import best_of_random
from evo.measure.mutual import mutual, mutual_information


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_mutual_information_of_normals(rho):
    """-log2(1 - rho^2) / 2 bits, over 20 samples of 400."""
    rng = np.random.default_rng(1)
    estimates = []
    for _ in range(20):
        x, e = rng.standard_normal((2, 400))
        estimates.append(mutual_information(x, rho * x + np.sqrt(1 - rho**2) * e))
    error = np.std(estimates, ddof=1) / np.sqrt(20)
    assert np.mean(estimates) == pytest.approx(-0.5 * np.log2(1 - rho**2), abs=4 * error + 0.02)


def test_mutual_information_of_a_coin_and_of_any_monotone_scale():
    rng = np.random.default_rng(2)
    coin = rng.integers(0, 2, 600)
    x, y = (coin + 0.01 * rng.standard_normal(600) for _ in range(2))
    assert mutual_information(x, y) == pytest.approx(1.0, abs=0.12)
    assert mutual_information(np.exp(3 * x), y**3) == mutual_information(x, y)


def test_the_permutation_null_holds_its_level():
    """Among 100 independent pairs about 5 have p of 0.05 or less."""
    rng = np.random.default_rng(3)
    p = [mutual(*rng.standard_normal((2, 60)), shuffles=99, seed=k).p_value for k in range(100)]
    assert sum(value <= 0.05 for value in p) <= 12
    assert mutual(*(lambda x: (x, x + 0.3 * rng.standard_normal(60)))(rng.standard_normal(60))).p_value < 0.01


def test_the_best_of_k_drawn_without_replacement():
    rng = np.random.default_rng(4)
    seen, other = rng.standard_normal((2, 7))
    from itertools import combinations

    for k in range(1, 8):
        subsets = [max(subset, key=lambda i: seen[i]) for subset in combinations(range(7), k)]
        assert best_of_random(seen, other, k) == pytest.approx(np.mean([other[i] for i in subsets]))
    with pytest.raises(ValueError, match="from 1 to 7"):
        best_of_random(seen, other, 8)


def test_divergences_of_goodhart():
    assert goodhart.best_of_n_divergence(np.array([1.0, 2.0])) == pytest.approx([0.0, np.log(2) - 0.5])
    x = np.random.default_rng(5).standard_normal((200_000, 4)).max(axis=1)  # a sample of the best of four
    density = 4 * __import__("scipy.stats").stats.norm.cdf(x) ** 3  # relative to one draw
    assert goodhart.best_of_n_divergence(np.array(4.0)) == pytest.approx(np.log(density).mean(), abs=0.01)
    mean, covariance = np.array([1.0, -0.5]), np.array([[0.5, 0.2], [0.2, 2.0]])
    draws = np.random.default_rng(6).multivariate_normal(mean, covariance, 400_000)
    from scipy.stats import multivariate_normal

    ratio = multivariate_normal(mean, covariance).logpdf(draws) - multivariate_normal(np.zeros(2)).logpdf(draws)
    assert goodhart.normal_divergence(mean, covariance) == pytest.approx(ratio.mean(), abs=0.01)


@pytest.mark.parametrize("form", ["linear", "log"])
def test_fits_of_the_published_forms(form):
    d = np.linspace(0.0, 3.0, 20)
    with np.errstate(divide="ignore", invalid="ignore"):
        gold = np.nan_to_num(d * (0.9 - 0.3 * (d if form == "linear" else np.log(d))))
    a, b, r2 = goodhart.fit(d, gold, form)
    assert (a, b, r2) == pytest.approx((0.9, 0.3, 1.0))


def test_correlation_along_a_run():
    rng = np.random.default_rng(7)
    x, y = rng.standard_normal((2, 3, 12))
    assert correlations(x, y) == pytest.approx([np.corrcoef(a, b)[0, 1] for a, b in zip(x, y, strict=True)])


def test_only_claims_have_something_of_their_own():
    from pathlib import Path

    from evo.claims import findings
    from evo.claims.finding import Finding, finding_of
    from evo.claims.page import claims

    files = {path.stem for path in Path(findings.__path__[0]).glob("*.py")} - {"__init__"}
    assert files <= set(claims()) and finding_of("no_such_claim") == Finding()
