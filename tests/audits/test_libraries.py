"""Programs of pymoo, LEAP and PyGAD as they are: what they end with, who descends from whom, and nothing is changed."""

import json
import os
import subprocess
import sys

import pytest

from evo.audits.answer import audited
from evo.audits.repeat import Program, repeat
from evo.audits.summary import summarize
from evo.places import CHECKOUT
from tests.audits.libraries import LEAP, LINKS, PROGRAMS, PYGAD, PYMOO


def needs(name):
    """Skip where the program's library is not there."""
    pytest.importorskip({"leap": "leap_ec"}.get(library := name.partition(":")[0], library))


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_audited_as_it_is(name, tmp_path):
    needs(name)
    path, results = tmp_path / "program.py", tmp_path / "results"
    path.write_text("".join(PROGRAMS[name]))
    results.mkdir()
    program = Program(str(path), properties=(("ones", "sum(x)/len(x)"),)).checked()
    outcome = repeat(program, range(1), results)
    assert not outcome.failed, outcome.failed
    diagnoses = {one["kind"] for one in summarize("program", outcome)["diagnoses"]}
    (report,), truth = outcome.reports[0], json.loads((results / "0000.txt").read_text().splitlines()[-1])
    ones = report["properties"]["ones"]
    assert "populations" not in report and report["individuals"] == truth["size"]
    assert ones["end"] == pytest.approx(truth["end"], abs=1e-12)
    assert report["fitness"]["end"] == pytest.approx(truth["fitness"], abs=1e-12)
    assert report["objectives"] == pytest.approx(truth["objectives"], abs=1e-12)
    if "start" in truth:
        assert ones["start"] == pytest.approx(truth["start"], abs=1e-12)
    if "clones" in truth:
        assert ones["selection"] == pytest.approx(truth["end"] - truth["start"], abs=1e-12)
        assert ones["transmission"] == pytest.approx(0.0, abs=1e-12) and abs(ones["selection"]) > 0.05
    known = not {"parents_unknown", "no_parents"} & set(truth["diagnoses"])
    assert (report["without_known_parents"] == 0.0) == known
    if known and len(truth["objectives"]) == 1 and "not_cloned" not in diagnoses:
        assert report["fitness"]["intensity"] > 0.1
        assert ones["selection"] + ones["transmission"] == pytest.approx(ones["change"], abs=1e-12)
    assert set(truth["diagnoses"]) == diagnoses - {"at_odds", "best_only", "no_selection"}


_CHECK = """
import numpy as np
from evo.audits import libraries
from evo.audits.follow import Follow
from evo.audits.record import Audit
class Checked(Audit):
    before, seen, two = None, 0, 0
    def take(self, part, objectives, properties, parents, deployed=0.0, among=None):
        super().take(part, objectives, properties, parents, deployed, among)
        for row, line in zip(properties, parents or ()):
            claimed = np.array([self.before[place] for _, place, _ in line])
            assert len(line) and (claimed == row).any(axis=0).all() and abs(sum(one[2] for one in line) - 1) < 1e-12
            self.seen += 1
            self.two += len(claimed) > 1 and not (claimed == row).all(axis=1).any()
        self.before = properties
audit = Checked({f"gene {k}": (lambda x, k=k: x[k]) for k in range(15)})
libraries.begin(Follow(audit))
PROGRAM
print("CHECKED", audit.seen, audit.two)
"""


@pytest.mark.parametrize("name", LINKS)
def test_every_gene_is_of_a_claimed_parent(name):
    needs(name)
    head = {"pymoo": PYMOO, "leap": LEAP, "pygad": PYGAD}[name.partition(":")[0]]
    code = _CHECK.replace("PROGRAM", head + LINKS[name])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    seen, two = map(int, done.stdout.split("CHECKED")[1].split()) if done.returncode == 0 else (0, 0)
    assert seen >= 160 and two >= 20, done.stderr[-1500:]


@pytest.mark.parametrize(
    "name", ["pymoo: survivors beside children", "leap: survivors of both by hand", "pygad: elites"]
)
def test_watching_changes_nothing_of_what_a_program_prints(name, tmp_path):
    needs(name)
    path, said = tmp_path / "program.py", {}
    path.write_text("".join(PROGRAMS[name]))
    for watch in (True, False):
        job = {"script": str(path), "arguments": [], "properties": [["ones", "sum(x)"]], "thresholds": {},
               "deployment": None, "without": None, "seed": 5, "replicate": 3, "blind": False, "watch": watch,
               "result": str(tmp_path / f"{watch}.json")}  # fmt: skip
        (tmp_path / "job.json").write_text(json.dumps(job))
        code = f"from evo.audits.child import main; main({str(tmp_path / 'job.json')!r})"
        environment = os.environ | {"PYTHONHASHSEED": "0"}
        said[watch] = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment).stdout
    assert said[True] == said[False] and said[True].strip()
    assert "error" not in json.loads((tmp_path / "True.json").read_text())


@pytest.mark.parametrize("name", ["pymoo", "leap", "pygad"])
def test_the_examples_run(name, tmp_path):
    needs(name)
    program = Program(
        str(CHECKOUT / "docs" / "audit" / f"{name}_onemax.py"), properties=(("ones", "sum(x)/len(x)"),),
        thresholds={"ones": 0.8},
    )  # fmt: skip
    found = audited(program.checked(), 1, str(tmp_path)).summary
    assert found["properties"]["ones"]["realized"] == 1 and found["without_known_parents"] == 0.0
    assert found["diagnoses"] == []
    assert found["fitness"]["intensity"]["mean"] > 0.3


def test_ask_and_tell(tmp_path):
    pytest.importorskip("cma")
    program = Program(str(CHECKOUT / "docs" / "audit" / "ask_and_tell.py")).checked()
    found = audited(program, 2, str(tmp_path)).summary
    assert [one["kind"] for one in found["diagnoses"]] == ["no_parents"] and found["distinct"] == 2
    assert found["properties"]["last above 0.8"]["realized"] == 2
    assert found["fitness"]["end"]["mean"] < 0.01
    assert found["properties"]["last above 0.8"]["price"]["selection"]["mean"] is None
