"""Verdicts by their definition, on outcomes made up and on batches whose cause is known."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evo
from evo.measure.intervals import wilson
from evo.measure.verdict import (
    AGAINST,
    MADE,
    MEANING,
    NOT_KEPT,
    SHIFTED,
    SUPPLY,
    THERE,
    UNDECIDED,
    VERDICTS,
    Outcomes,
    _lead,
    _shares,
    judge,
)

FOR = {"says": "for", "neutral": False}
OPPOSED = {"says": "against", "neutral": False}
UNKNOWN = {"says": "undecided", "neutral": False}
NEUTRAL = {"says": "undecided", "neutral": True}


def told(realized, blind, supplied, n=40, kept=None, blind_kept=None, advantage=FOR):
    """The verdict where so many of n are realized, the same replicates first in every arm."""

    def first(k):
        return np.arange(n) < k

    kept, blind_kept = realized if kept is None else kept, blind if blind_kept is None else blind_kept
    return judge(Outcomes(first(realized), first(kept), first(blind), first(blind_kept), first(supplied)), advantage)


@pytest.mark.parametrize(
    ("counts", "advantage", "verdict"),
    [
        ((40, 6, 40), FOR, MADE),
        ((28, 0, 40), FOR, MADE),
        ((0, 0, 40), FOR, SUPPLY),
        ((40, 40, 40), FOR, THERE),
        ((38, 39, 40), OPPOSED, THERE),
        ((0, 0, 0), OPPOSED, AGAINST),
        ((0, 40, 2), FOR, AGAINST),
        ((0, 20, 0), OPPOSED, AGAINST),
        ((0, 0, 1), FOR, NOT_KEPT),
        ((0, 0, 0), NEUTRAL, NOT_KEPT),
        ((0, 0, 0), UNKNOWN, UNDECIDED),
        ((20, 0, 40), FOR, UNDECIDED),
    ],
)
def test_the_verdict_is_the_largest_share(counts, advantage, verdict):
    assert told(*counts, advantage=advantage)["verdict"] == verdict


def test_what_is_lost_under_shift_is_neither_made_nor_there():
    found = told(40, 0, 40, kept=2, blind_kept=0)
    assert found["verdict"] == SHIFTED
    assert found["shares"] == pytest.approx({MADE: 0.05, SHIFTED: 0.95})


def test_shares_are_of_all_populations():
    assert told(28, 4, 38)["shares"] == pytest.approx({MADE: 0.6, THERE: 0.1, SUPPLY: 0.25, NOT_KEPT: 0.05})


@given(*[st.integers(0, 30)] * 5, st.sampled_from([FOR, OPPOSED, UNKNOWN, NEUTRAL]))
def test_shares_sum_to_one_and_the_largest_is_told(realized, kept, blind, blind_kept, supplied, advantage):
    kept, blind_kept = min(kept, realized), min(blind_kept, blind)
    found = told(realized, blind, supplied, 30, kept, blind_kept, advantage)
    assert sum(found["shares"].values()) == pytest.approx(1.0)
    assert all(share > 0.0 for share in found["shares"].values())
    if found["verdict"] != UNDECIDED:
        assert found["shares"][found["verdict"]] == max(found["shares"].values())
        assert found["needed"] is None and found["between"] is None
    else:
        assert set(found["between"]) <= set(VERDICTS)


def test_three_of_three_decide_nothing_and_ten_of_ten_do():
    assert told(3, 0, 3, 3)["verdict"] == UNDECIDED
    assert told(10, 0, 10, 10)["verdict"] == MADE


@pytest.mark.parametrize("shifted", [False, True])
@pytest.mark.parametrize("of_all", list(itertools.product((False, True), repeat=3)))
def test_a_few_replicates_decide_nothing_however_unanimous(of_all, shifted):
    """Nor where what they keep is what they have, which is one outcome and no two that agree."""
    for n, decided in ((1, False), (2, False), (3, False), (10, True)):
        realized, blind, supplied = (np.full(n, one) for one in of_all)
        for advantage in (FOR, OPPOSED):
            found = judge(Outcomes(realized, realized, blind, blind, supplied, shifted), advantage)
            assert (found["verdict"] != UNDECIDED) == decided


def test_where_nothing_shifts_a_lead_is_that_of_what_they_have():
    """Of n all blind as they are, r lead the rest by 2 r - 1, whose lower end is twice Wilson's less 1."""
    for k in range(21):
        some = np.arange(20) < k
        found = Outcomes(some, some, some, some, some, shifted=False)
        shares = _shares(found, against=False)
        value, low = _lead(found, shares[THERE], shares[NOT_KEPT])
        assert (value, low) == pytest.approx((2 * k / 20 - 1, 2 * wilson(k, 20)[0] - 1))


def test_the_number_of_replicates_that_would_decide_does_decide():
    found = told(7, 0, 10, 10)
    assert found["verdict"] == UNDECIDED and found["between"] == [MADE, SUPPLY]
    factor = -(-found["needed"] // 10)
    assert told(7 * factor, 0, 10 * factor, 10 * factor)["verdict"] == MADE


def test_nothing_is_lost_under_a_shift_where_there_is_none():
    """Three replicates are too few; what they may be instead is none of what cannot be."""
    none, all_of_them = np.zeros(3, bool), np.ones(3, bool)
    found = judge(Outcomes(none, none, none, none, all_of_them, shifted=False), FOR)
    assert found["verdict"] == UNDECIDED and found["between"][0] == SUPPLY and SHIFTED not in found["between"]
    assert SHIFTED in judge(Outcomes(none, none, none, none, all_of_them), FOR)["between"]


def test_without_both_arms_nothing_is_decided():
    some = np.ones(5, bool)
    assert judge(Outcomes(some, some, None, None, some), FOR)["verdict"] == UNDECIDED
    assert judge(Outcomes(some, some, some, some, None), FOR)["shares"] == {}


def test_every_verdict_has_a_meaning():
    assert set(MEANING) == set(VERDICTS)


def test_a_ladder_of_sizes_gives_one_verdict_or_none(tmp_path):
    """No concept to build, and what the whole of it is worth: populations of 30 to 1,000 differ in drift alone."""
    spec = evo.load("igf").over({"population.size": [30, 100, 300, 1000]}).set(concept_parts=0, part_cost=0)
    found = evo.run(spec.set({"population.generations": 100}), replicates=12, out=tmp_path).why()["cells"]
    assert len({cell["verdict"] for cell in found} - {UNDECIDED}) == 1, [(c["set"], c["verdict"]) for c in found]
