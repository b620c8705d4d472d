"""What is damaged, lost or doubled in a results folder is said in one sentence, and mended by the next run."""

import json
import random
import re
import shlex
import shutil
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

import evo
from evo.batch import chunks, store
from evo.batch.disk import SUM, at_work, holds, sealed
from evo.batch.manifest import Manifest
from evo.batch.parts import Damaged, Span, is_whole, span_of
from evo.batch.results import Batch
from evo.batch.store import Store
from evo.errors import ScenarioError
from evo.figures.every import draw_all
from tests.command import command

SMALL = {"population.size": 40, "population.generations": 30}


def spec_of():
    return evo.load("wolf_sniper").over({"parts": [2, 6]}).set(SMALL)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A batch of many parts, some merged, that is never touched; and the same of another machine, cut otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "SECONDS", 1e-9)
        patch.setattr(store, "MERGE", 3)
        out = tmp_path_factory.mktemp("plain")
        evo.run(spec_of(), replicates=3, out=out, jobs=1)
        patch.setattr(store, "MERGE", 100)
        batch = evo.run(spec_of(), replicates=7, out=out, jobs=1)
        assert len(batch.store.parts()) == 10
        patch.setattr(chunks, "SECONDS", 10.0)
        evo.run(spec_of(), replicates=5, out=tmp_path_factory.mktemp("other"), jobs=1)
    return batch


@pytest.fixture
def copy(plain, tmp_path):
    shutil.copytree(plain.folder, tmp_path / plain.folder.name)
    return tmp_path / plain.folder.name


def read(folder: Path, digest: str) -> str:
    """The sentence by which a reader refuses; empty where it gets the right digest. Nothing else may come of it."""
    try:
        assert evo.Batch.open(folder).digest() == digest
    except ScenarioError as error:
        assert "\n" not in str(error) and str(folder) in str(error)
        return str(error)
    return ""


def mended(folder: Path, digest: str) -> list[str]:
    """What is told while the next run mends a folder."""
    told: list[str] = []
    assert evo.run(spec_of(), replicates=7, out=folder.parent, jobs=2, told=told.append).digest() == digest
    assert read(folder, digest) == ""
    again: list[str] = []
    evo.run(spec_of(), replicates=7, out=folder.parent, told=again.append)
    assert again == []
    return told


def test_a_flipped_bit_in_the_manifest(plain, tmp_path):
    """Anywhere: the same digest or one sentence, no part lost without a word."""
    rng, digest = random.Random(1), plain.digest()
    data = (plain.folder / "manifest.jsonl").read_bytes()
    said = 0
    for trial in range(60):
        folder = tmp_path / str(trial) / plain.folder.name
        shutil.copytree(plain.folder, folder)
        flipped = bytearray(data)
        flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        (folder / "manifest.jsonl").write_bytes(flipped)
        said += bool(read(folder, digest))
        if trial % 6 == 0:
            mended(folder, digest)
    assert said > 50


def lines_of(folder):
    return (folder / "manifest.jsonl").read_text().splitlines(keepends=True)


def without_line(folder, number):
    lines = lines_of(folder)
    del lines[number]
    (folder / "manifest.jsonl").write_text("".join(lines))


