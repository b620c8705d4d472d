"""A report is one file that is complete in itself, says what the records say, and takes what people wrote for text."""

import base64
import hashlib
import io
import json
import os
import shutil
import signal
import time
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import matplotlib.image
import polars as pl
import pytest
from PIL import Image

import evo
from evo.figures.every import drawings, names
from evo.report import comparison, figures, question
from evo.report.page import table
from evo.report.write import report
from evo.wording import rate_text
from evo.worlds.load import GRID, NAMES, load_world
from tests.batch.worlds import WORLD, run_own
from tests.command import command, finish, start

VOID = {"meta", "img", "br", "hr", "link", "input"}
FETCHES = ("src", "href", "srcset", "poster", "action", "formaction", "background", "cite", "xlink:href", "ping")


class Page(HTMLParser):
    """What a reader of the page gets: elements, texts, tables; raises where an element is not closed as it should."""

    def __init__(self, content):
        super().__init__()
        self.open, self.elements, self.texts, self.tables = [], [], [], []
        self.feed(content.decode("utf-8"))
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        assert len(dict(attributes)) == len(attributes)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        if "style" not in self.open and "script" not in self.open:
            self.texts.append(text)
        if self.open and self.open[-1] in ("td", "th"):
            self.tables[-1][-1][-1] += text

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


def decoded(address):
    head, _, content = address.partition(",")
    assert head.startswith("data:") and head.endswith(";base64")
    return head.removeprefix("data:").removesuffix(";base64"), base64.b64decode(content, validate=True)


