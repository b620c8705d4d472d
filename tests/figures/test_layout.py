"""Every figure can be read at the widths that papers print, whatever is swept, and draws what the records say."""

import re

import numpy as np
import polars as pl
import pytest
from matplotlib.colors import to_rgba

import evo
from evo.figures.axes import means
from evo.figures.cells import Cells
from evo.figures.every import Look, draw_all, save_all
from evo.measure.intervals import mean_interval, wilson
from tests.figures.layout import notes_of, readable, texts, title_of

ONE = ["realized", "shift"]
SIZES = ("85mm", "170mm")
SMALL = {"population.size": 20, "population.generations": 12, "forward_rate": 0.02, "teeth": 2}
SWEEPS = {
    "none": {},
    "one": {"parts": [1, 2, 3]},
    "two": {"parts": [1, 2, 3, 8], "scaffold": [0.0, 0.25, 1.0]},
    "names": {"selection.scheme": ["proportional", "tournament", "truncation", "linear_ranking"]},
    "three": {"parts": [1, 2], "scaffold": [0.0, 1.0], "back_rate": [0.0001, 0.001, 0.02]},
    "long": {"back_rate": [0.02, 0.015], "part_cost": [0.0, 0.0125], "advantage": [0.5, 1.25]},
    "many": {"parts": [1, 2, 3, 4, 5, 6, 7], "part_cost": "0.001:0.5:7:log", "scaffold": [0.0, 0.3]},
}


def evolve(folder, sweep, replicates=5, **changes):
    spec = evo.load("wolf_sniper").over(sweep).set(SMALL | changes)
    return evo.run(spec, replicates=replicates, seed=3, out=folder)


@pytest.fixture(scope="module")
def batches(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    found = {name: evolve(folder, sweep, 1 if name == "many" else 5) for name, sweep in SWEEPS.items()}
    for name in ("two", "long"):
        found[name].why()
    sampled = (
        evo.load("wolf_sniper")
        .set(SMALL)
        .without("sweep")
        .sampled({"part_cost": "0:0.2", "advantage": "0.1:2:log"}, 16)
    )
    return found | {"sample": evo.run(sampled, replicates=2, out=folder)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", [*SWEEPS, "sample"])
def test_nothing_is_cut_off_or_lies_on_anything(batches, name, size):
    only = ["realized", "funnel", "phase", "shift", "price", "why", "waiting"]  # a page puts the same together
    drawn = draw_all(batches[name], [*only, "page"] if name == "two" else only, Look(size))
    assert {"realized", "funnel", "shift", "price", "waiting"} <= set(drawn)
    assert ("phase" in drawn) == (name in ("two", "three", "long", "many")) and ("why" in drawn) == (
        name in ("two", "long")
    )
    for figure in drawn.values():
        assert figure.get_figwidth() * 25.4 == pytest.approx(float(size[:-2]))
        readable(figure)


def test_names_of_cells_are_whole_and_each_value_stands_by_its_name(batches):
    cells = Cells(batches["long"])
    for only, size in (("funnel", "85mm"), ("why", "85mm"), ("page", "170mm")):  # whose columns are narrow
        shown = [text.get_text() for text in texts(draw_all(batches["long"], [only], Look(size))[only])]
        names = {cells.called(one) for one in cells.ones}
        rows = [text for text in shown if text.replace("\n", " ") in names]
        assert len(rows) == (16 if only == "page" else 8) and len({row.replace("\n", " ") for row in rows}) == 8
        assert all(re.fullmatch(r"(\w+ [\d.]+,? ?)+", line) for row in rows for line in row.split("\n"))


def test_what_changed_sets_the_scale_though_nothing_changed_beside_it(batches):
    """A panel in which nothing happened does not cut off the lines of the others."""
    figure = draw_all(batches["one"], ["price"])["price"]
    assert [axes.get_title(loc="left").split(":")[0] for axes in figure.axes] == ["realized", "not realized"]
    low, high = figure.axes[0].get_ylim()
    drawn = np.concatenate([line.get_ydata() for line in figure.axes[0].lines])
    assert low < drawn.min() and drawn.max() < high


def test_a_place_without_a_cell_is_said_to_be_none(batches):
    drawn = draw_all(batches["two"], ["phase"], None, batches["one"])["phase"]
    assert "Blank: there is no such cell." in notes_of(drawn)
    assert "Blank" not in notes_of(draw_all(batches["two"], ["phase"])["phase"])


def test_two_batches_are_drawn_into_one(batches):
    for size in SIZES:
        drawn = draw_all(batches["one"], ["realized", "shift", "waiting", "funnel"], Look(size), batches["names"])
        for figure in drawn.values():
            readable(figure)
    assert title_of(drawn["realized"]).startswith("Realized in ")
    assert re.fullmatch(r"With .*, realized in .*; with .*, realized in .*", title_of(drawn["shift"]))
    said = " ".join(text.get_text() for text in texts(drawn["realized"]))
    assert all(batch.folder.name in said for batch in (batches["one"], batches["names"]))


def test_points_and_intervals_are_those_of_the_cells(batches):
    (axes,) = draw_all(batches["two"], ["realized"])["realized"].axes
    drawn = {}
    for container in axes.containers:
        line, _, (bars,) = container
        for (_, rate), (low, high) in zip(line.get_xydata(), [seg[:, 1] for seg in bars.get_segments()], strict=True):
            drawn.setdefault(rate, []).append((low, high))
    told = {}
    for summary in batches["two"].summaries():
        told.setdefault(summary["rate"], []).append(wilson(summary["realized"], summary["replicates"]))
    assert {rate: sorted(ends) for rate, ends in drawn.items()} == {
        rate: [pytest.approx(pair) for pair in sorted(ends)] for rate, ends in told.items()
    }
    assert sum(map(len, drawn.values())) == 12


def test_each_replicate_is_a_line_in_the_colour_of_its_outcome(batches):
    batch = batches["one"]
    figure = draw_all(batch, ["shift"])["shift"]
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) > 2]
    cell = next(c for c in batch.cells if f"parts {c.set['parts']}," in title_of(figure))
    runs = batch.runs(cell)
    realized = int(runs["realized"].sum())
    assert 0 < realized < runs.height == len(lines)  # two outcomes, so no median
    hues = [to_rgba(line.get_color()) for line in lines]
    assert sorted(map(hues.count, set(hues))) == sorted([realized, runs.height - realized])
    ends = sorted(line.get_ydata()[-1] for line in lines)
    assert ends == pytest.approx(runs["training.rifle"].sort().to_list())
    assert sum(bar.get_width() for bar in figure.axes[1].patches) == runs.height  # the distribution holds all
    assert "No median is drawn" in notes_of(figure)


