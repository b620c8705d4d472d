"""What backs the sentences of claims: fits and correlations."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from evo.claims import at_return, findings
from evo.claims.answer import reference_cell
from evo.claims.closed import CONSTRUCTED
from evo.claims.finding import Finding, finding_of
from evo.claims.findings import (
    approval,
    coin_optimizers,
    coin_region,
    diamonds,
    early_evidence,
    forage,
    goodhart,
    igf_variety,
    kin,
    left_turn,
    lock_in,
    optimizers,
    optimizers_goals,
    setup_search,
    sharing,
    signal,
    stepping_stones,
    tiny_target,
)
from evo.claims.findings.expansion import correlations
from evo.claims.known import claims
from evo.measure.intervals import wilson
from evo.scenario.library import load
from evo.worlds import minds
from tests.worlds.lives import alone


@pytest.mark.parametrize("form", ["linear", "log"])
def test_fits_of_the_published_forms(form):
    d = np.linspace(0.0, 3.0, 20)
    with np.errstate(divide="ignore", invalid="ignore"):
        gold = np.nan_to_num(d * (0.9 - 0.3 * (d if form == "linear" else np.log(d))))
    a, b, r2 = goodhart.fit(d, gold, form)
    assert (a, b, r2) == pytest.approx((0.9, 0.3, 1.0))


def test_whether_a_true_value_turns_over_in_words():
    """It rises to the end; rises and falls by 0.5; and is highest in the middle by less than runs vary."""
    d, runs = np.array([0.0, 1.0, 2.0]), np.linspace(-0.01, 0.01, 10)[:, None]
    assert goodhart.told("x", d, runs + [0.0, 1.0, 2.0]) == "x it rises to 2.00 at d = 2.00"
    assert "x it peaks at 1.00 (d = 1.00) and is lower by 0.50" in goodhart.told("x", d, runs * [0, 1, 2] + [0, 1, 0.5])
    vary = np.linspace(-1.0, 1.0, 10)[:, None] * [0.0, 0.0, 1.0]
    assert "x it is not shown to fall from its highest, and is 0.99" in goodhart.told("x", d, vary + [0.0, 1.0, 0.99])


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
    """Of five cells one has many who know kin; of the rest one is surely against the rule, and one undecided."""

    def of(name, knows, helps, gain):
        low, high = wilson(helps, 30)
        return name, {"knows": knows, "k": helps, "n": 30, "low": low, "high": high}, gain

    cells = [of("a", 0, 30, 0.1), of("b", 1, 12, 0.002), of("c", 3, 0, -0.1), of("e", 0, 2, 0.1), of("d", 4, 0, 0.1)]
    assert kin.by_rule(cells) == (
        "In 4 cells few know kin, at most 0.1 of populations. In 2 of them most populations help the familiar, or most "
        "do not, as the sign of r b - c says. It is undecided at b: r b - c = +0.002, and 12 of 30 help (0.25 to "
        "0.58). Against the rule is e: r b - c = +0.100, and 2 of 30 help (0.018 to 0.21)."
    )
    assert kin.by_rule(cells[4:]) == ""
    assert kin.where_it_costs(cells) == "Where r b < c, 3 of 30 populations know kin."


def test_what_flips_leave_says_of_the_cause():
    assert "more than flips give" in kin.by_more_than_flips((0.66, 0.57, 0.74), 0.23, "here")
    assert "not surely another share" in kin.by_more_than_flips((0.3, 0.2, 0.4), 0.23, "here")
    assert "fewer than flips give" in kin.by_more_than_flips((0.1, 0.05, 0.2), 0.23, "here")


def test_the_way_that_behaviour_points_is_told_where_bits_are_above_chance():
    of = looks(0.01, 0.5, 0.02)
    of = [of[0]._replace(ranked=(0.0, -0.1, 0.1)), of[1], of[2]._replace(ranked=(-0.4, -0.5, -0.3))]
    told = early_evidence.directions(of)
    assert "at 0 it is 0.00 (-0.10 to 0.10): which of them end up better aligned is not shown" in told
    assert "at 200 it is -0.40 (-0.50 to -0.30): those that behave better end up worse aligned" in told
    assert early_evidence.directions(looks(0.5)) == "" and "at 100 " not in told


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


def test_how_alike_main_goals_are_of_two_optimizers_and_of_each():
    """Of four runs two and two share a goal, of four others all do; where both have the same shares nothing is less."""
    first, second = np.array([0, 0, 1, 1]), np.zeros(4, int)
    same = optimizers_goals.alike({"genetic": [first, first[:1]], "gradient": [second, second]})
    own, both, less = same["gradient"]
    assert same["genetic"].own[0] == pytest.approx(1 / 3) and own[0] == 1.0 and both[0] == 0.5
    assert less[0] == pytest.approx(-1 / 6) and np.isnan(less[1])
    many = np.repeat([0, 1, 2], 200)
    assert abs(optimizers_goals.alike({"a": [many], "b": [many]})["b"].less[0]) < 0.002


def test_whether_another_search_by_mutation_differs_as_much():
    found = {"hill_climb": (-0.3, -0.5, -0.1), "gradient": (-0.2, -0.4, 0.0)}
    assert "It is shown to share" in optimizers_goals.also(found)
    assert optimizers_goals.also(found).endswith("as much as the gradient does, or more.")
    less = optimizers_goals.also(found | {"hill_climb": (-0.1, -0.3, 0.1)})
    assert "It is not shown to share" in less and less.endswith("less than the gradient does.")


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


def unevolved(name):
    """The real cells of a claim, of which nothing was evolved."""
    spec = load(claims()[name])
    cells = list(spec.cells())
    return SimpleNamespace(spec=spec, cells=cells, summaries=lambda: [{"set": dict(cell.set)} for cell in cells])


def test_what_a_right_bit_is_worth_by_hand():
    """A tenth of half, shared by eight bits, times a thousand; the only bit is worth the whole; with no slope none."""
    knobs = {"parts": 8, "advantage": 0.5, "scaffold": 0.1, "part_cost": 0.0}
    assert tiny_target.pull(knobs, 1000) == pytest.approx(6.25)
    assert tiny_target.pull(knobs | {"parts": 1}, 8000) == pytest.approx(4000.0)
    assert tiny_target.pull(knobs | {"scaffold": 0.0}, 1000) == 0.0
    assert tiny_target.pull(knobs | {"scaffold": 0.0, "part_cost": 0.01}, 1000) == pytest.approx(-10.0)


def looks(*corrected):
    """Looks every hundred generations with these p-values after all looks; None where none was made."""
    return [
        early_evidence.Look(100 * k, 0.0, 0.0, 60, None if p is None else object(), float("nan") if p is None else p)
        for k, p in enumerate(corrected)
    ]


def test_looks_with_bits_above_chance_are_named_with_those_between():
    told = early_evidence.above_chance(looks(1.0, 0.01, 0.9, 0.8, None, 0.02))
    assert "at 2 of the 5 generations looked at: 100, 500. At the 2 looked at between these they are not" in told
    assert early_evidence.above_chance(looks(0.01, 0.02, 1.0)).endswith("at 2 of the 3 generations looked at: 0, 100.")
    assert early_evidence.above_chance(looks(0.2, None)).endswith("at none of the 1 generations looked at.")


def test_a_rank_correlation_has_the_interval_of_bonett_and_wright():
    """Of 0 to 9 with two neighbours exchanged, r = 1 - 6 * 2 / (10 * 99); fewer than five pairs could be anything."""
    end = np.arange(10.0)
    seen = end[[1, 0, *range(2, 10)]]
    r, low, high = early_evidence.ranked(seen, end, 0.95)
    assert r == pytest.approx(1.0 - 12.0 / 990.0)
    reach = 1.959964 * np.sqrt((1.0 + r * r / 2.0) / 7.0)
    assert (np.arctanh(low), np.arctanh(high)) == pytest.approx((np.arctanh(r) - reach, np.arctanh(r) + reach))
    for none in (early_evidence.ranked(seen[:4], end[:4], 0.95), early_evidence.ranked(np.ones(10), end, 0.95)):
        assert np.isnan(none[0]) and none[1:] == (-1.0, 1.0)


def test_the_generation_that_early_evidence_names_is_its_first_look_at_a_tenth_of_training():
    spec = load(claims()["early_evidence"])
    last, page = spec.scenario.population.generations, spec.scenario.page
    at = np.linspace(0, last, spec.scenario.batch.records)
    early = next(at[k] for k in early_evidence.looked_at(at) if at[k] >= last / 10)
    assert all(words.startswith(f"At generation {early:g},") for words in (page.above, page.below, page.undecided))


def test_the_world_that_the_search_is_asked_in_again_is_that_of_its_page():
    batch = unevolved("setup_search")
    own = reference_cell(batch).set
    assert finding_of("setup_search").headline.only == {key: (own[key],) for key in setup_search.WORLD}
    asked = [c for c in batch.cells if all(c.set[key] in some for key, some in setup_search.WORLD.items())]
    assert len(asked) == 16


def test_the_first_line_of_stepping_stones_names_its_cell():
    spec = load(claims()["stepping_stones"])
    page = spec.scenario.page
    where = (
        f"At a mutation rate of {page.reference['mutation_rate']:.4f} and within "
        f"{spec.scenario.population.generations:,} generations "
    )
    assert all(words.startswith(where) for words in (page.above, page.below, page.undecided))


def test_how_much_sooner_with_stones_by_hand():
    """Medians 1000 and 600, each known to 30 and 40 on either side: 400, to 50 on either side."""
    without = {"median": 1000.0, "low": 970.0, "high": 1030.0}
    with_ = {"median": 600.0, "low": 560.0, "high": 640.0}
    assert stepping_stones.sooner(without, with_).endswith("and 600 with, a difference of 400 (350 to 450)")
    assert stepping_stones.sooner(without, with_ | {"high": None}).endswith("a difference of 400")
    assert stepping_stones.sooner(without | {"median": None}, with_).startswith("fewer than half in time")


def test_the_arms_of_stepping_stones_are_of_the_cell_of_its_first_line():
    batch = unevolved("stepping_stones")
    own = reference_cell(batch)
    assert finding_of("stepping_stones").headline.cells(batch, own)[0] is own


def test_how_far_the_time_of_a_leap_and_the_shift_move_what_carries_over():
    """Two shifts, two times: 0.1 and 0.3 apart by time, means 0.95 and 0.35."""

    class Carried:
        cells = tuple(SimpleNamespace(set={"deployment.proxy": p, "change.at": at}, of=share)
                      for p, at, share in ((0.8, 0, 1.0), (0.8, 9, 0.9), (0.2, 0, 0.5), (0.2, 9, 0.2)))  # fmt: skip

        def runs(self, cell):
            of = cell.of
            return pl.DataFrame({"deployment.alignment": [of, of], "training.alignment": [1.0, 1.0],
                                 "deployment.capability": [1.0, 1.0], "training.capability": [1.0, 1.0]})  # fmt: skip

    times, shifts = left_turn.moved(Carried())
    assert times == pytest.approx({0.8: 0.1, 0.2: 0.3}) and shifts == pytest.approx(0.6)


def test_the_intended_goal_is_told_beside_the_others():
    """Of two tables: 0.3 of utility, seven others a tenth each."""
    attributes = np.tile([2.0, 0.25, 0.5], (2, 8, 1))
    attributes[:, 0] = [4.0, 0.0, 0.95]
    attributes[0, 1] = [6.0, 0.5, 0.9]
    shares = np.full((2, 8), 0.1)
    shares[:, 0] = 0.3
    told = diamonds._compared(attributes, shares)
    assert "takes 4 loci, each of which 0% of founders have, and scores 0.95" in told
    assert "take 2 to 6 (2.3 on average), are had by 25% to 50% (27%) and score 0.50 to 0.90 (0.53)" in told
    assert "An even share of 8 goals is 0.125" in told and "0.30 on average and another 0.10: 3 times as much" in told


@pytest.mark.parametrize("name", ["wolf_sniper", "wolf_sniper_sizes"])
def test_rows_out_of_the_regime_of_a_theory_say_so(name):
    batch = unevolved(name)
    batch.runs = lambda cell: pl.DataFrame({"established": [0.0, 1.0]})
    cells = [cell for cell in batch.cells if cell.spec.changed["scaffold"] == 0.0]
    rows = CONSTRUCTED[name](batch)
    outside = [", out of its regime: " in row.form for row in rows]
    assert outside == [not cell.spec.theory.holds for cell in cells] and any(outside)
    assert all("teeth sweep at the same time" in row.form for row in rows) or name == "wolf_sniper_sizes"


def test_care_is_counted_over_all_cells_of_a_concept():
    rows = [
        {"set": {"concept_parts": parts}, "realized": k, "replicates": 40} for parts, k in ((1, 40), (4, 1), (4, 5))
    ]
    assert igf_variety._in_all(SimpleNamespace(summaries=lambda: rows), 4) == (6, 80)


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


def test_where_the_rule_could_have_failed_and_where_it_nearly_did():
    """Of costs from 0.1 to 0.8; an interval from 0.1 to 0.4 has its middle at 0.2, in logarithms."""
    at = np.array([0.1, 0.4, 0.8])
    assert [sharing.could_depart(r, at) for r in (0.0, 0.1, 0.5, 0.8, 1.0)] == [False, False, True, False, False]
    assert [sharing.near_end(r, (0.2, 0.1, 0.4)) for r in (0.05, 0.11, 0.2, 0.36, 0.5)] == [
        False, True, False, True, False,
    ]  # fmt: skip
    assert not sharing.near_end(1.0, (0.9, 0.8, np.inf)) and not sharing.near_end(0.0, (-np.inf,) * 3)


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


def test_from_which_side_to_which_the_index_surely_rises():
    """It rises by 0.8, stays among values that vary as much, and falls by 0.5."""
    vary = np.array([-0.1, 0.0, 0.1, 0.05, -0.05])
    assert coin_region.steps([vary - 0.6, vary + 0.2, vary + 0.21, vary - 0.29]) == [1, 0, -1]


def test_what_looters_do_where_they_are_seen():
    told = signal.looters("watched 0.5", np.array([-0.7, -0.2, 0.6, -0.5]), np.array([-0.1, 0.9, 0.6, 0.05]))
    assert told.startswith("At watched 0.5, 2 of 4 populations clearly loot more") and "is -0.70 to -0.50" in told
    assert "work less loot is -0.10 to 0.05 in these" in told
    assert "in no population" in signal.looters("watched 1", np.ones(3), np.ones(3))


def test_which_kinds_of_population_a_mean_is_of():
    """Of five, two have the sense and go for what nourishes; of others of either kind nothing is sure."""
    index, shares = np.array([0.4, 0.42, -0.6, -0.61, -0.62]), np.array([0.9, 1.0, 0.0, 0.1, 0.2])
    told = forage.kinds(index, shares)
    assert told.startswith("Populations go both ways: in 2 of 5 populations most agents have the sense, and these go")
    assert "in 3 of 5 populations most have not, and these go for what is sweet (mean index -0.61" in told
    assert told.endswith("So the mean of the first line is that of two kinds.")
    assert forage.kinds(-index, np.ones(5)).startswith("Populations of one kind: in 5 of 5")
    assert "surely go for neither" in forage.kinds(np.array([-0.5, 0.6, 0.1]), np.zeros(3))


def test_what_more_generations_say_of_history():
    assert forage.lasts(["0.95"], []) == "What founders had still decides at correlation 0.95."
    both = forage.lasts(["0.95"], ["0.8"])
    assert "at correlation 0.95" in both and "At correlation 0.8 that is not shown" in both