def opened(path):
    """The page, held to what every report must be."""
    content = Path(path).read_bytes()
    assert content.startswith(b"<!DOCTYPE html>\n") and content.decode("utf-8")
    page = Page(content)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids)) > 0
    assert [tag for tag, _ in page.elements].count("script") == 1  # evo's own, which the policy names by its hash
    script = content.partition(b"<script>")[2].partition(b"</script>")[0]
    hashed = base64.b64encode(hashlib.sha256(script).digest()).decode()
    (policy,) = (a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ") and f"script-src 'sha256-{hashed}'" in policy
    for tag, attributes in page.elements:
        assert tag not in {"iframe", "object", "embed", "link", "base", "form", "foreignobject", "animate", "set"}
        assert not [name for name in attributes if name.startswith("on")]
        assert "style" not in attributes or "url" not in attributes["style"].replace("url(#", "")
        for name in FETCHES:
            if name in attributes:
                address = attributes[name]
                assert address.startswith("data:") or (address.startswith("#") and unquote(address[1:]) in ids), address
    style = content.partition(b"<style>")[2].partition(b"</style>")[0]
    assert style and b"@import" not in style and b"http" not in style
    assert style.count(b"url(") == style.count(b"url(data:font/woff;base64,") == 1
    images = [attributes for tag, attributes in page.elements if tag == "img"]
    for image in images:
        kind, inside = decoded(image["src"])
        assert image["alt"]
        assert kind == "image/gif" or matplotlib.image.imread(io.BytesIO(inside)).size > 1000
    for drawing in (attributes for tag, attributes in page.elements if tag == "svg"):
        assert drawing["role"] == "img" and drawing["aria-label"]
    return page


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    spec = evo.load("wolf_sniper").set({"population.size": 60, "population.generations": 30, "scaffold": 0.2})
    return evo.run(spec.over(parts=[1, 2, 3]), replicates=4, out=tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def shifted(tmp_path_factory):
    spec = evo.load("igf").set({"population.size": 40, "population.generations": 20})
    spec = spec.over(concept_parts=[0, 1], part_cost=[0.0, 0.02])
    return evo.run(spec, replicates=3, out=tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def page(batch):
    """The report of a batch without a shift."""
    return opened(batch.report(batch.folder.parent / "page.html"))


@pytest.fixture(scope="module")
def shifted_page(shifted):
    """And of one with."""
    return opened(shifted.report(shifted.folder.parent / "page.html"))


@pytest.fixture
def few(monkeypatch):
    """Two figures are drawn instead of all: for tests that are not about figures."""
    monkeypatch.setattr(figures, "names", lambda: ["realized", "funnel"])


def test_it_says_what_the_records_say(batch, page):
    s = batch.spec.scenario
    for said in (
        s.claim,
        s.source,
        batch.digest(),
        batch.spec.batch_hash,
        (batch.folder / "scenario.toml").read_text(),
    ):
        assert " ".join(said.split()) in page.text
    head, *rows = next(table for table in page.tables if table[0][0] == "parts")
    assert head[:3] == ["parts", "n", "arose"]
    at = head.index("rate realized (95 %)")
    assert [[row[0], row[1], row[at]] for row in rows] == [
        [str(summary["set"]["parts"]), str(summary["replicates"]), rate_text(summary)] for summary in batch.summaries()
    ]
    for summary in batch.summaries():
        assert summary["why"][1:] in page.text
    assert [row[0] for row in next(table for table in page.tables if table[0][0] == "knob")[1:]] == [
        knob.name for knob in batch.spec.world.knobs
    ]


def test_the_cells_as_a_file_hold_all_digits(shifted, shifted_page):
    links = [attributes for tag, attributes in shifted_page.elements if tag == "a" and "download" in attributes]
    (address,) = (link["href"] for link in links if link["download"] == f"{shifted.folder.name}.csv")
    kind, content = decoded(address)
    rates = shifted.rates()
    table = pl.read_csv(io.BytesIO(content))
    assert kind == "text/csv" and table["rate"].to_list() == rates["rate"].to_list()
    assert table["set.part_cost"].to_list() == rates["set.part_cost"].to_list()
    runs = shifted.runs(shifted.cells[0])
    assert table["deployment.igf_share"][0] == pytest.approx(runs["deployment.igf_share"].mean(), rel=1e-12)
    assert table["expected.igf_share"][0] == pytest.approx(runs["expected.igf_share"].mean(), rel=1e-12)


def test_price_terms_add_up(shifted, shifted_page):
    table = next(table for table in shifted_page.tables if table[0][-1] == "change")
    for row, summary in zip(table[1:], shifted.summaries(), strict=True):
        terms = summary["price"]["igf_share"]
        names = ("expected", "drift", "mutation", "recombination", "environment", "change")
        assert row[1:] == [f"{terms[name]:.3g}" for name in names]
        parts = sum(terms[name] for name in names[:-1])
        assert parts == pytest.approx(terms["change"], abs=1e-9)


def test_deployment_is_told_where_there_is_one(page, shifted_page):
    told, untold = shifted_page.text, page.text
    assert "validity -0.2 instead of 1" in told and "generalizes" in told
    assert "Deployment is" not in untold and "generalizes" not in untold


def test_the_answer_in_one_sentence(batch, shifted):
    low, *_, high = sorted(batch.summaries(), key=lambda summary: summary["rate"])
    if low["rate"] < high["rate"]:
        said = question.answer(batch)
        assert f"with parts {high['set']['parts']}: in {high['realized']} of 4 replicates" in said
    one = evo.run(batch.spec.over({}).set(parts=1), replicates=2, out=batch.folder.parent)
    k = int(one.runs()["realized"].sum())
    assert question.answer(one).startswith(f"The property is realized in {k} of 2 replicates (95 % interval ")


def test_a_difference_is_said_to_be_one_only_where_its_interval_leaves_0_out():
    def row(cell, difference, low, high):
        return {"cell": cell, "difference": difference, "low": low, "high": high}

    def said(*rows):
        return comparison._sentence(list(rows), ("one", "other"))

    unsure, sure = row("parts 2", 0.17, -0.05, 0.37), row("parts 3", -0.1, -0.2, -0.01)
    assert said(unsure, row("parts 1", 0.0, -0.1, 0.1)) == (
        "It is not decided whether the property is realized more often in other or in one: the largest difference is "
        "+0.17, 95 % interval -0.05 to 0.37 at parts 2, and every interval holds 0."
    )
    assert said(unsure).endswith("the difference is +0.17, 95 % interval -0.05 to 0.37, which holds 0.")
    assert said(unsure, sure) == (
        "In other the property is realized less often than in one at parts 3 (difference -0.1, 95 % interval -0.2 to "
        "-0.01). In 1 of 2 cells the interval leaves 0 out."
    )


def test_batches_of_one_name_are_told_apart_by_their_folders(batch, tmp_path):
    other = evo.run(batch.spec.set(part_cost=0.07), replicates=2, out=tmp_path)
    page = opened(report([batch, other], tmp_path / "r.html"))
    assert batch.spec.scenario.name not in page.texts
    for folder in (batch.folder.name, other.folder.name):
        assert page.texts.count(folder) >= 2  # its line of the contents, and its heading


def test_short_columns_stay_on_a_line_and_small_tables_on_a_page():
    """On paper, and where a phone is too narrow for a table."""
    rows = [["a", ("1 of 30", 1.0), "said in a sentence"]] * 6
    kinds = [cell.get("class") for cell in table(["cell", "k", "why"], rows, "", [1]).iter("td")][:3]
    assert kinds == ["short", "n short", None]
    assert [table(["cell", "k", "why"], rows[:n] * m, "").get("class") for n, m in ((6, 1), (1, 7))] == [
        "scroll few",
        "scroll",
    ]


def test_every_figure_but_the_sheet_of_all_has_its_caption(batch, shifted, page, shifted_page):
    for one, its in ((batch, page), (shifted, shifted_page)):
        drawn = [name for name, *_ in drawings([one], None, 6.69) if name != "page"]
        told = [attributes["aria-label"] for tag, attributes in its.elements if tag == "svg"]
        assert len(told) == len(drawn) and all(map(str.startswith, told, [figures.CAPTIONS[name] for name in drawn]))
        assert its.text.count(figures.CAPTIONS["funnel"]) == 1
    assert set(names()) - {"page"} == set(figures.CAPTIONS)


def test_a_sampled_batch(batch, tmp_path, few):
    done = evo.run(batch.spec.over({}).sampled({"part_cost": "0:0.1"}, 5), replicates=2, out=tmp_path)
    page = opened(done.report(tmp_path / "r.html"))
    assert figures.CAPTIONS["realized"] in page.text
    assert len(next(table for table in page.tables if table[0][:2] == ["part_cost", "n"])) == 6


def test_a_drawing_of_too_many_shapes_is_made_of_pixels(batch, tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "LARGEST", 1000)
    page = opened(batch.report(tmp_path / "r.html"))
    kinds = [decoded(attributes["src"])[0] for tag, attributes in page.elements if tag == "img"]
    assert set(kinds) == {"image/png"} and len(kinds) > 4
    assert not [tag for tag, _ in page.elements if tag == "svg"]


ODD = "<script>alert(1)</script> & <img src=x onerror=alert(2)> \"quoted\" 'so' ]]> "
ODD += "$\\frac{1}{0}$ [red]x[/] é 雪 \x1b[31m \u202e"


def test_what_people_wrote_is_text(tmp_path):
    world = WORLD.replace('summary="one locus"', f"summary={ODD!r}").replace('"of a 1"', repr(ODD))
    world = world.replace('"locus 0 is 1"', repr(ODD))
    done = run_own(tmp_path, world)
    odd = evo.run(done.spec.set(claim=ODD, source=ODD), out=tmp_path / "other")
    page = opened(odd.report(tmp_path / "r.html"))
    told = ODD.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")
    assert sum(told in text for text in page.texts) >= 4  # claim, source, summary, and meanings in tables
    assert any(told in cell for table in page.tables for row in table for cell in row)
    assert len(page.tables) == len([1 for tag, _ in page.elements if tag == "table"])


def test_the_claim_may_close_nothing(batch, tmp_path, few):
    odd = evo.run(batch.spec.set(claim="</blockquote></style></title><!-- <![CDATA["), replicates=1, out=tmp_path)
    assert "</blockquote></style></title><!-- <![CDATA[" in opened(odd.report(tmp_path / "r.html")).text


def test_a_folder_from_elsewhere_whose_world_is_gone(tmp_path, monkeypatch):
    done = run_own(tmp_path)
    moved = tmp_path / "sent" / "renamed"
    shutil.move(done.folder, moved)
    (tmp_path / "own.py").write_text("raise SystemExit(3)")
    monkeypatch.setenv("MARK", str(tmp_path / "mark"))
    said = finish("report", moved, "-o", tmp_path / "r.html")
    assert (said.returncode, said.stderr) == (0, "") and said.stdout.strip() == str(tmp_path / "r.html")
    assert not (tmp_path / "mark").exists()
    page = opened(tmp_path / "r.html")
    assert "os.environ.get" in page.text and "--trust" in page.text and "world/own.py" in page.text
    assert str(tmp_path) not in page.text  # names no place of this machine


def test_a_batch_can_be_repeated_from_the_page_alone(tmp_path, few):
    done = run_own(tmp_path / "here")
    page = opened(done.report(tmp_path / "r.html"))
    texts = [text for text in page.texts if text.startswith(("\nimport os", 'name = "own"'))]
    there = tmp_path / "there"
    (there / "world").mkdir(parents=True)
    for text in texts:
        (there / ("own.toml" if text.startswith("name") else "world/own.py")).write_text(text)
    said = command("run", "own.toml", "--trust", "--json", cwd=there)
    assert json.loads(said.stdout)["digest"] == done.digest() and done.digest() in page.text


def test_a_link_in_a_folder_leads_to_nothing(tmp_path, few):
    done = run_own(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text("a secret of this machine")
    file = done.folder / "world" / "own.py"
    file.unlink()
    file.symlink_to(secret)
    assert "a secret" not in opened(evo.Batch.open(done.folder).report(tmp_path / "r.html")).text


@pytest.mark.parametrize("folder", ["wolf_sniper-13d5e719", "own-cd09e06d"])
def test_a_folder_of_format_1(folder, tmp_path):
    kept = Path(__file__).parents[1] / "batch" / "folder_v1" / folder
    copy = shutil.copytree(kept, tmp_path / folder)
    said = command("report", copy, "-o", tmp_path / "r.html")
    assert said.returncode == 0 and evo.Batch.open(copy).digest() in opened(tmp_path / "r.html").text
    assert not list(copy.glob("*.html")) and not (copy / "figures").exists()  # a folder is only read


def test_several_batches_one_after_the_other(batch, shifted, tmp_path, few):
    said = command("report", batch.folder, shifted.folder, "-o", tmp_path / "r.html")
    page = opened(tmp_path / "r.html")
    assert said.returncode == 0
    articles = [attributes["id"] for tag, attributes in page.elements if tag == "article" and "id" in attributes]
    assert articles == ["batch-1", "batch-2"]
    assert (
        page.text.index(batch.digest())
        < page.text.index(shifted.spec.scenario.claim)
        < page.text.index(shifted.digest())
    )
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a" and attributes["href"][0] == "#"]
    assert {"#batch-1", "#batch-1-figures", "#batch-2-again"} <= set(links)
    same = tmp_path / "same.html"
    assert batch.report(same, shifted.folder) == same and same.read_bytes() == (tmp_path / "r.html").read_bytes()


def test_what_is_missing_is_said(batch, page, tmp_path, few):
    copy = shutil.copytree(batch.folder, tmp_path / "copy")
    lines = (copy / "manifest.jsonl").read_text().splitlines(keepends=True)
    kept = [line for line in lines if batch.cells[2].key not in line]
    assert len(kept) < len(lines)
    (copy / "manifest.jsonl").write_text("".join(kept))
    for kind in ("runs", "traces"):
        for file in (copy / kind).glob(f"{batch.cells[2].key}*"):
            file.unlink()
    told = opened(evo.Batch.open(copy).report(tmp_path / "r.html"))
    assert "This batch is not finished: 4 of 12 replicates are missing" in told.text
    assert "not finished" not in page.text


def test_a_damaged_folder_is_one_sentence_and_no_file(batch, shifted, tmp_path):
    copy = shutil.copytree(batch.folder, tmp_path / "copy")
    part = next((copy / "runs").glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-40])
    said = command("report", shifted.folder, copy, "-o", tmp_path / "r.html")
    assert said.returncode == 2 and said.stderr.count("\n") == 1 and str(copy) in said.stderr
    assert not list(tmp_path.glob("*.html")) and not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("r.txt", "must end in .html"),
        ("scenario.toml", "must end in .html"),
        ("nowhere/r.html", "there is no folder"),
        ("folder.html", "is a folder; name a file in it"),
        ("closed/r.html", "cannot be written: "),
    ],
)
def test_a_file_that_cannot_be(batch, tmp_path, output, sentence, monkeypatch, few):
    (tmp_path / "folder.html").mkdir()
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "r.html").write_text("as it was")
    closed.chmod(0o500)
    if os.access(closed, os.W_OK):  # for an administrator no folder is closed
        replace = Path.write_bytes

        def refused(path, content):
            if path.parent == closed:
                raise PermissionError(13, "Permission denied", str(path))
            return replace(path, content)

        monkeypatch.setattr(Path, "write_bytes", refused)
    said = command("report", batch.folder, "-o", tmp_path / output)
    closed.chmod(0o700)
    assert said.returncode == 2 and sentence in said.stderr and "Traceback" not in said.output
    assert (closed / "r.html").read_text() == "as it was" and [file.name for file in closed.iterdir()] == ["r.html"]


