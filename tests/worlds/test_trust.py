"""Whose Python runs without being asked for."""

import importlib.util
import json
import py_compile

import pytest

import evo
from evo.errors import ScenarioError
from evo.worlds import trust
from evo.worlds.source import Source
from tests.batch.worlds import WORLD, write_own
from tests.command import PLAIN, command, finish


def test_a_world_that_came_with_evo_needs_no_trust():
    status, out, err = command("show", "ochs_desai")
    assert status == 0 and "world:" in out, err


def test_what_is_trusted_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    """Another process that read half of it would forget the rest; and who keeps it elsewhere has a link to it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    kept = tmp_path / "kept.json"
    kept.write_text('["before"]')
    trust.trusted_file().parent.mkdir()
    trust.trusted_file().symlink_to(kept)
    other = tmp_path / "other"
    other.hardlink_to(kept)
    trust.remember(Source(tmp_path / "own.py", b"1"))
    assert json.loads(other.read_text()) == ["before"]  # another file took its place; nobody ever read half of it
    assert json.loads(kept.read_text()) == ["before", Source(tmp_path, b"1").digest]
    assert trust.trusted_file().is_symlink() and sorted(tmp_path.iterdir()) == [tmp_path / "evo", kept, other]
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("no room")))
    trust.remember(Source(tmp_path / "own.py", b"2"))
    assert len(json.loads(kept.read_text())) == 2 and sorted(tmp_path.iterdir()) == [tmp_path / "evo", kept, other]


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """A scenario with a world that nobody has trusted, which leaves a mark where it runs."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("MARK", str(tmp_path / "mark"))
    monkeypatch.setattr(trust, "_run_here", set())
    return write_own(tmp_path / "sent")


@pytest.mark.parametrize(
    "use",
    [
        evo.load,
        evo.run,
        lambda path: evo.load("wolf_sniper").set(world=path.with_name("own.py")),
        lambda path: evo.Scenario(
            {"name": "x", "claim": "c", "world": str(path.with_name("own.py")), "property": {"trait": "one"}}, "x"
        ),
    ],
)
def test_python_asks_for_trust_as_the_command_does(stranger, use, tmp_path):
    with pytest.raises(ScenarioError, match=r"is Python that nobody has trusted yet .*in Python trust=True"):
        use(stranger)
    assert not (tmp_path / "mark").exists()
    evo.load(stranger, trust=True)
    assert (tmp_path / "mark").exists()


def test_trust_is_said_plainly(stranger, tmp_path):
    for said in ("no", 1, None):
        with pytest.raises(ScenarioError, match="must be True or False"):
            evo.load(stranger, trust=said)
    assert not (tmp_path / "mark").exists()


def test_a_compiled_file_beside_a_world_is_neither_read_nor_written(stranger, tmp_path):
    """It may hold other code than the file that was read and trusted, and never be compared with it."""
    own, evil = stranger.with_name("own.py"), stranger.with_name("evil.py")
    evil.write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n{WORLD}")
    compiled = importlib.util.cache_from_source(str(own))
    py_compile.compile(
        str(evil), compiled, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
    )
    evil.unlink()
    before = {path: path.read_bytes() for path in stranger.parent.rglob("*") if path.is_file()}
    assert finish("show", stranger, "--trust").returncode == 0
    assert (tmp_path / "mark").exists() and not (tmp_path / "ran").exists()
    assert {path: path.read_bytes() for path in stranger.parent.rglob("*") if path.is_file()} == before


def test_a_world_is_read_once_and_what_was_read_is_what_runs(stranger, tmp_path):
    """Somebody changes the file as soon as it has been opened: between its check and its run."""
    own = stranger.with_name("own.py")
    assert command("show", stranger, "--trust").returncode == 0
    code = f"""
import sys
from pathlib import Path
opened = []
def watch(event, args):
    if event == "open" and str(args[0]) == {str(own)!r}:
        opened.append(args)
        if len(opened) == 2:
            Path({str(own)!r}).write_text("raise SystemExit('another was run')")
sys.addaudithook(watch)
import atexit
atexit.register(lambda: print("opened", len(opened), file=sys.stderr))
{PLAIN}"""
    done = finish("show", stranger, code=code)
    assert done.returncode == 0 and "opened 1" in done.stderr and "another" not in done.stderr, done.stderr
