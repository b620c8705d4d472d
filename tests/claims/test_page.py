"""Pages of claims: runnable scenarios, and numbers that are those of the records."""

import json
import re

from evo.claims.page import claims, load
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