def test_what_is_no_batch_twice_or_empty(batch, tmp_path):
    for folders, sentence in (
        ([tmp_path], "is not the folder of a batch"),
        ([batch.folder, batch.folder / ".." / batch.folder.name], "is given twice"),
    ):
        said = command("report", *folders, "-o", tmp_path / "r.html")
        assert said.returncode == 2 and sentence in said.stderr and not (tmp_path / "r.html").exists()
    assert command("report", batch.folder).returncode == 2


def test_a_batch_in_which_nothing_has_finished_is_told_as_far_as_it_goes(batch, tmp_path):
    copy = shutil.copytree(
        batch.folder, tmp_path / "copy", ignore=shutil.ignore_patterns("runs", "traces", "manifest*")
    )
    page = opened(evo.Batch.open(copy).report(tmp_path / "r.html"))
    assert "no replicate has finished" in page.text and batch.spec.scenario.claim in page.text
    assert "This batch is not finished: 12 of 12 replicates are missing" in page.text


def test_what_lacks_its_traces_shows_the_rest(batch, tmp_path):
    copy = shutil.copytree(batch.folder, tmp_path / "copy")
    shutil.rmtree(copy / "traces")
    page = opened(evo.Batch.open(copy).report(tmp_path / "r.html"))
    assert "The figure shift cannot be drawn: " in page.text and figures.CAPTIONS["realized"] in page.text
    assert "4 of 12 replicates" not in page.text
    assert [row[0] for row in next(table for table in page.tables if table[0][0] == "parts")[1:]] == ["1", "2", "3"]


