"""What backs the sentences of claims: fits and correlations."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from evo.claims import at_return, findings
from evo.claims.finding import Finding, finding_of
from evo.claims.findings import approval, goodhart, igf_variety, kin, lock_in, optimizers, setup_search, tiny_target
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


def test_the_rule_is_asked_wherever_few_know_kin():
    """Of four cells one has many who know kin; of the rest one is against the rule, though one of 30 there knows."""

    def of(name, knows, helps, gain):
        return name, {"knows": knows, "k": helps, "n": 30}, gain

    cells = [of("a", 0, 30, 0.1), of("b", 1, 12, 0.002), of("c", 3, 0, -0.1), of("d", 4, 0, 0.1)]
    assert kin.by_rule(cells) == (
        "In 3 cells few know kin, at most 0.1 of populations. In 2 of them most populations help the familiar just "
        "where r b > c. Against the rule is b: r b - c = +0.002, and 12 of 30 help."
    )
    assert kin.by_rule(cells[3:]) == ""
    assert kin.where_it_costs(cells) == "Where r b < c, 3 of 30 populations know kin."


def test_flips_alone_on_the_page_of_kin():
    """With u = 1e-3 and T = 1500 a part is there in (1 - 0.998^1500) / 2 of agents, two in the square of that."""
    one = 0.5 * (1.0 - 0.998**1500)
    for cell in load(claims()["kin"]).cells():
        assert kin.by_flips(cell) == pytest.approx(one ** cell.set["concept_parts"])


def test_what_the_wait_has_to_do_with_capability():
    """Selection rises with capability here, and so does the wait; who never follows waits longest."""
    capability = np.arange(12.0)
    text = lock_in.against_capability(capability, 2.0 * capability, np.append(capability[:-1], np.inf))
    assert "1.00 with selection on values" in text and "1.00 with the wait" in text and "capable is longer." in text
    text = lock_in.against_capability(capability, capability, -capability)
    assert "-1.00 with the wait" in text and "capable is shorter." in text


def test_whether_approval_stays_the_strongest_reward(monkeypatch):
    """Of squared rewards more than a half is the strongest for sure, and less than a third is not."""
    ends = {0.0: 0.02, 0.3: 0.11, 0.6: 0.4, 1.0: 0.6}
    cells = [SimpleNamespace(set={"worth_approval": worth}) for worth in ends]
    founders = np.array([0.9, 0.94])
    monkeypatch.setattr(
        approval, "innate", lambda batch, cell: (founders, np.full(2, ends[cell.set["worth_approval"]]))
    )
    text = approval.condition(SimpleNamespace(cells=cells))
    assert "the strongest in 4 of 4 cells" in text
    assert text.endswith("still is in 1 of 4, and no longer is in 2: worth_approval 0; worth_approval 0.3.")


def test_who_has_the_concept_at_the_same_return_and_at_the_end(monkeypatch):
    """Of two optimizers with three populations, each; the second has two that come to the return."""

    def course(owed, ends):
        return SimpleNamespace(owed=np.array(owed), ends=np.array(ends))

    of = {"genetic": [course([0.1, 0.6, 0.5], [0.9, 0.9, 0.1])], "gradient": [course([0.7, 0.0], [0.0, 0.2, 0.4])]}
    monkeypatch.setattr(optimizers, "groups", lambda batch: [at_return.Group("concept_parts 2", of)])
    prop = SimpleNamespace(threshold=0.5)
    batch = SimpleNamespace(spec=SimpleNamespace(scenario=SimpleNamespace(property=prop)))
    assert optimizers.counts(batch).endswith(
        "- concept_parts 2: 3 of 5 populations at the same return; 2 of 3 (genetic) and 0 of 3 (gradient) at the end."
    )


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
