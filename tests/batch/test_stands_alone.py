"""A results folder is read anywhere, by later versions, without its world's code; evolved on with the code it keeps."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

import evo
from evo.analyses.compare import compare
from evo.analyses.replay import replay
from evo.analyses.why import explain_batch
from evo.batch import archive
from evo.batch.provenance import build
from evo.errors import ScenarioError, WorldError
from evo.figures.every import save_all
from evo.places import scenario_files
from evo.scenario.spec import Spec
from evo.worlds import load, trust
from evo.worlds.changes import changes
from tests.batch.worlds import WORLD, run_own, write_own
from tests.command import finish

KEPT = Path(__file__).parent / "folder_v1"
EXPECTED = json.loads((KEPT / "expected.json").read_text())


@pytest.fixture
def no_code(monkeypatch, tmp_path):
    """No world's file may run."""
    monkeypatch.setenv("MARK", str(tmp_path / "mark"))
    monkeypatch.setattr(load, "run", lambda source: pytest.fail(f"{source.path} ran"))
    yield
    assert not (tmp_path / "mark").exists()


def read_all(folder: Path) -> str:
    """Read a folder in every way that evolves nothing."""
    batch = evo.Batch.open(folder)
    assert explain_batch(batch, arms=())
    assert compare(batch, batch)
    assert len(save_all(batch)) > 2
    return batch.digest()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_folder_of_format_1_is_read(tmp_path, name, no_code):
    shutil.copytree(KEPT / name, tmp_path / name)
    wanted = EXPECTED[name]
    assert read_all(tmp_path / name) == wanted["digest"]
    batch = evo.Batch.open(tmp_path / name)
    assert [{key: cell[key] for key in wanted["rates"][0]} for cell in batch.summaries()] == wanted["rates"]
    assert batch.rates().height == len(wanted["rates"])
    assert batch.provenance()[0]["new_replicates"] == 3 * len(wanted["rates"])


def test_theory_and_engine_are_as_they_were_stored():
    batch = evo.Batch.open(KEPT / next(name for name in EXPECTED if name.startswith("wolf")))
    (cell,) = batch.cells
    theory = evo.load("wolf_sniper").over({"parts": [2]}).set({"population.size": 30, "population.generations": 30})
    (live,) = theory.cells()
    assert cell.spec.theory == live.spec.theory and cell.spec.engine == "numba" and cell.spec.partitioned


def test_whatever_became_of_the_file_it_is_read_and_evolved_on(tmp_path, monkeypatch):
    batch = run_own(tmp_path)
    digest, file = batch.digest(), tmp_path / "own.py"
    for change in (lambda: file.write_text("# edited since\n"), file.unlink):
        change()
        with monkeypatch.context() as patch:
            patch.setattr(load, "run", lambda source: pytest.fail("it ran"))
            assert read_all(batch.folder) == digest
        kept = evo.Batch.open(batch.folder)
        assert replay(kept, kept.cells[1], 2)["identical"] is True  # by the source that is kept, trusted by content
    moved = tmp_path / "elsewhere" / "renamed"
    shutil.copytree(batch.folder, moved)
    assert read_all(moved) == digest
    again = evo.run(evo.load(moved / "scenario.toml"), replicates=4, out=tmp_path / "elsewhere")
    assert again.folder.name == batch.folder.name and again.runs().height == 8
    assert evo.run(evo.Batch.open(moved).spec, replicates=4, out=tmp_path / "elsewhere").digest() == again.digest()
    cells = explain_batch(evo.Batch.open(moved), neutral=True)
    assert all(cell["information"] for cell in cells)


def test_evolving_on_asks_for_trust_and_reading_does_not(tmp_path, monkeypatch):
    batch = run_own(tmp_path)
    digest = batch.digest()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "another person"))
    trust._run_here.clear()  # whose process is another too
    kept = evo.Batch.open(batch.folder)
    assert kept.digest() == digest
    for evolve in (lambda: replay(kept, kept.cells[0], 0), lambda: evo.run(kept.spec, replicates=9, out=tmp_path)):
        with pytest.raises(ScenarioError, match="nobody has trusted"):
            evolve()
    with trust.given():
        assert replay(kept, kept.cells[0], 0)["identical"] is True


def test_a_command_that_is_asked_to_read_runs_no_file_not_even_a_trusted_one(tmp_path, monkeypatch):
    folder, mark = run_own(tmp_path).folder, tmp_path / "mark"
    monkeypatch.setenv("MARK", str(mark))
    for words in (("digest",), ("figures",), ("why",), ("compare", folder), ("report", "-o", tmp_path / "r.html")):
        done = finish(words[0], folder, *words[1:])
        assert done.returncode == 0 and not mark.exists(), words
        assert ("say --trust for it" in done.stderr) == (words == ("why",))
    done = finish("why", folder, "--trust", "--json")
    assert done.returncode == 0 and mark.exists() and json.loads(done.stdout)["cells"][1]["arms"]["supplied"]


