"""What selection operators do, against closed form: z-tests on fixed seeds, corrected for their number."""

import json
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from evo.kernels.operators import SCHEMES
from evo.pressure import theory
from evo.pressure.deap_operators import OPERATORS, of_deap
from evo.pressure.measure import MEASURES, pressure
from evo.pressure.subject import of_kernel

POINTS = [(name, scheme.tried[len(scheme.tried) // 2]) for name, scheme in SCHEMES.items()]


def z_score(found):
    """Standard errors between measured and closed form; None where either is missing or nothing varies."""
    if found["theory"] is None or found["low"] is None or found["high"] - found["low"] < 1e-9:
        return None
    return (found["measured"] - found["theory"]) / ((found["high"] - found["low"]) / (2 * 1.96))


def agrees(point):
    scores = {name: z_score(point[name]) for name in MEASURES}
    known = [z for z in scores.values() if z is not None]
    limit = stats.norm.isf(5e-4 / len(known))
    assert known and max(map(abs, known)) < limit, scores


@pytest.mark.parametrize(("scheme", "parameter"), POINTS)
def test_kernel_schemes_agree_with_closed_form(scheme, parameter):
    agrees(pressure(of_kernel(scheme, parameter, 7), 400, 300, 7))


@pytest.mark.parametrize(
    ("name", "parameter"), [("selTournament", 3), ("selRoulette", None), ("selStochasticUniversalSampling", None)]
)
def test_deap_operators_agree_with_the_same_closed_form(name, parameter):
    agrees(pressure(of_deap(name, parameter), 100, 100))


def test_every_deap_operator_can_be_measured():
    for name, (values, *_) in OPERATORS.items():
        found = pressure(of_deap(name, values[0]), 30, 4)
        assert np.isfinite(found["intensity"]["measured"])


def test_a_wrong_scheme_would_be_noticed():
    with pytest.raises(AssertionError):
        agrees(pressure(of_kernel("tournament", 3, 7)._replace(parameter=4), 400, 300, 7))


def test_published_values():
    """Blickle and Thiele 1996: intensities, variances; tournament of 2 and linear ranking of 2 are one."""
    n = 100_000
    for scheme, parameter, intensity in (
        ("tournament", 2, 0.5642), ("tournament", 5, 1.1630), ("tournament", 10, 1.5388), ("truncation", 0.5, 0.7979),
        ("truncation", 0.1, 1.7550), ("linear_ranking", 1.5, 0.5 / np.sqrt(np.pi)),
    ):  # fmt: skip
        assert theory.moments(scheme, parameter, n)[0] == pytest.approx(intensity, abs=2e-3)
    assert theory.moments("tournament", 2, n)[1] == pytest.approx(1 - 1 / np.pi, abs=1e-3)
    i = theory.moments("truncation", 0.3, n)[0]
    z = stats.norm.isf(0.3)
    assert theory.moments("truncation", 0.3, n)[1] == pytest.approx(1 - i * (i - z), abs=2e-3)
    assert theory.rank_shares("tournament", 2, 500) == pytest.approx(
        theory.rank_shares("linear_ranking", 2, 500), abs=5e-3
    )
    assert theory.takeover_time("tournament", 2, 1000) == pytest.approx(
        theory.goldberg_deb("tournament", 2, 1000), rel=0.15
    )


def evo(*args):
    code = "from evo.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, "pressure", *args], capture_output=True, text=True)


def test_json_of_one_point():
    done = evo("--scheme", "truncation", "--parameter", "0.5", "--population", "200", "--replicates", "50", "--json")
    point = json.loads(done.stdout)
    assert point["scheme"] == "truncation" and point["parameter"] == 0.5
    for name in MEASURES:
        assert set(point[name]) == {"measured", "low", "high", "theory"}
    assert abs(z_score(point["intensity"])) < 4


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--scheme", "tornament"], ["tornament", "did you mean 'tournament'"]),
        (["--scheme", "truncation", "--parameter", "3"], ["3", "best fraction", "1"]),
        (["--scheme", "proportional", "--parameter", "3"], ["has no parameter"]),
        (["--parameter", "3"], ["--scheme"]),
        (["--scheme", "deap.selTornament"], ["deap.selTornament", "selTournament"]),
        (["--scheme", "deap.selTournament", "--parameter", "0"], ["tournsize", "1 or more"]),
    ],
)
def test_wrong_calls_are_one_sentence(args, words):
    done = evo(*args)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr
