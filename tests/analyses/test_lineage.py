"""`evo lineage`: the line of descent end to end, and what is said where there is none."""

import json
import sys

import numpy as np
import polars as pl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import evo
from evo.analyses import lineage as analysis
from evo.analyses import tree_sequence
from evo.analyses.lineage import lineage
from evo.batch.results import Batch
from evo.engines.descent import follow
from evo.engines.individuals import evolve_in
from evo.engines.replicates import new_control, plan
from evo.kernels.evolve import new_space
from evo.kernels.genome import unpack
from evo.kernels.links import LIVED
from evo.measure.descent import ancestor_at, line_of
from tests.batch.test_failures import SCENARIO, WORLD
from tests.command import command

WOLF = ("wolf_sniper", {"parts": 2, "population.size": 200, "population.generations": 400, "forward_rate": 5e-4})
IGF = ("igf", {"concept_parts": 1, "population.size": 60, "population.generations": 80})
TWO = ("baldwin", {"population.size": 80, "population.generations": 60, "variation.crossover_rate": 0.6})
KIN = ("kin", {"population.size": 60, "population.demes": 6, "population.generations": 60, "marker_rate": 0.02})


def batch_of(kind, out, replicates=2, **changes):
    name, settings = kind
    spec = evo.load(name).over({}).set({"engine": "numba"} | settings | changes)
    return evo.run(spec, replicates=replicates, out=out)


@pytest.fixture(scope="module")
def wolves(tmp_path_factory):
    return batch_of(WOLF, tmp_path_factory.mktemp("wolves"))


@pytest.fixture(scope="module")
def crossed(tmp_path_factory):
    return batch_of(TWO, tmp_path_factory.mktemp("crossed"))


def last_population(spec, replicate):
    """Genomes of the last generation, from the engine alone: bool[N, L], float64[N, D]."""
    space = new_space(plan(spec))
    evolved = evolve_in(space, spec, [replicate], new_control())
    now = int(evolved.records.ended_at[0]) % 2
    return unpack(space.bits[now], plan(spec).loci), space.reals[now]


