"""Whatever stands in a file that somebody else wrote is refused in a sentence, and no pipe or device is waited for."""

import os
import shutil
from pathlib import Path

import pytest

import evo
from tests.batch.batches import small
from tests.command import command

DEEP, LONG = "[" * 200_000, "9" * 6000


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return evo.run(small(), replicates=2, out=tmp_path_factory.mktemp("plain")).folder


@pytest.fixture
def copy(plain, tmp_path):
    return shutil.copytree(plain, tmp_path / "copy")


def refused(*args, says):
    done = command(*args)
    assert done.returncode == 2 and says in done.stderr and len(done.stderr) < 1000, done.output


@pytest.mark.parametrize("written", [DEEP, LONG, "\udcff"])
@pytest.mark.parametrize("name", ["world.json", "scenario.toml", "manifest.jsonl"])
def test_what_cannot_be_read_in_a_folder(copy, name, written):
    with (copy / name).open("a", errors="surrogateescape") as file:
        file.write(f"\nq = {written}\n" if name.endswith(".toml") else f"{written}\n")
    refused("digest", copy, says=name)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["parts = 1", "cost = 2", "parts = 3"], "parts is given twice (at line 3)"),
        (["[knobs]", "parts = 1 # one", "parts = 'a=b' # two"], "parts is given twice (at line 3)"),
        (["[knobs]", "parts = 1", "[batch]", "[knobs] # again"], "[knobs] is given twice (at line 4)"),
        (["a.b = 1", "a.b = 2"], "a.b is given twice (at line 2)"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_key_that_stands_twice_is_named(tmp_path, lines, says, end):
    (tmp_path / "own.toml").write_bytes(end.join(lines).encode())
    refused("show", tmp_path / "own.toml", says=f"own.toml: cannot be read as TOML: {says}")


@pytest.mark.parametrize("written", [DEEP, LONG])
def test_a_line_of_provenance_that_cannot_be_read_is_left_out(copy, written):
    before = evo.Batch.open(copy).provenance()
    with (copy / "provenance.jsonl").open("a") as file:
        file.write(f"{written}\n")
    assert evo.Batch.open(copy).provenance() == before != []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.parametrize("name", ["world.json", "manifest.jsonl"])
def test_a_pipe_in_place_of_a_file_is_not_waited_for(copy, name):
    (copy / name).unlink()
    os.mkfifo(copy / name)
    refused("digest", copy, says=name)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no file without an end here")
def test_a_link_to_what_has_no_end_is_not_read(tmp_path):
    (tmp_path / "own.py").symlink_to("/dev/zero")
    refused("check", tmp_path / "own.py", "--trust", says="no ordinary file")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_world_or_scenario_that_is_a_pipe(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("own.py")
    refused("check", "own.py", "--trust", says="no ordinary file")
    Path("scenarios").mkdir()
    os.mkfifo("scenarios/piped.toml")
    done = command("scenarios")
    assert done.returncode == 0 and "igf" in done.stdout and "cannot be read: Is no ordinary file" in done.stdout
    assert "no ordinary file" in evo.scenarios()["piped"]


@pytest.mark.parametrize("written", [DEEP, LONG, "{}", "[1, {}]"])
def test_a_damaged_memory_of_what_is_trusted_trusts_nothing(tmp_path, monkeypatch, written):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "evo").mkdir()
    (tmp_path / "evo" / "trusted.json").write_text(written)
    (tmp_path / "own.py").write_text("1 / 0\n")
    refused("check", tmp_path / "own.py", says="nobody has trusted")
