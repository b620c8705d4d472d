"""Several pages at once: the same as one alone, each in a process of its own."""

import signal
import time

import pytest

import evo
from evo.claims import at_once
from evo.claims.known import chosen
from evo.errors import ScenarioError
from tests.command import finish
from tests.test_interrupts import start, stopped


@pytest.mark.slow  # two pages twice, each in processes that begin anew
def test_pages_written_at_once_are_those_written_alone(tmp_path):
    names = ["upkeep", "baldwin"]
    alone = [finish("claims", name, "--docs", tmp_path / "one", "--out", tmp_path / "out") for name in names]
    both = finish("claims", *names, "--docs", tmp_path / "two", "--out", tmp_path / "anew")
    assert [done.returncode for done in [*alone, both]] == [0, 0, 0], both.stderr
    assert sorted(both.stdout.split()[:2]) == sorted(str(tmp_path / "two" / "claims" / f"{name}.md") for name in names)
    for name in names:
        one, two = (tmp_path / docs / "claims" / f"{name}.md" for docs in ("one", "two"))
        assert one.read_text() == two.read_text()
    assert (tmp_path / "two" / "claims.md").read_text() == (tmp_path / "one" / "claims.md").read_text()


def test_what_goes_wrong_in_a_page_is_said_as_it_is(tmp_path):
    (tmp_path / "out").write_text("a file, where a folder is needed")
    with pytest.raises(ScenarioError, match="out"):
        list(
            at_once.write_claims(
                chosen(("upkeep", "baldwin")).values(), tmp_path / "docs", jobs=2, out=tmp_path / "out"
            )
        )


def test_all_processes_end_when_it_is_interrupted_and_what_is_finished_can_be_read(tmp_path):
    process = start("claims", "left_turn", "goodhart", "--docs", "docs", "--out", "out", "--full", cwd=tmp_path)
    while not list(tmp_path.glob("out/*/runs/*.parquet")):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.1)
    stopped(process, signal.SIGTERM)
    assert not list(tmp_path.rglob("*.tmp*"))
    kept = finished(tmp_path)
    time.sleep(1.0)
    assert kept == finished(tmp_path) > 0  # nobody goes on


def finished(folder):
    """Replicates in all batches of a folder."""
    return sum(evo.Batch.open(one.parent).runs().height for one in folder.glob("out/*/scenario.toml"))