@pytest.mark.parametrize(
    "how", ["gone", "empty", "zeros", "utf-16", "half", "a line", "the merged line", "the first line"]
)
def test_a_lost_manifest_is_said_and_its_parts_are_taken_over(plain, copy, how):
    file, digest = copy / "manifest.jsonl", plain.digest()
    text = file.read_text()
    merged = next(number for number, line in enumerate(lines_of(copy)) if "without" in line)
    match how:
        case "gone":
            file.unlink()
        case "empty":
            file.write_text("")
        case "zeros":
            file.write_bytes(bytes(len(text)))
        case "utf-16":
            file.write_text(text, encoding="utf-16")
        case "half":
            file.write_text(text[: len(text) // 2])
        case "a line":
            without_line(copy, -1)
        case "the merged line":
            without_line(copy, merged)
        case "the first line":
            without_line(copy, 0)
    assert bool(read(copy, digest)) == (how != "the first line")  # of which the declaration tells too
    told = mended(copy, digest)
    assert any("taken over" in text for text in told) == (how != "the first line")
    assert not any("evolved anew" in text for text in told)


def test_parts_that_do_not_hold_are_not_taken_over(plain, copy):
    part = sorted((copy / "runs").glob("*.parquet"))[2]
    frame = pl.read_parquet(part, columns=None)
    own = pl.read_parquet_metadata(part)["evo"]
    frame.with_columns(pl.col("training.fitness") + 1e-9).write_parquet(part, metadata={"evo": own})
    (copy / "manifest.jsonl").unlink()
    assert "9 parts were in no line" in mended(copy, plain.digest())[0]


def test_a_part_of_another_batch_is_not_taken_over(plain, copy, tmp_path):
    other = evo.run(spec_of(), replicates=2, seed=2, out=tmp_path / "seed 2")
    for kind in ("runs", "traces"):
        for path in (other.folder / kind).glob("*-0000000-0000000.parquet"):
            name = path.name.replace("0000000", "0000009")
            shutil.copy(path, copy / kind / name)
    assert "in no line" in read(copy, plain.digest())
    assert mended(copy, plain.digest()) == []


def test_a_kill_before_the_line_was_written(plain, copy, monkeypatch):
    monkeypatch.setattr(Manifest, "say", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        evo.run(spec_of(), replicates=8, out=copy.parent, jobs=1)
    monkeypatch.undo()
    assert "is there and in no line" in read(copy, plain.digest())
    told = []
    again = evo.run(spec_of(), replicates=8, out=copy.parent, told=told.append)
    assert again.runs().height == 16 and "taken over" in told[0]


def test_a_reader_beside_a_batch_at_work_sees_the_state_before(plain, copy):
    from evo.batch.disk import alone

    whole = evo.run(spec_of(), replicates=8, out=copy.parent / "whole", jobs=1)
    for kind in ("runs", "traces"):
        for path in (whole.folder / kind).glob("*-0000007.parquet"):
            shutil.copy(path, copy / kind / path.name)
    with alone(copy, print):
        assert at_work(copy) and read(copy, plain.digest()) == ""
    assert not at_work(copy) and "in no line" in read(copy, plain.digest())


def test_a_reader_whose_parts_are_merged_meanwhile(plain, copy, monkeypatch):
    batch = evo.Batch.open(copy)
    assert batch.store.parts() and batch.digest()
    fresh = evo.Batch.open(copy)
    fresh.store.parts()
    monkeypatch.setattr(store, "MERGE", 2)
    writer = Store(copy)
    writer.prepare(plain.spec.batch_hash)
    writer.merge()
    assert len(writer.parts()) == 2
    assert fresh.digest() == batch.digest() == plain.digest()


# --- two folders joined


def join(copy, other, manifest=True):
    for path in other.rglob("*.parquet"):
        to = copy / path.relative_to(other)
        if not to.exists():
            shutil.copy(path, to)
    if manifest:
        with (copy / "manifest.jsonl").open("a") as file:
            file.write((other / "manifest.jsonl").read_text())
    else:
        (copy / "manifest.jsonl").unlink()


def test_a_reader_that_reads_several_times_sees_one_state(plain, copy, monkeypatch):
    """While others add replicates and merge parts: what figures, why and reports make of rows and traces fits."""
    monkeypatch.setattr(store, "MERGE", 3)
    batch = evo.Batch.open(copy)
    held = batch.held()
    rows, traces, digest = held.runs(), held.traces(), held.digest()
    more = evo.run(spec_of(), replicates=12, out=copy.parent, jobs=1)
    assert more.folder == copy and more.runs().height == batch.runs().height == 24 and rows.height == 14
    assert held.held().runs().equals(rows) and held.traces().equals(traces) and held.digest() == digest
    assert held.traces(held.cells[0], ["training.rifle"])["replicate"].unique().to_list() == list(range(7))
    assert more.digest() != digest == plain.digest()


@pytest.mark.parametrize("ask", [
    lambda batch, folder: draw_all(batch, ["shift", "price"]),
    lambda batch, folder: batch.report(folder / "r.html"),
    lambda batch, folder: batch.why(arms="none"),
], ids=["figures", "report", "why"])  # fmt: skip
def test_a_batch_may_grow_between_its_rows_and_its_traces(plain, copy, monkeypatch, ask):
    grown, real = [], Batch.traces

    def grow_and_read(self, *what):
        if not grown:
            grown.append(None)
            evo.run(spec_of(), replicates=9, out=copy.parent, jobs=1)
        return real(self, *what)

    monkeypatch.setattr(Batch, "traces", grow_and_read)
    assert ask(evo.Batch.open(copy), copy.parent) and grown and evo.Batch.open(copy).runs().height == 18


@pytest.mark.parametrize("manifest", [True, False])
def test_two_folders_joined_count_each_replicate_once(plain, copy, tmp_path, monkeypatch, manifest):
    monkeypatch.setattr(chunks, "SECONDS", 10.0)
    other = evo.run(spec_of(), replicates=5, out=tmp_path / "other", jobs=1)
    join(copy, other.folder, manifest)
    if manifest:
        opened = evo.Batch.open(copy)
        assert opened.digest() == plain.digest() and opened.runs().equals(plain.runs())
        assert opened.traces().equals(plain.traces()) and len(opened.store.parts()) > 10
        assert opened.rates().equals(plain.rates())
    mended(copy, plain.digest())
    spans = [span_of(part) for part in evo.Batch.open(copy).store.parts()]
    assert all(a.cell != b.cell or a.last < b.first for a, b in pairwise(spans))


def test_unequal_replicates_are_refused(plain, copy, tmp_path, monkeypatch):
    monkeypatch.setattr(chunks, "SECONDS", 10.0)
    other = evo.run(spec_of(), replicates=5, out=tmp_path / "other", jobs=1)
    from evo.batch import parts

    key, first, last = next(span_of(part) for part in other.store.parts() if span_of(part).last > 0)
    changed = Span(key, first, last).name
    frame = pl.read_parquet(other.folder / "runs" / f"{changed}.parquet")
    frame = frame.with_columns(pl.col("training.fitness") * 2.0)
    total = parts.write(other.folder / "runs" / f"{changed}.parquet", frame, "runs", plain.spec.batch_hash)
    manifest = other.folder / "manifest.jsonl"
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    lines = [line | ({"runs": total} if line.get("part") == changed else {}) for line in lines]
    bare = [{key: value for key, value in line.items() if key != SUM} for line in lines]
    manifest.write_text("".join(json.dumps(sealed(line)) + "\n" for line in bare))
    join(copy, other.folder)
    before = {path: path.read_bytes() for path in copy.rglob("*.parquet")}
    for use in (lambda: evo.Batch.open(copy).digest(), lambda: evo.run(spec_of(), replicates=7, out=copy.parent)):
        with pytest.raises(ScenarioError, match=rf"holds replicate 1 of cell {key} twice, and they differ"):
            use()
    assert {path: path.read_bytes() for path in copy.rglob("*.parquet")} == before


# --- names


@pytest.mark.parametrize(
    "name",
    [
        "../../../mine/years-2020-2021",
        "/etc/x-0000000-0000001",
        "5d9452f8526d05da-1-2",
        "5d9452f8526d05da-0000002-0000001",
        "5D9452F8526D05DA-0000000-0000001",
        "5d9452f8526d05da-0000000-9000000000",
        "",
        7,
        None,
        "0000000000000000-0000000-0000001",
    ],
)
def test_only_parts_of_known_cells_are_parts(plain, copy, name, tmp_path):
    mine = tmp_path / "mine" / "years-2020-2021.parquet"
    mine.parent.mkdir()
    mine.write_text("precious")
    line = {"part": name, "runs": "0" * 64, "traces": "0" * 64}
    for text in (line, sealed(line)):
        with (copy / "manifest.jsonl").open("a") as manifest:
            manifest.write(json.dumps(text) + "\n")
    assert " damaged; run its scenario again" in read(copy, plain.digest())
    assert "damaged and left out" in mended(copy, plain.digest())[0]
    assert mine.read_text() == "precious" and list((copy / "set_aside").glob("manifest-*.jsonl"))


def test_a_damaged_folder_under_another_name_gets_its_own_again_first(plain, copy):
    """Its scenario is run into the folder of its name, and would be evolved anew beside the damaged one."""
    part = next((copy / "runs").glob("*.parquet"))
    part.write_bytes(b"damaged")
    other = copy.rename(copy.with_name("the last one"))
    says = read(other, plain.digest())
    ending = f"-{plain.spec.batch_hash[:8]}"
    assert (
        f"give the folder its own name again, which ends in {ending}, and run its scenario --out {other.parent}" in says
    )
    (other / "world.json").write_text("{")
    assert f"which ends in {ending}, and run its scenario" in read(other, plain.digest())
    (other / "manifest.jsonl").unlink()
    assert "give the folder its own name again, and run its scenario" in read(other, plain.digest())
    assert mended(other.rename(copy), plain.digest())


@pytest.mark.parametrize("name", ["o[1]", "o*", "o?", "o{1,2}", "$o `x`", "-o"])
def test_a_folder_is_read_by_its_name_and_not_as_a_pattern(tmp_path, name):
    """What lies beside it, and would fit the pattern, is of another seed."""
    spec = evo.load("wolf_sniper").over({}).set({"population.size": 20, "population.generations": 5})
    batch = evo.run(spec, replicates=3, out=tmp_path / name)
    other = evo.run(spec.set({"population.generations": 6}), replicates=4, out=tmp_path / "o1")
    shutil.copytree(other.folder, tmp_path / "o1" / batch.folder.name)
    again = evo.Batch.open(batch.folder)
    assert again.digest() == batch.digest() != other.digest() and again.runs().height == 3


def test_a_folder_that_is_gone_is_not_told_to_be_empty(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    spec = evo.load("wolf_sniper").over({}).set({"population.size": 20, "population.generations": 5})
    batch, opened = evo.run(spec, replicates=2, out="o"), evo.Batch.open(next(Path("o").iterdir()))
    digest = batch.digest()
    monkeypatch.chdir("/")
    for one in (batch, opened):
        for ask in (one.digest, one.runs, one.rates):
            with pytest.raises(ScenarioError, match="is there no more, as seen from /"):
                ask()
    monkeypatch.chdir(tmp_path)
    assert batch.digest() == opened.digest() == digest


def test_a_link_is_written_to_where_it_leads(copy, tmp_path):
    target, link = tmp_path / "target.html", tmp_path / "link.html"
    link.symlink_to(target)
    evo.Batch.open(copy).report(link)
    assert link.is_symlink() and target.read_text().startswith("<!")
    picture, to = tmp_path / "target.png", tmp_path / "link.png"
    to.symlink_to(picture)
    assert command("pressure", "--scheme", "truncation", "--parameter", "0.5", "--figure", to).returncode == 0
    assert to.is_symlink() and picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["figures/realized.png", "figures/realized.csv"])
def test_a_link_in_a_folder_of_results_is_replaced(copy, tmp_path, name):
    """Whoever sent the folder chose where it leads."""
    mine = tmp_path / "mine"
    mine.write_text("precious")
    (copy / "figures").mkdir(exist_ok=True)
    (copy / name).symlink_to(mine)
    assert command("figures", copy, "--only", "realized", "--data").returncode == 0
    assert mine.read_text() == "precious" and not (copy / name).is_symlink()


def test_a_lost_part_is_told_to_be_lost(plain, copy):
    part = next((copy / "traces").glob("*.parquet"))
    part.unlink()
    says = read(copy, plain.digest())
    assert f"{part}: is not there; run its scenario again, which mends it: evo run " in says
    (words,) = re.findall(r"evo (run .*)", says)
    assert command(*shlex.split(words)).returncode == 0 and read(copy, plain.digest()) == ""
    next((copy / "traces").glob("*.parquet")).unlink()
    assert "or its traces were not there: set aside, its replicates are evolved anew" in mended(copy, plain.digest())[0]


def test_a_damaged_arm_is_mended_by_why(tmp_path):
    """Running the scenario does not look at arms."""
    batch = evo.run(spec_of(), replicates=2, out=tmp_path)
    before = json.dumps(batch.why(arms="blind"))
    part = next((batch.folder / "arms" / "blind" / "runs").glob("*.parquet"))
    part.write_bytes(b"damaged")
    with pytest.raises(ScenarioError, match=f"{part.name}: is damaged.*; `evo why {batch.folder}` mends it"):
        evo.Batch.open(batch.folder).why(arms="none")
    with pytest.warns(UserWarning, match="were damaged: set aside"):
        assert json.dumps(evo.Batch.open(batch.folder).why(arms="blind")) == before
    assert evo.Batch.open(batch.folder).why(arms="none")["cells"][0]["arms"]["blind"]["replicates"] == 2


@pytest.mark.parametrize("name", ["runs", "traces", "figures", "arms", "arms/blind", "arms/blind/runs", "set_aside"])
def test_a_folder_that_is_a_link_is_not_written_through(plain, copy, tmp_path, name):
    """Whoever sent the folder chose where the link leads."""
    outside = tmp_path / "mine"
    outside.mkdir()
    kept = [outside / ".notes.tmp", outside / f"{plain.cells[0].key}-0000900-0000900.parquet"]
    for file in kept:
        file.write_text("mine")
    if (copy / name).exists():
        shutil.rmtree(copy / name)
    (copy / name).parent.mkdir(parents=True, exist_ok=True)
    (copy / name).symlink_to(outside)
    part = next((copy / "traces").glob("*.parquet"), None)
    if name == "set_aside":
        part.write_bytes(b"damaged")
    with pytest.raises(ScenarioError, match=f"/{name}: is a link, and a folder of results holds all") as told:
        evo.run(spec_of(), replicates=8, out=copy.parent, jobs=1)
        evo.Batch.open(copy).why(arms="blind")
    assert "\n" not in str(told.value)
    assert sorted(outside.iterdir()) == sorted(kept) and all(file.read_text() == "mine" for file in kept)


@pytest.mark.parametrize(
    "name", ["scenario.toml", "world.json", "manifest.jsonl", "provenance.jsonl", "runs", "traces"]
)
def test_nothing_is_read_through_a_link(copy, tmp_path, name):
    """Not even the very same files: a folder that was sent reads nothing else of whoever opens it."""
    (copy / name).rename(tmp_path / "elsewhere")
    (copy / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ScenarioError, match=f"/{name}: is a link, and a folder of results holds all that is its own"):
        evo.Batch.open(copy).digest()
    with pytest.raises(ScenarioError, match=f"/{name}: is a link"):
        evo.run(spec_of(), replicates=8, out=copy.parent, jobs=1)


def test_a_part_that_is_a_link_is_damaged(plain, copy, tmp_path):
    part = next((copy / "traces").glob("*.parquet"))
    part.rename(tmp_path / part.name)
    part.symlink_to(tmp_path / part.name)
    assert "is damaged" in read(copy, plain.digest())
    assert mended(copy, plain.digest()) and not part.is_symlink() and (tmp_path / part.name).is_file()


def test_links_to_nowhere_in_place_of_parts_are_mended(plain, copy):
    for part, target in zip(sorted((copy / "runs").glob("*.parquet")), ("nowhere", None), strict=False):
        part.unlink()
        part.symlink_to(target or part.name)
    (copy / "arms" / "blind" / "runs").mkdir(parents=True)
    (copy / "arms" / "blind" / "runs" / "x.parquet").symlink_to("nowhere")
    assert mended(copy, plain.digest())


def test_lines_and_parts_say_whether_they_hold(plain):
    for line in lines_of(plain.folder):
        assert holds(json.loads(line))
        assert not holds(json.loads(line) | {"batch": "another"})
    for part in plain.store.parts():
        for kind in ("runs", "traces"):
            path = plain.folder / kind / f"{part}.parquet"
            assert is_whole(path, kind, plain.spec.batch_hash) and not is_whole(path, kind, "another")


def test_a_part_that_may_not_be_read_is_one_sentence(plain, copy, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(store, "checksum", refuse)
    with pytest.raises(Damaged, match=r"parquet: cannot be read: Permission denied"):
        evo.Batch.open(copy).digest()


def test_a_finished_batch_in_a_folder_that_may_only_be_read(plain, copy, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("evo.batch.run.alone", lambda *_: pytest.fail("it writes"))
    said = []
    batch = evo.run(spec_of(), replicates=7, out=copy.parent, progress=lambda *counts: said.append(counts))
    assert batch.digest() == plain.digest() and said == [(14, 14)]
