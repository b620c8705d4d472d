"""What is expected of a scheme is exact at the population's own size, however small."""

import numpy as np
import pytest
from scipy import stats

from evo.figures.pressure import pressure_figure
from evo.pressure import theory
from evo.pressure.measure import MEASURES, pressure
from evo.pressure.subject import CV, of_kernel
from evo.terminal.pressure import print_pressure
from tests.pressure.test_measure import z_score

POINTS = [
    ("tournament", 7), ("tournament", 2), ("truncation", 0.3), ("linear_ranking", 1.5), ("exponential_ranking", 0.8),
    ("proportional", 0.0), ("stochastic_universal", 0.0), ("boltzmann", 0.5), ("boltzmann", 2.0),
]  # fmt: skip


@pytest.mark.parametrize("size", [5, 37])
@pytest.mark.parametrize(("scheme", "parameter"), POINTS)
def test_measured_as_expected_exactly(scheme, parameter, size):
    """z-tests over 2,000 selections of each measure that is called exact; 1e-4 for a point, shared among them."""
    found = pressure(of_kernel(scheme, parameter, 23), size, 2000, 23)
    scores = {name: z_score(found[name]) for name in found["exact"]}
    known = [z for z in scores.values() if z is not None]
    assert len(known) >= 4 and max(map(abs, known)) < stats.norm.isf(0.5e-4 / len(known)), scores
    assert set(found["exact"]) <= set(MEASURES)


def test_the_integral_over_ranks_alone_would_be_noticed():
    """1.304 for tournaments of 7 in 37, which is exact for (mean of parents - mean) over sd 1."""
    found = pressure(of_kernel("tournament", 7, 23), 37, 2000, 23)["intensity"]
    assert found["theory"] == pytest.approx(1.3314, abs=1e-4)
    assert found["theory"] * theory.mean_sd(37) == pytest.approx(1.3042, abs=1e-4)
    assert not found["low"] < 1.3042 < found["high"]


def sampled(weigh, size, draws=200_000, seed=5):
    """Means of z and z^2 over offspring, of e^2 and of the fittest's e, intensity; each with its error."""
    z = np.random.default_rng(seed).standard_normal((draws, size))
    w = weigh(z)
    e = size * w / w.sum(axis=1, keepdims=True)
    columns = (
        (e * z).mean(1), (e * z**2).mean(1), (e**2).mean(1), e[np.arange(draws), z.argmax(1)],
        ((e * z).mean(1) - z.mean(1)) / z.std(1),
    )  # fmt: skip
    return [(column.mean(), column.std() / np.sqrt(draws)) for column in columns]


@pytest.mark.parametrize("parameter", [0.3, 1.5, 4.0])
def test_boltzmann_integrals(parameter):
    """By the quadrature, and by weighing 200,000 samples of 8: within 4.5 standard errors each."""
    size = 8
    expected = [*theory._boltzmann(parameter, size), theory.moments("boltzmann", parameter, size)[0]]
    for value, (mean, error) in zip(expected, sampled(lambda z: np.exp(parameter * z), size), strict=True):
        assert abs(value - mean) < 4.5 * error, (value, mean, error)


def test_proportional_integrals():
    size = 8
    mean, square = theory._proportional(size)
    expected = [
        mean, square, theory.offspring_variance("proportional", 0.0, size) / (1 - 1 / size),
        theory.best_copies("proportional", 0.0, size), theory.moments("proportional", 0.0, size)[0],
    ]  # fmt: skip
    for value, (found, error) in zip(expected, sampled(lambda z: 1 + CV * z, size), strict=True):
        assert abs(value - found) < 4.5 * error


def test_large_populations_have_the_published_limits():
    """Boltzmann's intensity is its inverse temperature, and its variance ratio 1 (Blickle and Thiele 1996)."""
    for parameter in (0.1, 0.5):
        intensity, ratio = theory.moments("boltzmann", parameter, 100_000)
        assert intensity == pytest.approx(parameter, rel=1e-3) and ratio == pytest.approx(1.0, rel=1e-3)
    assert theory.mean_sd(2) == pytest.approx(1 / np.sqrt(np.pi))  # half the distance of two normals
    assert theory.mean_sd(10**6) == pytest.approx(1.0, abs=1e-6)
    assert theory.moments("proportional", 0.0, 10**5)[0] == pytest.approx(CV, rel=1e-4)


def test_what_is_exact_and_what_a_limit_is_told(capsys):
    points = [pressure(of_kernel("boltzmann", p, 1), 20, 50) for p in (0.5, 1.0)]
    assert "loss_of_diversity" not in points[0]["exact"] and "intensity" in points[0]["exact"]
    assert not theory.is_exact("tournament", 5000, "intensity") and theory.is_exact("tournament", 5000, "best_copies")
    print_pressure(points[:1])
    told = capsys.readouterr().out
    assert "limit of large N" in told and "~" in told and "exact" in told
    lines = [[line.get_linestyle() for line in panel.lines] for panel in pressure_figure(points).axes]
    assert "--" in lines[1] and "--" not in lines[0]