def test_numbers_of_figures_are_in_reach(batch, page):
    for summary in batch.summaries():
        parts, k = summary["set"]["parts"], summary["realized"]
        assert f"parts {parts}: realized in {k} of 4, {rate_text(summary)}" in page.texts  # who points at it is told
    files = {a["download"]: a["href"] for tag, a in page.elements if tag == "a" and "download" in a}
    for name, made, _ in drawings([batch], None, 6.69):
        if name != "page":
            assert decoded(files[f"{name}.csv"])[1].decode() == made.data.write_csv()


def test_the_funnel_is_told_for_all_cells_together(shifted, shifted_page):
    table = next(table for table in shifted_page.tables if table[0][0] == "stage")
    runs = shifted.runs()
    for row in table[2:]:
        assert row[1] == f"{runs[row[0]].sum()} of {runs.height}"
    assert [row[0] for row in table[1:]] == ["selected for", "arose", "established", "realized", "generalizes"]


def test_two_folders_are_compared(batch, tmp_path):
    other = evo.run(batch.spec.set(scaffold=1.0), replicates=4, out=tmp_path / "other")
    page = opened(batch.report(tmp_path / "r.html", other))
    table = next(table for table in page.tables if "difference (95 %)" in table[0])
    for row, found in zip(table[1:], batch.compare(other)["cells"], strict=True):
        assert row[1] == f"{found['a']['realized']} of 4" and row[3] == f"{found['b']['realized']} of 4"
        assert row[5].startswith(f"{found['difference']:+.2g} (")
    drawn = [a["aria-label"] for tag, a in page.elements if tag == "svg"]
    assert drawn[0].startswith(figures.CAPTIONS["realized"]) and len(drawn) > 10


