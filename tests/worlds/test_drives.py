"""World `drives`: values taken, against the closed form."""

from itertools import permutations

import numpy as np
import pytest

from evo.kernels.records import ROW
from evo.worlds.closed_form import best_of
from evo.worlds.drives import CUES, T
from tests.evolved import records, shipped
from tests.worlds.lives import alone, life

SHARES = slice(T.igf_share, T.igf_share + 1 + len(CUES))


def test_value_taken_agrees_with_the_closed_form():
    """Mean value of agents that choose = E[max of A] x alignment, sampled for real, at fixed drives."""
    spec = shipped("igf", **{
        "drive_step": 0.0, "drive_sd": 1.0, "population.size": 20_000, "population.generations": 0,
        "concept_parts": 2, "batch.records": 2,
    })  # fmt: skip
    found = records(spec, 1).trace[0, 0]
    for row in (ROW.mean, ROW.deployment):
        expected = best_of(4) * found[row, T.alignment]
        assert abs(found[row, T.fitness] - expected) < 4 * np.sqrt(1.0 / 4 / 20_000)
    assert found[ROW.mean, SHARES].sum() == pytest.approx(1.0)


@pytest.mark.parametrize("variety", [0.0, 0.3, 1.0])
def test_variety_mixes_the_two_environments_of_training(variety):
    """Mean value taken, less the cost of the parts, is that of alignment here and there, in their shares."""
    spec = shipped("igf", **{
        "drive_step": 0.0, "drive_sd": 1.0, "population.size": 20_000, "population.generations": 0, "choices": 10,
        "concept_parts": 0, "batch.records": 2, "variety": variety, "deployment.variety": 0.0,
    })  # fmt: skip
    found = records(spec, 1).trace[0, 0]
    # Deployment is the shifted environment, of validity -0.2.
    here, there = found[ROW.mean, T.alignment], found[ROW.deployment, T.alignment]
    expected = best_of(4) * ((1 - variety) * here + variety * there)
    assert abs(found[ROW.mean, T.fitness] - expected) < 4 * np.sqrt(1.0 / 10 / 20_000)


def marginal(covariance):
    """Feldman's (2005) proportional marginal decomposition of a sum's variance, by orders of its parts.

    An order has the weight of one over the product of what its last k parts add to all before, for each k; a part's
    share is what it adds to those before it, over orders by weight (Groemping 2007). covariance: of the parts,
    float64[P, P]
    """
    parts = range(len(covariance))

    def explained(known):
        known = list(known)
        left = covariance.sum(axis=1)[known]
        return left @ np.linalg.solve(covariance[np.ix_(known, known)], left) if known else 0.0

    whole, shares, total = explained(parts), np.zeros(len(covariance)), 0.0
    for order in permutations(parts):
        steps = [explained(order[: k + 1]) for k in parts]
        weight = 1.0 / np.prod([whole - step for step in steps[:-1]])
        shares[list(order)] += weight * np.diff([0.0, *steps])
        total += weight
    return shares / (total * whole)


@pytest.mark.parametrize("noise", [0.0, 0.5])
@pytest.mark.parametrize(
    "drives", [(0.3, 0.2, 0.5, 0.4), (1.0, -1.0, 0.1, 0.3), (0.0, 0.0, 0.8, -0.5), (0.1, 0.0, 0.0, 2.0)]
)
def test_share_of_the_concept_is_that_of_the_proportional_marginal_decomposition(drives, noise):
    """Utility as a sum of two parts, proxies and concept, whose covariance is written out from the cues'."""
    rho, w, own = np.array([0.5, 0.6, 0.7]), np.array(drives[:3]), drives[3]
    cues = np.outer(rho, rho) + np.diag(1 - rho**2)
    both = own * float(w @ rho)
    expected = marginal(np.array([[w @ cues @ w, both], [both, own**2 * (1 + noise**2)]]))
    shares = alone("drives", drives, "1111", concept_noise=noise)[0, SHARES]
    assert shares[0] == pytest.approx(expected[1]) and shares[1:].sum() == pytest.approx(expected[0])
    assert shares[1:4] == pytest.approx(expected[0] * w**2 / (w @ w)) and shares[4] == 0.0


def test_two_proxies_share_by_the_same_decomposition():
    """Without a concept two cues are the two parts of utility; opposed and almost alike too."""
    for sweet, warm, drives in ((0.5, 0.6, (0.4, 0.9)), (0.99, 0.98, (1.0, -0.9))):
        rho, w = np.array([sweet, warm]), np.array(drives)
        cues = np.outer(rho, rho) + np.diag(1 - rho**2)
        shares = alone("drives", (*drives, 3.0), "0000", cues=2, sweet=sweet, warm=warm)[0, SHARES]
        assert shares[1:3] == pytest.approx(marginal(cues * np.outer(w, w))) and shares[0] == 0.0


def test_shares_lie_between_nought_and_one_and_pass_a_half_where_covariance_does():
    """Agents of any drives, on cues that are nearly alike; Cov(concept, u) / Var(u) leaves these bounds by far."""
    rng, n = np.random.default_rng(2), 5000
    knobs = {"sweet": 0.999, "warm": 0.998, "status": 0.997, "concept_parts": 0}
    drives = rng.standard_normal((n, 4))
    traits = life("drives", np.zeros((n, 1), np.uint64), drives, **knobs)
    shares = traits[:, SHARES]
    assert (shares >= 0.0).all() and shares.sum(axis=1) == pytest.approx(1.0)
    rho = np.array([knobs["sweet"], knobs["warm"], knobs["status"], 1.0])
    covariance = np.outer(rho, rho) + np.diag(1 - rho**2)
    utility = np.einsum("ni,ij,nj->n", drives, covariance, drives)
    old = drives[:, 3] * (drives @ covariance[3]) / utility
    assert np.abs(old).max() > 5.0
    sure = np.abs(old - 0.5) > 1e-9
    assert ((old > 0.5) == (shares[:, 0] > 0.5))[sure].all()


def test_who_wants_nothing_has_no_shares_and_a_carrier_all_of_it():
    assert (alone("drives", (0.0, 0.0, 0.0, 0.0), "1111")[0, SHARES] == 0.0).all()
    assert (alone("drives", (0.0, 0.0, 0.0, 1.0), "0111")[0, SHARES] == 0.0).all()
    assert alone("drives", (0.0, 0.0, 0.0, 1.0), "1111")[0, SHARES].tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]
