"""World `minds`: choices by cues, drawn one by one."""

import numpy as np
import pytest

from evo.worlds.minds import T
from tests.worlds.lives import alone


def test_minds_by_cues_drawn_one_by_one():
    """Capability, alignment, values and the value taken, against options whose cues are drawn and seen one by one."""
    rng, n = np.random.default_rng(4), 400_000
    knobs = {"sound": 0.6, "proxy": 0.8, "blur": 0.7, "sound_parts": 2, "proxy_parts": 2, "options": 3, "thoughts": 2}
    drives, loci = (0.9, -0.4), "11" + "10" + "10"  # sound cue seen whole, proxy half refined, one thought
    value = rng.standard_normal((n, 4))
    plain, seen = 0.0, 0.0
    for w, rho, q in ((drives[0], 0.6, 1.0), (drives[1], 0.8, 1 - 0.7 * 0.5)):
        cue = rho * value + np.sqrt(1 - rho**2) * rng.standard_normal(value.shape)
        plain = plain + w * cue
        seen = seen + w * (np.sqrt(q) * cue + np.sqrt(1 - q) * rng.standard_normal(value.shape))
    best = np.take_along_axis
    at = seen.argmax(axis=1)[:, None]
    traits = alone("minds", drives, loci, 50_000, choices=1, locus_cost=0.01, **knobs)
    error = 4 / np.sqrt(n)
    assert traits[0, T.alignment] == pytest.approx(np.corrcoef(seen.ravel(), value.ravel())[0, 1], abs=error)
    assert traits[0, T.values] == pytest.approx(np.corrcoef(plain.ravel(), value.ravel())[0, 1], abs=error)
    assert traits[0, T.capability] == pytest.approx(best(plain, at, 1).mean() / plain.std(), abs=2 * error)
    assert traits[0, T.options] == 4
    taken = traits[:, T.fitness] - 1 + 0.01 * 4
    assert taken.mean() == pytest.approx(best(value, at, 1).mean(), abs=4 * taken.std() / np.sqrt(50_000))
    assert taken.var() == pytest.approx(best(value, at, 1).var(), rel=0.05)


def test_insight_plays_to_the_score_only_where_it_is_scored():
    knobs = {"insight_parts": 2, "sound_parts": 0, "proxy_parts": 0, "thoughts": 0, "insight_accuracy": 0.9}
    proxy = (0.0, 1.0)
    without, with_, unscored = (
        alone("minds", proxy, loci, scored=scored, sound=0.0, proxy=-0.5, blur=0.0, **knobs)[0]
        for loci, scored in (("10", 1), ("11", 1), ("11", 0))
    )
    assert without[T.alignment] == pytest.approx(-0.5) and unscored[T.alignment] == pytest.approx(-0.5)
    assert with_[T.alignment] == pytest.approx(0.9)
    assert without[T.values] == with_[T.values] == pytest.approx(-0.5)
    assert (without[T.insight], with_[T.insight]) == (0.0, 1.0)