def test_films_are_of_worlds_that_draw_them_and_run_nothing_of_a_folder(tmp_path):
    spec = evo.load("coin").set({"population.size": 12, "population.generations": 2, "batch.records": 2})
    done = evo.run(spec.over(tell=[0.0]), replicates=2, out=tmp_path)
    page = opened(done.report(tmp_path / "r.html"))
    shown = [decoded(a["src"]) for tag, a in page.elements if tag == "img" and a["src"].startswith("data:image/gif")]
    assert len(shown) == 2 and "The best replicate: number" in page.text
    for _, content in shown:
        with Image.open(io.BytesIO(content)) as moving:
            assert moving.n_frames > 2
    assert {name for name in GRID if load_world(name).film is not None} == set(GRID)
    assert not [name for name in NAMES if load_world(name).film is not None]  # which the report does not even load


def test_a_file_that_is_there_is_replaced_whole(batch, tmp_path, few):
    target = tmp_path / "r.html"
    target.write_text("older")
    other = tmp_path / "link.html"
    os.link(target, other)
    batch.report(target)
    opened(target)
    assert other.read_text() == "older"  # another file took its place; nobody ever read half of it
    assert sorted(file.name for file in tmp_path.iterdir()) == ["link.html", "r.html"]


def test_the_same_folder_gives_the_same_file(batch, page, tmp_path):
    first = (batch.folder.parent / "page.html").read_bytes()
    assert first == batch.report(tmp_path / "r.html").read_bytes()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
