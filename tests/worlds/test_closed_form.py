"""Closed forms, against the exact chain and against sampling."""

import numpy as np
import pytest

from evo.worlds.closed_form import alignment_of, best_of, establishment_probability, fixation_probability
from tests.verification.population_genetics import exact_fixation


def test_kimura_agrees_with_the_exact_chain():
    assert fixation_probability(0.02, 100) == pytest.approx(exact_fixation(0.02, 100), rel=0.02)
    assert establishment_probability(0.1) == pytest.approx(exact_fixation(0.1, 1000), rel=1e-3)


def test_closed_form_against_cue_by_cue_sampling():
    rng = np.random.default_rng(3)
    rho, w = np.array([0.5, 0.6, 0.7]), np.array([0.3, -0.1, 0.8])
    value = rng.standard_normal((400_000, 4))
    cues = rho * value[..., None] + np.sqrt(1 - rho**2) * rng.standard_normal((400_000, 4, 3))
    utility = cues @ w
    taken = np.take_along_axis(value, utility.argmax(axis=1)[:, None], axis=1)
    half = 3.3 * taken.std() / np.sqrt(taken.size)
    assert abs(taken.mean() - best_of(4) * alignment_of(w, rho)) < half