def test_what_needs_code_says_that_it_is_not_loaded(tmp_path):
    world = evo.Batch.open(run_own(tmp_path).folder).spec.world
    for function in (world.layout, world.live, world.carrier):
        with pytest.raises(WorldError, match="the code of world 'own' is not loaded"):
            function({"effect": 0.5})


def test_a_built_in_world_whose_knobs_changed_since(tmp_path, monkeypatch):
    """As after an upgrade of evo: other defaults and bounds, and a knob that is no more."""
    small = evo.load("wolf_sniper").over({"parts": [1, 2]}).set({"population.size": 40, "population.generations": 20})
    batch = evo.run(small, replicates=3, out=tmp_path)
    digest, rates = batch.digest(), batch.rates()
    file = batch.folder / "world.json"
    kept = json.loads(file.read_text())
    kept["world"]["knobs"].append(kept["world"]["knobs"][0] | {"name": "gone_since", "default": 3.0})
    kept["revision"] -= 1
    monkeypatch.setattr("evo.scenario.identity.REVISION", 1000)
    file.write_text(json.dumps(archive.sealed({key: value for key, value in kept.items() if key != "sum"})))
    assert read_all(batch.folder) == digest and evo.Batch.open(batch.folder).rates().equals(rates)
    with pytest.raises(ScenarioError, match="cannot be evolved again; what is stored can be read"):
        evo.Batch.open(batch.folder).live()


@pytest.mark.parametrize("script", ["/usr/bin/evo", "/usr/lib/python3/evo/__main__.py"])
def test_nothing_in_the_folder_names_a_place_outside(tmp_path, monkeypatch, script):
    monkeypatch.setattr("sys.argv", [script, "run", str(tmp_path / "own.toml"), f"--out={tmp_path}/out"])
    batch = run_own(tmp_path)
    texts = [path.read_text() for path in batch.folder.rglob("*") if path.suffix in (".toml", ".json", ".jsonl", ".py")]
    assert len(texts) == 5 and not any(str(tmp_path) in text or "/usr" in text for text in texts)
    assert evo.Batch.open(batch.folder).provenance()[0]["command"] == ["evo", "run", "own.toml", "--out=out"]


@pytest.mark.parametrize("name", sorted(scenario_files()))
def test_resolved_scenarios_are_the_same_scenarios(name):
    spec = evo.load(name)
    again = Spec(archive.resolved(spec), name, None, spec.world)
    assert again.batch_hash == spec.batch_hash
    assert [(c.key, c.set) for c in again.cells()] == [(c.key, c.set) for c in spec.cells()]
    assert set(archive.resolved(spec)["knobs"]) == {knob.name for knob in spec.world.knobs}


def test_provenance_has_a_line_for_each_run_that_evolved_something(tmp_path):
    spec = evo.load("wolf_sniper").over({}).set({"population.size": 40, "population.generations": 5})
    batch = evo.run(spec, replicates=2, out=tmp_path)
    evo.run(spec, replicates=2, out=tmp_path)  # in which nothing is missing
    evo.run(spec, replicates=3, out=tmp_path)
    lines = [json.loads(line) for line in (batch.folder / "provenance.jsonl").read_text().splitlines()]
    assert batch.provenance() == [{key: line[key] for key in line if key != "sum"} for line in lines]
    assert [line["new_replicates"] for line in lines] == [2, 1]
    for line in lines:
        assert line["evo"] == build() and line["seed"] == 1 and line["command"]
        assert {"numba", "numpy", "polars", "python"} <= line["versions"].keys() and line["machine"]["cores"]
        assert line["seconds"] > 0.0 and re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", line["started"])


def test_asking_for_less_changes_nothing(tmp_path):
    spec = evo.load("wolf_sniper").over({}).sampled({"parts": "1:6"}, 4)
    spec = spec.set({"population.size": 40, "population.generations": 20})
    batch = evo.run(spec, replicates=5, out=tmp_path)

    def state():
        return {
            path: (path.read_bytes(), path.stat().st_mtime_ns)
            for path in batch.folder.rglob("*")
            if path.is_file()
            and path.name != ".lock"  # some versions of filelock empty it anew, which is a change of its time
        }

    before = state()
    evo.run(spec, replicates=2, out=tmp_path)
    evo.run(spec.sampled({"parts": "1:6"}, 2), replicates=1, out=tmp_path)
    assert state() == before
    opened = evo.Batch.open(batch.folder)
    assert opened.spec.scenario.batch.replicates == 5 and len(opened.summaries()) == len(batch.cells)
    more = evo.run(spec.sampled({"parts": "1:6"}, 16), replicates=1, out=tmp_path)
    assert more.folder == batch.folder and len(evo.Batch.open(batch.folder).cells) == len(more.cells) > len(batch.cells)