@pytest.mark.parametrize("after", [0.0, 0.5, 1.5])
def test_ctrl_c(batch, tmp_path, after):
    target = tmp_path / "r.html"
    target.write_text("older")
    process = start("report", batch.folder, "-o", target, code="from evo.__main__ import main; main()")
    while process.poll() is None and not _catches(process.pid):
        time.sleep(0.005)
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode in (130, 0)
    if process.returncode == 130:
        assert err.count("\n") == 1 and "interrupted" in err and target.read_text() == "older"
    else:  # it was done already
        opened(target)


def _catches(pid):
    """Whether the process listens to SIGINT and SIGTERM by now."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = int(next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")), 16)
    return all(caught >> (number - 1) & 1 for number in (signal.SIGINT, signal.SIGTERM))


def test_headings_follow_each_other(batch, shifted, tmp_path, few):
    page = opened(batch.report(tmp_path / "r.html", shifted))
    levels = [int(tag[1]) for tag, _ in page.elements if tag in ("h1", "h2", "h3")]
    assert levels[0] == 1 and levels.count(1) == 1 and all(b - a <= 1 for a, b in pairwise(levels))


def test_32_cells_are_below_5_megabytes(tmp_path):
    spec = evo.load("igf").set({"population.size": 30, "population.generations": 12})
    spec = spec.over(concept_parts=list(range(8)), part_cost=[0.0, 0.01, 0.02, 0.03])
    done = evo.run(spec, replicates=2, out=tmp_path)
    assert opened(done.report(tmp_path / "r.html")) and (tmp_path / "r.html").stat().st_size < 5_000_000


def test_it_says_why_once_the_arms_are_there(batch, tmp_path, few):
    before = opened(batch.report(tmp_path / "before.html"))
    assert not any(table[0][0] == "cell" and "blind" in table[0] for table in before.tables)
    cells = batch.why()["cells"]
    page = opened(batch.report(tmp_path / "after.html"))
    table = next(table for table in page.tables if "blind" in table[0])
    for row, cell in zip(table[1:], cells, strict=True):
        for name in ("blind", "supplied"):
            arm = cell["arms"][name]
            assert row[table[0].index(name)] == f"{arm['realized']} of {arm['replicates']}"
        assert row[-1].startswith(cell["verdict"])
