"""Whose Python runs without being asked for."""

import json

from evo.worlds import trust
from evo.worlds.source import Source
from tests.command import command


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
