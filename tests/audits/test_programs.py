"""Programs that have never heard of evo: what they end with, where they start, and that watching changes nothing."""

import json
import os
import subprocess
import sys

import pytest

from evo.audits.repeat import Program, repeat
from tests.audits.programs import HEAD, PROGRAMS


def script_of(folder, name):
    weight, text = PROGRAMS[name]
    path = folder / "program.py"
    path.write_text(HEAD.format(weight=weight) + text)
    return path


def audited(path, folder, what="sum(x)/len(x)", **given):
    """Report and last line of each of two runs."""
    program = Program(str(path), properties=(("ones", what),), **given).checked()
    outcome = repeat(program, range(2), folder, jobs=2)
    assert not outcome.failed, outcome.failed
    told = [json.loads((folder / f"{k:04d}.txt").read_text().splitlines()[-1]) for k in range(2)]
    return [outcome.reports[k][0] for k in range(2)], told


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_a_program_has_at_the_end_is_found(name, tmp_path):
    reports, told = audited(script_of(tmp_path, name), tmp_path)
    assert reports[0] != reports[1]
    for report, truth in zip(reports, told, strict=True):
        ones = report["properties"]["ones"]
        assert "populations" not in report and report["without_known_parents"] == 0.0
        assert ones["end"] == pytest.approx(truth["end"], abs=1e-12) and report["individuals"] == truth["size"]
        assert ones["selection"] + ones["transmission"] + ones["arrival"] == pytest.approx(ones["change"], abs=1e-12)
        if "start" in truth:
            assert ones["start"] == pytest.approx(truth["start"], abs=1e-12)
        if "selected" in truth:
            assert ones["selection"] == pytest.approx(truth["selected"], abs=1e-12)
        assert set(truth.get("diagnoses", ())) <= set(report["notes"])
        if "cost" in truth:
            assert report["fitness"]["end"] == pytest.approx(truth["cost"])
        assert report["fitness"]["intensity"] > 0 or report["generations"] < 3


def test_nobody_descends_from_anybody_in_a_swarm_that_moves_in_place(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(
        HEAD.format(weight=1.0)
        + """
swarm = [creator.Bits([random.random() for _ in range(3)]) for _ in range(8)]
for turn in range(5):
    for one in swarm:
        one[:] = [min(1.0, place + 0.2 * random.random()) for place in one] if turn else one
        one.fitness.values = (sum(one),)
    best = toolbox.clone(tools.selBest(swarm, 1)[0])
tell(swarm)
"""
    )
    for report, truth in zip(*audited(path, tmp_path), strict=True):
        ones = report["properties"]["ones"]
        assert ones["end"] == pytest.approx(truth["end"], abs=1e-12) and "no_parents" in report["notes"]
        assert ones["selection"] is None and report["fitness"]["intensity"] is None and ones["change"] > 0.1


def test_species_that_are_varied_before_they_are_chosen_are_what_was_chosen(tmp_path):
    """As in cooperative coevolution: each entry of the list of species is put in its place by a choice."""
    path = tmp_path / "program.py"
    path.write_text(HEAD.format(weight=1.0) + """
species = [toolbox.population(n=10) for _ in range(3)]
best = [random.choice(rows) for rows in species]
for _ in range(6):
    following = [None] * 3
    for k, rows in enumerate(species):
        rows = algorithms.varAnd(rows, toolbox, 0.6, 1.0)
        for row in rows:
            row.fitness.values = (sum(map(sum, [row, *best[:k], *best[k + 1:]])),)
        species[k] = toolbox.select(rows, len(rows))
        following[k] = tools.selBest(rows, 1)[0]
    best = following
print(json.dumps([mean(map(ones, rows)) for rows in species]))
""")  # fmt: skip
    for report, truth in zip(*audited(path, tmp_path), strict=True):
        ends = [one["properties"]["ones"]["end"] for one in report["populations"]]
        assert ends == pytest.approx(truth, abs=1e-12) and len(set(truth)) == 3


def test_watching_changes_nothing_of_what_a_program_prints(tmp_path):
    """Byte for byte, with the same random numbers: the child watches in one run and only seeds in the other."""
    for name in ("mu comma lambda of the library", "islands in a dict, some wander", "elites out of a hall of fame"):
        path, said = script_of(tmp_path, name), {}
        for watch in (True, False):
            job = {"script": str(path), "arguments": [], "properties": [["ones", "sum(x)"]], "thresholds": {},
                   "deployment": None, "without": None, "seed": 5, "replicate": 3, "blind": False, "watch": watch,
                   "result": str(tmp_path / "result.json")}  # fmt: skip
            (tmp_path / "job.json").write_text(json.dumps(job))
            code = f"from evo.audits.child import main; main({str(tmp_path / 'job.json')!r})"
            done = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, env=os.environ | {"PYTHONHASHSEED": "0"}
            )
            said[watch] = done.stdout
        assert said[True] == said[False] and said[True].strip()


def test_a_run_is_the_same_again_by_its_seed(tmp_path):
    path = script_of(tmp_path, "costs")
    first, again, other = (audited(path, tmp_path, seed=seed)[1] for seed in (1, 1, 2))
    assert first == again != other


def test_runs_have_folders_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "beside.txt").write_text("16")
    path = tmp_path / "writes.py"
    path.write_text(
        HEAD.format(weight=1.0)
        + "import os\nn = int(open('beside.txt').read())\nassert not os.path.exists('mine.txt')\nopen('mine.txt', 'w')"
        + ".write('x')\nrows = toolbox.population(n=n)\n"
        + "algorithms.eaSimple(rows, toolbox, 0.5, 0.3, 3, verbose=False)\ntell(rows)\n"
    )
    results = tmp_path / "results"
    results.mkdir()
    _, told = audited(path, results)
    assert told[0]["size"] == 16 and not (tmp_path / "mine.txt").exists()


def test_the_blind_arm_takes_fitness_as_it_would_be_without(tmp_path):
    """Fitness is the first bit alone. Without it there is nothing left to select."""
    from evo.audits.answer import audited as answered

    path, without = tmp_path / "program.py", tmp_path / "without.py"
    text = HEAD.format(weight=1.0).replace("(sum(row),)", "(row[0],)").replace("indpb=0.1", "indpb=0.02")
    path.write_text(
        text + "rows = toolbox.population(n=30)\nalgorithms.eaSimple(rows, toolbox, 0.2, 0.2, 12, verbose=False)\n"
    )
    without.write_text("def lacking(row):\n    row[0] = 0\n")
    program = Program(
        str(path), properties=(("first", "x[0]"),), thresholds={"first": 0.9}, without=f"{without}:lacking"
    )
    summary = answered(program.checked(), 6, str(tmp_path / "out"), jobs=2).summary
    assert summary["properties"]["first"]["realized"] == 6
    assert summary["blind"]["first"]["realized"] < 3 and summary["blind"]["first"]["replicates"] == 6


def test_a_crash_loses_that_run_alone(tmp_path):
    path = tmp_path / "program.py"
    text = "import os\nif random.random() < 0.5: os._exit(7)\nrows = toolbox.population(n=6)\n"
    text += "algorithms.eaSimple(rows, toolbox, 0.5, 0.3, 2, verbose=False)\n"
    path.write_text(HEAD.format(weight=1.0) + text)
    outcome = repeat(Program(str(path), properties=(("ones", "sum(x)"),)).checked(), range(8), tmp_path, jobs=2)
    assert outcome.failed and outcome.reports and len(outcome.failed) + len(outcome.reports) == 8
    assert set(outcome.failed.values()) == {"ended its whole process (exit status 7)"}
