"""World `rewards`: what the delta rule learns."""

import numpy as np
import pytest

from evo.worlds.rewards import T
from tests.worlds.lives import alone


def test_the_delta_rule_finds_the_rewards_and_what_is_owed_to_approval():
    """Long lives with small steps: values on features are the rewards, in the observed context with approval's."""
    knobs = {
        "episodes": 20_000, "options": 1, "observed": 0.5, "approves_kin": 0.6, "worth_food": 1.0, "worth_kin": 0.5,
    }  # fmt: skip
    traits = alone("rewards", (0.5, 0.3, 0.8, 0.02), **knobs)[0]
    plain, praise = np.array([0.5, 0.3, 0.0]), 0.8 * np.array([0.0, 0.6, 0.8])
    worth = np.array([1.0, 0.5, 0.0])
    seen = plain + praise
    assert traits[T.approval_unseen] == pytest.approx(0.0, abs=0.02)  # unobserved nothing is owed to approval
    assert traits[T.approval_share] == pytest.approx(praise @ seen / (seen @ seen), abs=0.03)
    assert traits[T.alignment_unseen] == pytest.approx(
        plain @ worth / np.sqrt(plain @ plain * (worth @ worth)), abs=0.02
    )
    blind = alone("rewards", (0.5, 0.3, 0.8, 0.02), context=0, **knobs)[0]
    assert (
        blind[T.approval_share] == blind[T.approval_unseen] > 0.2
    )  # who does not see that it is observed credits half of approval to features


def test_learning_follows_a_remapped_world_and_innate_values_do_not():
    knobs = {"episodes": 2000, "options": 4, "observed": 0.0, "worth_food": 1.0, "worth_kin": 0.0}
    food = (1.0, 0.0, 0.0, 0.2)
    for remap in (0.0, 1.0):
        learned, innate = (alone("rewards", food, learning=k, remap=remap, **knobs)[0] for k in (1, 0))
        assert learned[T.alignment_unseen] == pytest.approx(1.0, abs=0.02)
        assert innate[T.alignment_unseen] == pytest.approx(1.0 - remap, abs=1e-9)
        assert learned[T.capability] > 0.95 and (
            innate[T.capability] > 0.9 if remap == 0.0 else abs(innate[T.capability]) < 0.1
        )
