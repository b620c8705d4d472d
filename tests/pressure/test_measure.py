"""What selection operators do, against closed form: z-tests on fixed seeds, corrected for their number."""

import json

import numpy as np
import pytest
from scipy import stats

from evo.kernels.operators import SCHEMES
from evo.pressure.deap_operators import OPERATORS, of_deap
from evo.pressure.measure import MEASURES, pressure
from evo.pressure.subject import of_kernel
from tests.command import command

WITH_CLOSED_FORM = {
    "proportional", "stochastic_universal", "tournament", "truncation", "linear_ranking", "exponential_ranking",
    "boltzmann",
}  # fmt: skip
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
    found = pressure(of_kernel(scheme, parameter, 7), 400, 300, 7)
    if all(found[name]["theory"] is None for name in MEASURES):  # none is known, and none of another scheme is told
        assert scheme not in WITH_CLOSED_FORM
    else:
        agrees(found)


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


def test_json_of_one_point():
    done = command(
        "pressure",
        "--scheme",
        "truncation",
        "--parameter",
        "0.5",
        "--population",
        "200",
        "--replicates",
        "50",
        "--json",
    )
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
    done = command("pressure", *args)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr
