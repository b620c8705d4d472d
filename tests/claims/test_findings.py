"""What backs the sentences of claims: fits and correlations."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from evo.claims import findings
from evo.claims.finding import Finding, finding_of
from evo.claims.findings import (
    coin_optimizers,
    coin_region,
    forage,
    goodhart,
    igf_variety,
    kin,
    lock_in,
    setup_search,
    sharing,
    tiny_target,
)  # fmt: skip
from evo.claims.findings.expansion import correlations
from evo.claims.page import claims, load
from evo.worlds import minds
from tests.worlds.lives import alone


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
    files = {path.stem for path in Path(findings.__path__[0]).glob("*.py")} - {"__init__"}
    assert files <= set(claims()) and finding_of("no_such_claim") == Finding()


def test_lead_of_the_concept_by_hand():
    """Of two options the best is 1 / sqrt(pi) on average; a perfect cue leaves the cost, a fifth shifted adds 0.24."""
    knobs = {"options": 2, "validity": 1, "shifted_validity": -0.2, "part_cost": 0.01, "concept_parts": 2}
    best = 1 / np.sqrt(np.pi)
    assert igf_variety.lead(knobs | {"sweet": 1.0, "variety": 0.0}) == pytest.approx(-0.02)
    assert igf_variety.lead(knobs | {"sweet": 1.0, "variety": 0.2}) == pytest.approx(0.24 * best - 0.02)
    assert igf_variety.lead(knobs | {"sweet": 0.5, "variety": 1.0}) == pytest.approx(1.1 * best - 0.02)


def test_who_passes_for_caring_for_kin_without_knowing_them():
    """Of four populations the second acts by the rule and does not know kin; the fourth does not act by it."""
    assert kin.alike(np.array([0.95, 0.92, 0.99, 0.5]), np.array([0.8, 0.001, 0.5, 0.0])) == 1


def test_who_followed_and_turned_again():
    """The first never was there, the second came and went, the third came and stayed."""
    assert lock_in.turned_again(np.array([[0, 0, 0], [1, 1, 0], [0, 1, 1]], bool)) == 1


def test_values_of_who_knows_the_score_earn_nothing():
    """Why lock_in is withdrawn: with insight the value taken is the same, draw for draw, whatever is valued."""
    knobs = {"insight_parts": 1, "sound_parts": 0, "proxy_parts": 0, "thoughts": 0, "sound": 0.8, "proxy": 0.0}
    earned = [alone("minds", drives, "1", 50, **knobs)[:, minds.T.fitness] for drives in ((1.0, 0.0), (0.0, 1.0))]
    unknowing = [alone("minds", drives, "0", 50, **knobs)[:, minds.T.fitness] for drives in ((1.0, 0.0), (0.0, 1.0))]
    assert (earned[0] == earned[1]).all() and (unknowing[0] != unknowing[1]).all()


def test_targets_of_equal_supply_are_one_of_each_size():
    """Every target has, at every slope, one population of the size in which as many bits come right a generation."""
    spec = load(claims()["tiny_target"])
    goal = tiny_target.supply({"population.size": 1000, "parts": 8})
    equal = [(c.set["scaffold"], c.set["parts"]) for c in spec.cells() if tiny_target.supply(c.set) == goal]
    assert goal == 8000 and sorted(equal) == [(slope, k) for slope in (0.0, 0.1) for k in (1, 2, 4, 8, 16)]


class Searched:
    """Two made-up set-ups at each value of the best proxy; of these the better in sight is `kept` after the shift."""

    def __init__(self, kept):
        self.cells = [
            SimpleNamespace(key=f"{proxy}{n}", set={"status": proxy, "variety": 0.0, "options": 2 + n})
            for proxy in kept for n in range(2)
        ]  # fmt: skip
        self._kept = kept

    def runs(self):
        return pl.DataFrame([
            {"cell": cell.key, "replicate": r, "training.alignment": 0.5 + 0.1 * n,
             "deployment.alignment": self._kept[cell.set["status"]] if n else -0.2}
            for cell, n in zip(self.cells, [0, 1] * len(self._kept), strict=True) for r in range(3)
        ])  # fmt: skip


def test_what_a_search_keeps_in_each_world():
    """The best of both is the better in sight; of one, either."""
    batch = Searched({0.7: 1.0, 0.99: -0.2})
    assert [cell.set["status"] for cell in setup_search.worlds(batch)] == [0.7, 0.99]
    for cell in setup_search.worlds(batch):
        kept = {0.7: 1.0, 0.99: -0.2}[cell.set["status"]]
        t = setup_search.tables(batch, cell)
        assert setup_search.kept(batch, cell) == pytest.approx([kept] * 3)
        assert setup_search.found_by(t, "shifted", 1) == pytest.approx([(kept - 0.2) / 2] * 3)
        assert setup_search.found_by(t, "seen", 2) == pytest.approx([0.6] * 3)


def test_where_giving_turns_by_hand():
    """Between 0.1 at 0.9 and 0.4 at 0.1 the half is passed half way in logarithms, at 0.2; all populations alike."""
    at = np.array([0.1, 0.4, 0.8])
    falls = [np.full(4, share) for share in (0.9, 0.1, 0.0)]
    assert sharing.turns(at, falls, 0.99) == pytest.approx((0.2, 0.2, 0.2))
    assert sharing.turns(at, [1.0 - share for share in falls], 0.99) == (-np.inf,) * 3
    assert sharing.turns(at, [np.full(4, 0.9)] * 3, 0.99) == (np.inf,) * 3
    vary = [np.array([0.7, 1.0, 0.9, 1.0]), np.array([0.0, 0.2, 0.3, 0.1]), np.zeros(4)]
    narrow, wide = (sharing.turns(at, vary, confidence) for confidence in (0.8, 0.99))
    assert narrow[0] == wide[0] and wide[1] <= narrow[1] < wide[0] < narrow[2] <= wide[2]


def test_where_giving_departs_from_the_rule():
    """Beyond what is swept no place is told from another."""
    at, inf = np.array([0.1, 0.4, 0.8]), np.inf
    assert [sharing.departs(0.4, at, (0.3, *ends)) for ends in ((0.2, 0.39), (0.3, 0.5), (0.41, 0.5))] == [-1, 0, 1]
    assert sharing.departs(0.0, at, (-inf,) * 3) == 0 and sharing.departs(1.0, at, (0.7, 0.6, inf)) == 0
    assert sharing.departs(1.0, at, (0.5, 0.4, 0.6)) == -1 and sharing.departs(0.0, at, (0.5, 0.4, 0.6)) == 1


def test_settings_chosen_at_an_end_of_those_tried_are_named():
    tuning = SimpleNamespace(
        tried={"one": {"optimizer.rate": [0.1, 0.2, 0.4]}, "two": {"step": [1.0, 2.0, 3.0]}},
        chosen={"one": {"optimizer.rate": 0.4}, "two": {"step": 2.0}},
    )
    told = coin_optimizers.tried(tuning)
    assert told.startswith("Tried were one rate 0.1, 0.2, 0.4; two step 1, 2, 3.") and "beyond" in told
    assert "at an end: one rate 0.4, the largest, so" in told
    tuning.chosen["one"] = {"optimizer.rate": 0.2}
    assert "end" not in coin_optimizers.tried(tuning)


def test_where_a_loss_is_halved():
    at = np.array([0.0, 1.0, 2.0])
    assert coin_region.halved(at, np.array([0.8, 0.6, 0.2])) == pytest.approx(1.5)
    assert coin_region.halved(at, np.array([0.8, 0.6, 0.5])) == np.inf
    assert len(coin_region.EMPTY) == len(coin_region.INSIDE) == len(coin_region.SIDES)


def test_what_more_generations_say_of_history():
    assert forage.lasts(["0.95"], []) == "What founders had still decides at correlation 0.95."
    both = forage.lasts(["0.95"], ["0.8"])
    assert "at correlation 0.95" in both and "At correlation 0.8 that is not shown" in both