def test_the_document_is_the_contracts(wolves):
    done = command("lineage", wolves.folder, 1, 0, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert list(found) == ["same", "line", "deleterious", "ancestor_at"] and found["same"] is True
    assert all(list(step) == ["generation", "kind", "fitness", "effect", "property"] for step in found["line"])
    founder, *steps = found["line"]
    assert founder["kind"] == "founder" and founder["generation"] == 0 and founder["effect"] is None
    assert {step["kind"] for step in steps} <= {"mutation", "crossing"}
    assert [s["generation"] for s in steps] == sorted(s["generation"] for s in steps)
    assert found["deleterious"] == sum(step["effect"] < 0 for step in steps)  # no chance in a life here
    # Fitness along the line is the founder's and all effects since: nothing else changes it in this world.
    assert np.isclose(founder["fitness"] + sum(s["effect"] for s in steps), steps[-1]["fitness"])


def test_the_line_ends_in_the_genome_that_is_asked_for(wolves):
    spec = wolves.live().cells[0].spec
    bits, _ = last_population(spec, 1)
    rows, counts = np.unique(bits, axis=0, return_counts=True)
    for of in ("commonest", "best"):
        line = lineage(wolves, "1", 1, of)
        pool, end = line.followed.ancestors, line.places[-1]
        genome = unpack(pool.bits[[end]], bits.shape[1])[0]
        if of == "commonest":
            assert counts[(rows == genome).all(axis=1)] == counts.max()
        else:
            assert pool.lived[end, LIVED.fitness] == pool.lived[line.followed.living, LIVED.fitness].max()
        assert pool.generation[line.places].tolist() == list(range(line.followed.last + 1))


def test_every_change_of_the_genome_on_the_line_is_a_step(crossed):
    line = lineage(crossed, "1", 0)
    pool = line.followed.ancestors
    here = pool.bits[line.places[0]], pool.reals[line.places[0]]
    for change in line.changes:
        assert all(np.array_equal(a, b) for a, b in zip(change.before, here, strict=True))
        assert any(not np.array_equal(a, b) for a, b in zip(change.before, change.after, strict=True))
        here = change.after
    assert np.array_equal(here[0], pool.bits[line.places[-1]])
    assert {"crossing", "mutation"} >= {change.kind for change in line.changes} and line.changes
    assert line.document()["line"][0]["kind"] == "founder"


def test_the_common_ancestor_is_that_of_all_lines(wolves):
    line = lineage(wolves, "1", 0)
    pool, living = line.followed.ancestors, line.followed.living
    lines = [line_of(pool, int(place)) for place in living]
    shared = set.intersection(*(set(one.tolist()) for one in lines))
    expected = int(pool.generation[max(shared)]) if shared else None
    assert line.ancestor_at == ancestor_at(pool, living) == expected


def test_a_line_with_chance_in_a_life_has_intervals(tmp_path):
    batch = batch_of(IGF, tmp_path)
    done = command("lineage", batch.folder, 1, 1, "--csv", tmp_path / "line.csv", "--of", "best")
    assert done.returncode == 0, done.stderr
    assert "the same as the record, bit for bit" in done.stdout and "intervals" in done.stdout
    rows = pl.read_csv(tmp_path / "line.csv")
    assert rows["kind"][0] == "founder" and rows["effect"][0] is None
    steps = rows.slice(1)
    assert (steps["effect_low"] <= steps["effect"]).all() and (steps["effect"] <= steps["effect_high"]).all()
    assert (steps["lives"] >= 4).all() and steps["changed"].str.contains("real 0").all()
    found = json.loads(command("lineage", batch.folder, 1, 1, "--of", "best", "--json").stdout)
    assert found["deleterious"] == (steps["says"] == "deleterious").sum()
    assert [step["effect"] for step in found["line"][1:]] == steps["effect"].to_list()


def test_where_agents_meet_it_says_among_whom(tmp_path):
    batch = batch_of(KIN, tmp_path)
    done = command("lineage", batch.folder, 1, 0)
    assert done.returncode == 0, done.stderr
    assert "among 9 others with the genome before" in done.stdout


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_figure_is_drawn(wolves, tmp_path, kind):
    done = command("lineage", wolves.folder, 1, 0, "--figure", tmp_path / f"line.{kind}")
    assert done.returncode == 0, done.stderr
    begins = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[kind]
    assert (tmp_path / f"line.{kind}").read_bytes().startswith(begins)


def test_the_figure_marks_every_step_and_draws_the_dead(tmp_path):
    from evo.figures.lineage import _lay_out, _tree, lineage_figure

    line = lineage(batch_of(IGF, tmp_path, **{"population.generations": 300}), "1", 0)
    figure = lineage_figure(line)
    assert len(figure.axes) == 4  # so many steps have a panel of their own
    marked = [artist for artist in figure.axes[2].lines if artist.get_linestyle() == "None"]
    assert sum(artist.get_xdata().size for artist in marked) == len(line.changes)
    found = _tree(line)
    _lay_out(found)
    assert any(branch.ends < line.followed.last for branch in found)
    lanes = [branch.lane for branch in found]
    assert len(set(lanes)) == len(lanes) and lanes[0] == 0.0


def test_no_legend_of_the_figure_takes_the_room_of_its_panels(tmp_path):
    """Six entries above fitness, where chance is in a life: they stand in rows."""
    from evo.figures.lineage import lineage_figure

    figure = lineage_figure(lineage(batch_of(IGF, tmp_path), "1", 0))
    FigureCanvasAgg(figure).draw()
    legend = figure.axes[1].get_legend()
    assert len(legend.get_texts()) >= 5 and legend.get_window_extent().x1 <= figure.bbox.x1
    assert all(axes.get_position().width > 0.85 for axes in figure.axes)


WRONG = {
    "no such cell": (["9", "0"], "there is no such cell; allowed: 1 or"),
    "no such replicate": (["1", "7"], "replicate 7: there is no such replicate; allowed: 0 to 1"),
    "nobody carries": (["1", "0", "--of", "carrier"], "nobody of the last population has rifle of 0.5 or more"),
    "no such choice": (["1", "0", "--of", "worst"], "'worst' is not one of"),
    "not a number": (["1", "x"], "REPLICATE"),
    "no folder": (
        ["1", "0", "--csv", "no/such/line.csv"],
        "no/such/line.csv cannot be written: there is no folder no/such",
    ),
    "no figure": (["1", "0", "--figure", "line.gif"], "line.gif must end in .png or .svg or .pdf"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_a_sentence(case, tmp_path):
    arguments, says = WRONG[case]
    batch = batch_of(WOLF, tmp_path, parts=8)
    done = command("lineage", batch.folder, *arguments)
    assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.output


@pytest.mark.parametrize("engine", ["classes", "deap"])
def test_engines_that_follow_no_individuals_say_so(engine, tmp_path):
    settings = {"parts": 1, "teeth": 0, "population.size": 30, "population.generations": 10, "engine": engine}
    batch = evo.run(evo.load("wolf_sniper").over({}).set(settings), replicates=1, out=tmp_path)
    done = command("lineage", batch.folder, 1, 0)
    assert done.returncode == 2 and f"its engine, {engine}," in done.stderr and "engine=numba" in done.stderr


def test_an_optimizer_without_parents_says_so(tmp_path):
    settings = {"optimizer.kind": "hill_climb", "population.size": 10, "population.generations": 3}
    batch = evo.run(evo.load("igf").over({}).set(settings), replicates=1, out=tmp_path)
    done = command("lineage", batch.folder, 1, 0)
    assert done.returncode == 2 and "its optimizer has no parents and no offspring" in done.stderr


def test_a_replicate_that_failed_says_so(tmp_path):
    (tmp_path / "broken.py").write_text(WORLD, encoding="utf-8")
    (tmp_path / "broken.toml").write_text(SCENARIO, encoding="utf-8")
    assert command("run", tmp_path / "broken.toml", "--trust", "--quiet", "--out", tmp_path).returncode == 1
    batch = Batch.open(next(path for path in tmp_path.glob("broken-*")))
    failed = batch.failures()[0]
    done = command("lineage", batch.folder, 1, failed["replicate"])
    says = f"replicate {failed['replicate']}, generation {failed['generation']}: "
    assert done.returncode == 2 and says in done.stderr and "fitness" in done.stderr


def test_a_record_that_is_another_is_told(wolves, monkeypatch):
    monkeypatch.setattr(analysis, "identical", lambda *_: False)
    done = command("lineage", wolves.folder, 1, 0)
    assert done.returncode == 1 and "NOT the same as the record" in done.stdout


# --- tree sequences


def test_without_tskit_it_says_how_to_get_it(wolves, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tskit", None)
    monkeypatch.setattr(tree_sequence, "find_spec", lambda name: None)
    done = command("lineage", wolves.folder, 1, 0, "--tskit", tmp_path / "it.trees")
    assert done.returncode == 2 and "pip install 'evo-sandbox[lineage]'" in done.stderr
    assert not list(tmp_path.iterdir())


def genomes_of(trees, loci):
    """Genomes of the samples by the trees' mutations: bool[N, L], float64[N, D]."""
    values = np.array(
        [[variant.alleles[allele] for allele in variant.genotypes] for variant in trees.variants()]
    ).T.reshape(trees.num_samples, -1)  # fmt: skip
    return values[:, :loci].astype(int).astype(bool), values[:, loci:].astype(float)


@pytest.mark.parametrize("kind", [WOLF, IGF, TWO, KIN], ids=["loci", "reals", "two parents", "demes"])
def test_a_tree_sequence_holds_the_last_population(kind, tmp_path):
    tskit = pytest.importorskip("tskit")
    batch = batch_of(kind, tmp_path)
    path = tmp_path / "it.trees"
    done = command("lineage", batch.folder, 1, 1, "--tskit", path)
    assert done.returncode == 0, done.stderr
    trees, spec = tskit.load(path), batch.live().cells[0].spec
    followed = follow(spec, 1)
    last, loci = followed.last, plan(spec).loci
    assert trees.time_units == "generations" and trees.num_samples == spec.scenario.population.size
    assert (trees.nodes_time[trees.samples()] == 0).all() and trees.max_root_time <= last
    bits, reals = genomes_of(trees, loci)
    expected_bits, expected_reals = last_population(spec, 1)
    assert np.array_equal(bits, expected_bits) and np.array_equal(reals, expected_reals)
    lived = followed.ancestors.lived[followed.living]
    told = [trees.individual(trees.node(sample).individual).metadata for sample in trees.samples()]
    assert [one["fitness"] for one in told] == lived[:, LIVED.fitness].tolist()
    assert {one["generation"] for one in told} == {last}
    n = spec.scenario.population.size // spec.scenario.population.demes
    assert [trees.node(sample).population for sample in trees.samples()] == [i // n for i in range(trees.num_samples)]
    for mutation in trees.mutations():
        assert mutation.metadata["generation"] == last - mutation.time
        assert mutation.metadata["kind"] == ("founder" if mutation.metadata["generation"] == 0 else "mutation")
        assert mutation.metadata["kind"] == "founder" or np.isfinite(mutation.metadata["effect"])
    assert trees.metadata["evo"]["same_as_record"] is True


def test_trees_and_line_tell_of_the_same_ancestor_and_effects(wolves):
    pytest.importorskip("tskit")
    line = lineage(wolves, "1", 1, with_trees=True)
    trees = tree_sequence.tree_sequence(line)
    tree = trees.first()
    if line.ancestor_at is not None:
        common = tree.mrca(*trees.samples())
        assert line.followed.last - trees.nodes_time[common] == line.ancestor_at
    sample = line.followed.living.tolist().index(line.places[-1])
    node, on_line = sample, {}
    while node >= 0:
        for mutation in trees.mutations():
            if mutation.node == node and mutation.metadata["kind"] == "mutation":
                on_line[mutation.metadata["generation"]] = mutation.metadata["effect"]
        node = tree.parent(node)
    pool = line.followed.ancestors
    told = {int(pool.generation[c.place]): e.mean for c, (e, _) in zip(line.changes, line.effects, strict=True)}
    assert on_line == pytest.approx(told)


def test_with_two_parents_trees_agree_with_all_links(crossed):
    """Of every two of the last population, and every place, the common ancestor by a search through all links."""
    pytest.importorskip("tskit")
    spec, last, places = crossed.live().cells[0].spec, 60, 40
    seen = {}

    def keep(links, work, rows, first):
        seen["parents"], seen["second"] = links.parents[: rows + 1].copy(), work.second[: rows + 1].copy()

    followed = follow(spec, 0, keep)
    trees = tree_sequence.tree_sequence(lineage(crossed, "1", 0, with_trees=True)).simplify()
    assert followed.last == last and trees.num_trees > 3
    parents, second = seen["parents"], seen["second"]
    for place in range(0, places, 7):
        line = np.arange(80)
        waits = np.full((80, 80), np.inf)
        for row in range(last + 1, 0, -1):
            same = line[:, None] == line[None, :]
            waits[same & np.isinf(waits)] = last + 1 - row
            if row > 1:
                from_second = unpack(second[row], places)[line, place]
                line = np.where(from_second, parents[row, 1][line], parents[row, 0][line])
        tree = trees.at(place)
        for i in range(0, 80, 9):
            for j in range(0, 80, 11):
                common = tree.mrca(i, j)
                assert (np.inf if common < 0 else trees.nodes_time[common]) == waits[i, j]


def test_a_line_can_be_told_of_a_folder_that_was_opened(wolves):
    assert lineage(Batch.open(wolves.folder), wolves.cells[0].key[:6], 0).same