def test_a_median_is_drawn_where_it_stands_for_something():
    from evo.figures.paths import bimodality

    rng = np.random.default_rng(1)
    two = np.concatenate([rng.normal(0.0, 0.05, 50), rng.normal(1.0, 0.05, 50)])
    assert bimodality(two) > 5 / 9 > bimodality(rng.normal(0.0, 1.0, 2000))
    assert bimodality(np.ones(9)) == 0.0
    assert bimodality(rng.uniform(size=100_000)) == pytest.approx(5 / 9, abs=0.01)
    assert bimodality(rng.normal(size=100_000)) == pytest.approx(1 / 3, abs=0.02)


def test_the_terms_of_the_last_generation_are_those_of_the_records(batches):
    from evo.figures.price import _panels, _sums

    one = Cells(batches["two"]).ones[4]
    _, terms = _sums(one)
    runs = one.runs.sort("replicate")
    for term, values in terms.items():
        assert values[:, -1] == pytest.approx(runs[f"{term}.rifle"].to_numpy(), abs=1e-12)
    assert sum(len(panel.terms["change"]) for panel in _panels(Cells(batches["two"]), one, False)) == runs.height


def test_selection_between_demes_and_within_them_has_a_panel(tmp_path):
    from evo.figures.price import _panels

    demes = {"population.demes": 4, "population.migration": 0.1, "population.budding": 1}
    batch = evolve(tmp_path, {}, parts=1, **demes)
    one = Cells(batch).ones[0]
    panels = [panel for panel in _panels(Cells(batch), one, False) if "between" in panel.terms]
    assert panels and all(list(panel.terms) == ["selection", "between", "within"] for panel in panels)
    drawn = {term: np.concatenate([panel.terms[term] for panel in panels]) for term in panels[0].terms}
    assert drawn["between"] + drawn["within"] == pytest.approx(drawn["selection"], abs=1e-12)
    assert np.abs(drawn["between"][:, -1]).min() > 0.0
    for term, values in drawn.items():
        assert sorted(values[:, -1]) == pytest.approx(sorted(one.runs[f"{term}.rifle"].to_list()), abs=1e-12)
    for size in SIZES:
        figure = draw_all(batch, ["price"], Look(size))["price"]
        readable(figure)
        assert "between demes or groups" in {text.get_text() for text in texts(figure)}
    assert "between demes or groups and within them (Price 1972)" in notes_of(figure)


def test_price_intervals_are_students_and_do_not_set_the_scale(tmp_path):
    """Of two replicates they are 12.7 standard errors wide to either side."""
    from evo.figures.price import _mean, _sums

    batch = evolve(tmp_path, {}, replicates=2, parts=1)
    _, terms = _sums(Cells(batch).ones[0])
    mean, half = _mean(terms["change"])
    found = mean_interval(batch.runs()["change.rifle"].to_numpy())
    assert [mean[-1], half[-1]] == pytest.approx([found["mean"], found["high"] - found["mean"]], abs=1e-12)
    figure = draw_all(batch, ["price"])["price"]
    low, high = figure.axes[0].get_ylim()
    reach = np.concatenate([line.get_ydata() for line in figure.axes[0].lines])
    assert low <= reach.min() and reach.max() <= high and high - low < 3.0
    assert "reach beyond the panel" in notes_of(figure)


