"""What an audit leaves in its folder, and the commands that read it: figures, report, digest."""

import json
import re
from html import unescape

import polars as pl
import pytest
from matplotlib import image

from evo.audits import figures
from evo.audits.kept import Results, is_audit
from evo.audits.repeat import Program
from evo.batch.disk import sealed
from tests.audits.programs import HEAD
from tests.command import command

EVOLVES = "rows = toolbox.population(n=12)\nalgorithms.eaSimple(rows, toolbox, 0.3, 0.3, {turns}, verbose=False)\n"
PROPERTIES = ["--property", "first=x[0]", "--property", "ones=sum(x)/len(x)", "--threshold", "first=0.9"]


def audit(folder, text, *more, replicates=4):
    """The folder of an audit of a small program, by the command line."""
    script = folder / "program.py"
    script.write_text(HEAD.format(weight=1.0) + text)
    done = command(
        "audit", script, *PROPERTIES, "--replicates", replicates, "--jobs", "2", "--out", folder / "out", *more
    )
    assert done.returncode == 0, done.output
    return next(iter((folder / "out").iterdir()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Runs of other lengths, of which one fails; and a blind arm."""
    place = tmp_path_factory.mktemp("audit")
    (place / "without.py").write_text("def lacking(row):\n    row[0] = 0\n")
    text = "n = random.randrange(3, 7)\nif n < 5: raise ValueError('four')\n" + EVOLVES.format(turns="n")
    return audit(place, text, "--without", f"{place / 'without.py'}:lacking", replicates=6)


def test_the_tables_are_the_reports(folder):
    results = Results(folder)
    assert is_audit(folder) and results.outcome.failed and results.blind.reports
    assert results.summary == json.loads((folder / "summary.json").read_text())
    runs, traces = (pl.read_parquet(folder / f"{name}.parquet") for name in ("runs", "traces"))
    assert runs.height == 2 * len(results.outcome.reports) and set(runs["property"]) == {"first", "ones"}
    for row in runs.iter_rows(named=True):
        mine = traces.filter(replicate=row["replicate"], property=row["property"]).sort("generation")
        assert mine["generation"].to_list() == list(range(row["generations"] + 1))
        assert mine["mean"][0] == row["start"] and mine["mean"][-1] == row["end"]
        assert row["selection"] + row["transmission"] + row["arrival"] == pytest.approx(row["change"], abs=1e-12)
    assert traces["measure"].unique().sort().to_list() == ["fitness", "property"]


def test_figures_are_drawn_and_carry_their_numbers(folder):
    done = command("figures", folder, "--data")
    assert done.returncode == 0, done.output
    for name in figures.NAMES:
        drawn = image.imread(folder / "figures" / f"{name}.png")
        assert min(drawn.shape[:2]) > 200 and drawn[..., :3].std() > 0.02
        assert pl.read_csv(folder / "figures" / f"{name}.csv").height
    rates = pl.read_csv(folder / "figures" / "realized.csv")
    assert rates["arm"].to_list() == ["as it is"] * 2 + ["blind"] * 2
    summary = Results(folder).summary
    assert rates["realized"].to_list()[:2] == [p["realized"] for p in summary["properties"].values()]
    only = command("figures", folder, "--only", "funnel")
    assert only.returncode == 2 and "there is none of that name for an audit" in only.stderr
    both = command("figures", folder, "--with", folder)
    assert both.returncode == 2


def test_the_report_says_what_the_summary_says(folder, tmp_path):
    done = command("report", folder, "-o", tmp_path / "r.html")
    assert done.returncode == 0, done.output
    page = (tmp_path / "r.html").read_text()
    text = unescape(re.sub(r"<[^>]+>", " ", page))
    summary = Results(folder).summary
    first = summary["properties"]["first"]
    assert f"realized in {first['realized']} of {summary['replicates']}" in text and "ValueError: four" in text
    assert Results(folder).digest() in text and "def lacking(row)" in text and str(folder.parent) not in page
    assert page.count("<svg") == len(figures.NAMES)


def test_the_digest_is_that_of_the_runs(folder, tmp_path):
    text = EVOLVES.format(turns=3)
    said = []
    for name, more in (("a", ()), ("b", ("--jobs", "1")), ("c", ("--seed", "2"))):
        (tmp_path / name).mkdir()
        said.append(command("digest", audit(tmp_path / name, text, *more, replicates=2)).stdout)
    assert said[0] == said[1] != said[2] and re.fullmatch(r"[0-9a-f]{64}\n", said[0])


def test_fewer_runs_leave_nothing_of_those_before(tmp_path):
    text = EVOLVES.format(turns=2)
    where = audit(tmp_path, text, replicates=3)
    assert audit(tmp_path, text, replicates=1) == where
    assert sorted(Results(where).outcome.reports) == [0]
    assert [file.name for file in sorted((where / "runs").iterdir())] == ["0000.json", "0000.txt"]


@pytest.mark.parametrize("words", [("why",), ("replay", "1", "0"), ("lineage", "1", "0"), ("compare", "elsewhere")])
def test_commands_that_need_a_batch_say_so(folder, words):
    done = command(words[0], folder, *words[1:])
    assert done.returncode == 2 and "is the folder of an audit" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda said: "no json", "cannot be read"),
        (lambda said: json.dumps(said | {"replicates": 9}), "was edited, or is damaged"),
        (lambda said: json.dumps(sealed({k: v for k, v in said.items() if k != "sum"} | {"format": 99})), "later evo"),
    ],
)
def test_a_damaged_folder_is_told(folder, tmp_path, change, message):
    said = json.loads((folder / "audit.json").read_text())
    (tmp_path / "audit.json").write_text(change(said))
    done = command("digest", tmp_path)
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_folder_follows_from_all_that_is_asked():
    program = Program(__file__, properties=(("a", "x[0]"),))
    names = {program.name(), *(Program(__file__, properties=(("a", "x[0]"),), **more).name() for more in (
        {"without": "f.py:g"}, {"seed": 2}, {"arguments": ("1",)}, {"thresholds": {"a": 1.0}}))}  # fmt: skip
    assert len(names) == 5