def test_what_runs_is_what_was_hashed_whatever_size_and_time_a_file_has(tmp_path):
    """As after `cp -p` or `tar`: three versions of one size and time, in one process."""
    for pays in ("1.5", "2.5", "3.5"):
        scenario = write_own(tmp_path, WORLD.replace("1.0 + knobs[0] * traits[i, 1]", pays))
        os.utime(scenario.with_name("own.py"), (1_700_000_000, 1_700_000_000))
        batch = evo.run(evo.load(scenario, trust=True).over({}), replicates=1, out=tmp_path / "out")
        assert batch.runs()["training.fitness"].to_list() == [float(pays)]
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_a_comment_changes_nothing_and_a_change_is_said(tmp_path):
    told = []
    first = run_own(tmp_path, told=told.append)
    commented = run_own(tmp_path, WORLD.replace("\n\n@live", "\n\n# of agents\n\n@live"), told=told.append)
    assert commented.folder == first.folder and not told
    changed = run_own(tmp_path, WORLD.replace("1.0 + knobs", "1.5 + knobs"), told=told.append)
    assert changed.folder != first.folder and len(told) == 1
    assert told[0].startswith(f"own.py: live changed since the 6 replicates in {first.folder}; ")
    run_own(tmp_path, WORLD.replace("1.0 + knobs", "1.5 + knobs"), replicates=4, told=told.append)
    assert len(told) == 1


def test_a_folder_without_a_replicate_is_none_that_anything_changed_since(tmp_path):
    told = []
    with pytest.raises(evo.errors.EvolutionError):
        run_own(tmp_path, WORLD.replace("1.0 + knobs", "-9.0 + knobs"), told=told.append)
    run_own(tmp_path, told=told.append)
    assert not told


def test_changes_are_named():
    old = b"a = 1\nb = 2\n\ndef f():\n    'x'\n    return 1\n"
    assert changes(old, b"b = 3\n\ndef f():\n    return 1\n\nc = 1") == ["b", "c", "a"]
    assert changes(old, b"no Python at all") == []


def test_a_spec_is_of_one_content_for_ever(tmp_path):
    spec = evo.load(write_own(tmp_path), trust=True)
    first = evo.run(spec, out=tmp_path / "out")
    (tmp_path / "own.py").write_text(WORLD.replace("1.0 +", "2.0 +"))
    again = evo.run(spec.set({"population.size": 20}), replicates=4, out=tmp_path / "out")
    assert again.folder == first.folder and again.runs().height == 8
    assert all(value < 2.0 for value in again.runs()["training.fitness"].to_list())


@pytest.mark.parametrize("damage", ["cut", "flip", "later"])
def test_a_declaration_that_cannot_be_used(tmp_path, damage):
    batch = run_own(tmp_path)
    digest, file = batch.digest(), batch.folder / "world.json"
    text = file.read_text()
    if damage == "later":
        kept = json.loads(text) | {"format": 99, "evo": "9.9"}
        file.write_text(json.dumps(archive.sealed({key: value for key, value in kept.items() if key != "sum"})))
        for use in (lambda: evo.Batch.open(batch.folder), lambda: run_own(tmp_path, replicates=4)):
            with pytest.raises(ScenarioError, match=r"is of a later evo, 9\.9"):
                use()
        return
    file.write_text(text[:-40] if damage == "cut" else text.replace('"low": 0', '"low": 1'))
    with pytest.raises(ScenarioError, match=r"world\.json: cannot be read, or is damaged; run its scenario again"):
        evo.Batch.open(batch.folder)
    assert run_own(tmp_path).digest() == digest == evo.Batch.open(batch.folder).digest()


def make_earlier(folder: Path, world: str | None) -> None:
    """Make a folder one that an earlier evo wrote: no declaration, no checksums of lines, the path of a world."""
    (folder / "world.json").unlink()
    shutil.rmtree(folder / "world", ignore_errors=True)
    (folder / "provenance.jsonl").rename(folder / "provenance.json")
    manifest = folder / "manifest.jsonl"
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    manifest.write_text("".join(json.dumps({k: v for k, v in line.items() if k != "sum"}) + "\n" for line in lines))
    if world is not None:
        file = folder / "scenario.toml"
        file.write_text(re.sub(r'world = "[^"]*"', f'world = "{world}"', file.read_text()))


def test_a_folder_of_an_earlier_evo(tmp_path):
    small = evo.load("wolf_sniper").over({"parts": [1, 2]}).set({"population.size": 40, "population.generations": 20})
    batch = evo.run(small, replicates=3, out=tmp_path)
    digest = batch.digest()
    make_earlier(batch.folder, None)
    assert read_all(batch.folder) == digest
    assert evo.Batch.open(batch.folder).provenance()[0]["new_replicates"] == 6
    more = evo.run(small, replicates=4, out=tmp_path)
    assert more.runs().height == 8 and (batch.folder / "world.json").is_file()
    assert [entry["new_replicates"] for entry in more.provenance()] == [6, 2]


def test_a_folder_of_an_earlier_evo_with_a_world_by_path(tmp_path, monkeypatch):
    batch = run_own(tmp_path)
    digest, rates = batch.digest(), batch.rates()
    make_earlier(batch.folder, "../../own.py")
    monkeypatch.setattr(load, "run", lambda source: pytest.fail("it ran"))
    assert read_all(batch.folder) == digest
    assert evo.Batch.open(batch.folder).rates().equals(rates)