def test_cells_in_which_it_never_happened_are_words_and_no_panel(tmp_path):
    batch = evolve(tmp_path, {"parts": [1, 2, 3], "scaffold": [0.0, 1.0]}, forward_rate=0.0, advantage=0.5)
    for size in SIZES:
        figure = draw_all(batch, ["waiting"], Look(size))["waiting"]
        readable(figure)
        assert not figure.axes and title_of(figure) == "Established in 0 of 30 replicates"
        said = " ".join(text.get_text() for text in texts(figure)).replace("\n", " ")
        assert "Not drawn, for it was established in none of 30 replicates by generation 12." in said
    batch = evolve(tmp_path, {"scaffold": [0.0, 0.5, 1.0], "parts": [1, 16]})
    figure = draw_all(batch, ["waiting"])["waiting"]
    assert len(figure.axes) == 1 and "parts 1" in {text.get_text() for text in texts(figure)}
    assert "none of 15 replicates by generation 12 with parts 16." in notes_of(figure)


def test_what_is_pooled_or_left_out_is_said(batches):
    drawn = draw_all(batches["many"], ["funnel", "phase", "shift", "waiting"])
    k, n = (batches["many"].runs()["realized"].sum(), batches["many"].runs().height)
    assert title_of(drawn["waiting"]).startswith(("Half", "Established"))
    funnel = title_of(drawn["funnel"])
    assert funnel.startswith(f"Of {n} replicates") and f"realized in {k}" in funnel
    assert "98 cells are too many to be shown one by one" in notes_of(drawn["funnel"])
    assert "Shown of 98 cells" in notes_of(drawn["shift"])
    shown = [text.get_text() for text in texts(drawn["phase"])]
    assert {"scaffold 0", "scaffold 0.3"} <= set(shown)  # a panel for each value of a third axis


def test_a_title_is_the_finding(batches):
    found = sorted(batches["one"].summaries(), key=lambda summary: summary["rate"])
    low, high = found[0], found[-1]
    assert title_of(draw_all(batches["one"], ["realized"])["realized"]) == (
        f"Realized in {high['realized']} of 5 with parts {high['set']['parts']}; "
        f"in {low['realized']} of 5 with parts {low['set']['parts']}"
    )


def test_a_title_of_one_rate_counts_the_replicates_of_each_cell(tmp_path):
    sure = {"parts": 1, "advantage": 5.0, "population.generations": 30}
    few, many = (evolve(tmp_path, {}, replicates, teeth=teeth, **sure) for replicates, teeth in ((2, 0), (4, 1)))
    for others, told in (((), "2 of 2 replicates"), ((many,), "6 of 6 replicates of 2 cells, at one rate in each")):
        assert title_of(draw_all(few, ["realized"], None, *others)["realized"]) == f"Realized in {told}"


def test_a_title_says_so_where_nothing_happened(tmp_path):
    """Of one cell, by no name of it; and rounding is not drawn as a change."""
    spec = evo.load("wolf_sniper").over({}).set({"population.size": 50, "population.generations": 20})
    drawn = draw_all(evo.run(spec, replicates=4, out=tmp_path), ["price", "shift", "waiting", "funnel"])
    assert {name: title_of(figure) for name, figure in drawn.items()} == {
        "price": "Nothing changed mean rifle (mean of 4 replicates)",
        "shift": "Realized in 0 of 4",
        "waiting": "Established in 0 of 4 replicates",
        "funnel": "It arose in none of 4 replicates",
    }
    assert "No median is drawn" in notes_of(drawn["shift"])  # of four
    assert drawn["price"].axes[0].get_ylim() == (-1.0, 1.0)


def test_what_is_drawn_can_be_had_as_numbers(batches, tmp_path):
    files = {file.name: file for file in save_all(batches["two"], ("svg", "pdf"), ONE, Look("85mm"), True)}
    table = pl.read_csv(files["realized.csv"])
    told = [[s[key] for key in ("replicates", "realized", "rate", "low", "high")] for s in batches["two"].summaries()]
    assert [list(row) for row in table.select("replicates", "realized", "rate", "low", "high").rows()] == [
        pytest.approx(row) for row in told
    ]
    for name, file in files.items():
        content = file.read_bytes()
        if name.endswith(".svg"):  # its letters are text, and its font is in it
            assert b"<text" in content and b"@font-face" in content and b"data:font/woff" in content
        elif name.endswith(".pdf"):
            assert b"/FontFile2" in content
        else:
            assert pl.read_csv(file).height > 0
    assert len(files) == 3 * len(ONE)


def test_a_batch_beside_is_named_in_the_files(batches):
    (file,) = save_all(batches["one"], only=["realized"], others=[batches["names"]])
    assert file.name == f"realized-with-{batches['names'].folder.name}.png"


def test_intervals_of_shares_stay_within_their_bounds():
    """Near a bound a normal interval would leave it; without bounds it is the normal one."""
    samples = [np.array([0.9, 1.0, 1.0, 1.0]), np.array([0.4, 0.6])]
    mean, reach = means(samples, (0.0, 1.0))
    assert (mean - reach[0] >= 0.0).all() and (mean + reach[1] <= 1.0).all() and (reach > 0.0).all()
    mean, reach = means(samples)
    assert mean[0] + reach[1, 0] > 1.0 and reach[0] == pytest.approx(reach[1])
