"""Pages of claims: runnable scenarios, and numbers that are those of the records."""

import json
import re
import subprocess
import sys

import pytest

from evo.claims.known import claims
from evo.scenario.library import load
from evo.wording import value_text
from tests.command import command


def test_claims_write_a_page_whose_numbers_are_those_of_the_records(tmp_path):
    docs, out = tmp_path / "docs", tmp_path / "out"
    done = command("claims", "baldwin", "--docs", docs, "--out", out)
    assert done.returncode == 0, done.stderr
    page, table = (docs / "claims" / "baldwin.md").read_text(), (docs / "claims.md").read_text()
    assert (docs / "images" / "claims" / "baldwin.png").stat().st_size > 5_000
    document = json.loads(command("run", "baldwin", "--out", out, "--json").stdout)
    for cell in document["cells"]:
        assert (
            f"| learnable {value_text(cell['set']['learnable'])} | {cell['realized']} of {cell['replicates']} |" in page
        )
    answer = next(line for line in page.splitlines() if line.startswith("**Measured:** "))
    assert "the property is realized in" in answer
    found = next(line for line in page.splitlines() if line.startswith("**Found:** "))
    assert f"| {found.removeprefix('**Found:** ')} |" in table and found.startswith("**Found:** With learning")
    says = re.compile(r"\| (holds|weakens|is gone|turns|undecided)( \([a-z ]+\))? \|$")
    held = [line for line in page.splitlines() if says.search(line)]
    kept = sum(line.endswith("| holds |") for line in held)
    assert len(held) >= 4 and f"**Holds:** in {kept} of {len(held)} changes" in page  # what learning adds
    assert "| ten times the mutation rates | does not apply: " in page
    assert "## What each side could say of it" in page and "| found |" in table
    wrong = command("claims", "baldwyn", "--docs", docs)
    assert wrong.returncode == 2 and "did you mean 'baldwin'" in wrong.stderr


def test_every_claim_is_a_runnable_scenario():
    known = claims()
    numbers = [load(path).scenario.page.number for path in known.values()]
    assert numbers == sorted(numbers) and set(numbers) == set(range(1, max(numbers) + 1))


OWN = """
name = "own"
claim = "An own claim."
world = "parts"
[property]
trait = "rifle"
[population]
size = 20
generations = 10
[sweep]
parts = [1, 2]
"selection.scheme" = ["proportional", "truncation"]
[page]
number = 1
sides = "one, and the other"
formalized = "so"
speaks_for = "this"
speaks_against = "that"
not_shown = "the rest"
"""


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('depends_on = "selection.scheme"', 'page.depends_on = "selection.scheme": must be a swept field of numbers'),
        ('depends_on = "teeth"', 'page.depends_on = "teeth": must be a swept field; parts, selection.scheme'),
        ("longer = 1000", "page.longer = 1000: needs page.depends_on"),
        ('depends_on = "parts"\nlonger = 10', "page.longer = 10: must be above population.generations, 10"),
        ("longer = 5_000_000_000", "page.longer = 5000000000: must be at most 1000000000"),
        ("longer = 1.5", "page.longer = 1.5"),
        ("reference = { parts = 3 }", "page.reference.parts = 3: must be a swept value"),
        ('figure = "own"', 'page.figure = "own": no figure was made for this claim in evo; allowed: phase, realized'),
    ],
)
def test_what_a_page_may_not_ask_is_said_before_anything_evolves(line, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "own.toml").write_text(OWN + line + "\n")
    done = command("claims", "own", "--docs", "docs")
    assert done.returncode == 2 and says in done.stderr, done.output
    assert [path.name for path in tmp_path.iterdir()] == ["scenarios"]
    (tmp_path / "scenarios" / "other.toml").write_text(OWN.replace('name = "own"', 'name = "other"'))
    done = command("claims", "other", "own", "--docs", "docs")  # of which none is begun
    assert done.returncode == 2 and says in done.stderr, done.output
    assert [path.name for path in tmp_path.iterdir()] == ["scenarios"]


def test_a_figure_that_does_not_apply_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    few = "full_replicates = 2\nfar_replicates = 2\n"
    (tmp_path / "scenarios" / "own.toml").write_text(OWN.replace('\n"selection', "\n# ") + few + 'figure = "pursuit"\n')
    done = command("claims", "own", "--docs", "docs")
    assert done.returncode == 0, done.output
    assert 'page.figure = "pursuit": does not apply to this batch; realized is drawn' in done.stderr


def test_a_page_whose_number_is_none_spoils_no_other(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "own.toml").write_text(OWN.replace("number = 1", 'number = "x"'))
    assert "is not a claim" in command("claims", "nosuch", "--docs", "docs").stderr
    done = command("claims", "own", "--docs", "docs")
    assert done.returncode == 2 and "page.number = 'x'" in done.stderr.replace('"', "'")


def test_a_program_in_the_current_folder_is_not_imported_by_processes_that_evo_starts(tmp_path):
    """Pages at once start processes of their own, which look for modules of Python's library."""
    for name in ("queue", "selectors"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('somebody else wrote this')\n")
    (tmp_path / "scenarios").mkdir()
    for name in ("own", "other"):
        text = OWN.replace('"own"', f'"{name}"').replace('\n"selection.scheme" = ["proportional", "truncation"]', "")
        (tmp_path / "scenarios" / f"{name}.toml").write_text(text + "full_replicates = 2\nfar_replicates = 2\n")
    words = [sys.executable, "-m", "evo", "claims", "own", "other", "--docs", "docs"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "somebody" not in done.stdout + done.stderr, done.stderr
