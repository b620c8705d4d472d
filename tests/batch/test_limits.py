"""What cannot fit is refused before anything is made, with the estimate; what is merely long is said."""

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import evo
from evo.batch import limits
from evo.errors import ScenarioError
from evo.measure import sequential
from evo.places import MOST_JOBS, memory, room
from evo.scenario.spec import Spec
from tests.command import SMALL as WORDS
from tests.command import command

SMALL = {"population.size": 20, "population.generations": 3}


def refused(tmp_path, spec, **how):
    """The sentence that a batch is refused with, at once and with nothing made."""
    began = time.monotonic()
    with pytest.raises(ScenarioError) as error:
        evo.run(spec, out=tmp_path / "out", **how)
    assert time.monotonic() - began < 5.0 and not (tmp_path / "out").exists()
    text = str(error.value)
    assert len(text) < 1000 and text.isprintable()
    return text


def test_more_replicates_than_fit_are_refused_with_the_estimate(tmp_path):
    text = refused(tmp_path, evo.load("wolf_sniper").set(SMALL), replicates=10**9)
    assert "15 cells of 1,000,000,000 replicates would need" in text and "TB of memory" in text


def test_disk_is_estimated_low_rather_than_high(tmp_path, monkeypatch):
    spec = evo.load("wolf_sniper").over(parts=[1]).set({"population.size": 100, "population.generations": 300})
    batch = evo.run(spec, replicates=100, out=tmp_path)
    used = sum(path.stat().st_size for path in batch.folder.rglob("*.parquet"))
    told = 100 * sum(limits._sizes(batch.spec)) * limits._PACKED
    assert batch.spec.scenario.property.stop_above is not None and 0 < told < used / 10  # any may stop at once
    longer = Spec(spec.data | {"property": {"trait": "rifle"}})
    batch = evo.run(longer, replicates=100, out=tmp_path)
    used = sum(path.stat().st_size for path in batch.folder.rglob("*.parquet"))
    told = 100 * sum(limits._sizes(batch.spec)) * limits._PACKED
    assert used / 4 < told < 1.2 * used
    assert batch.runs().estimated_size() < 100 * limits._sizes(batch.spec)[0] * 1.5
    # What is there already needs no more room.
    monkeypatch.setattr(limits, "room", lambda folder: 0)
    evo.run(spec, replicates=100, out=tmp_path)
    assert "of disk, and" in refused(tmp_path, spec, replicates=100)


def test_populations_that_do_not_fit_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "memory", lambda: 3 * 10**9)
    spec = evo.load("igf").over(concept_parts=[1]).set({"population.size": 10**8, "population.generations": 1})
    for kind in ("genetic", "cma_es"):
        text = refused(tmp_path, spec.set({"optimizer.kind": kind}), replicates=1, jobs=1)
        assert "population.size = 100000000" in text and "GB of memory" in text
    few = spec.set({"population.size": 5 * 10**6})
    assert "2 at once; ask for fewer --jobs" in refused(tmp_path, few, replicates=2, jobs=2)
    limits.check_populations(list(few.cells()), 1)


@pytest.mark.parametrize("jobs", [0, -2, 10**6, 10**30, "two", 1.5, True, float("inf"), np.array([2])])
def test_jobs_are_a_whole_number_of_threads(tmp_path, jobs):
    assert "jobs = " in refused(tmp_path, evo.load("wolf_sniper").set(SMALL), jobs=jobs)


def test_numpy_says_how_many_as_well(tmp_path):
    batch = evo.run(
        evo.load("wolf_sniper").set(SMALL).over(parts=1), replicates=np.int64(2), jobs=np.int8(1), out=tmp_path
    )
    assert len(batch.runs()) == 2
    assert limits.jobs(None, 3) == 3 and limits.jobs("2", 3) == 2 and limits.jobs(MOST_JOBS, 1) == MOST_JOBS


def test_two_cells_of_one_process_leave_nothing_behind(tmp_path):
    assert "is the same process as" in refused(
        tmp_path, evo.load("wolf_sniper").over(engine=["numba", "auto"]).set(SMALL)
    )


def test_how_long_it_takes_is_said_where_that_is_long():
    spec = evo.load("wolf_sniper").over(parts=[4])
    (cell,) = spec.cells()
    assert 0.02 < limits.seconds(cell.spec) < 0.6  # 1000 individuals for 2000 generations: measured 0.05 to 0.2 s
    assert limits.long([(cell, list(range(100)))], 2) == ""
    assert "10,000,000 replicates may take about" in limits.long([(cell, range(10**7))], 2)
    assert limits.many(spec) == "" and "16,000 cells" not in limits.many(spec)
    assert "making 40,000 cells" in limits.many(spec.over(part_cost="0:0.1:200", scaffold="0:1:200"))


def test_until_needs_room_for_its_first_look_alone(tmp_path):
    spec = evo.load("wolf_sniper").set(SMALL).set({"batch.until": 0.1, "batch.replicates": 10**9})
    limits.check(spec, tmp_path)


def test_a_width_that_no_number_of_replicates_reaches_is_refused(tmp_path):
    least = sequential.narrowest()
    low, high = sequential.anytime(sequential.MOST // 2, sequential.MOST)
    assert sequential.anytime(sequential.MOST, sequential.MOST)[0] == pytest.approx(1 - least) and least < high - low
    spec = evo.load("wolf_sniper").set(SMALL)
    limits.check(spec.set({"batch.until": 1.01 * least}), tmp_path)
    with pytest.raises(ScenarioError, match=r"batch.until = .*no interval of 1,000,000 replicates"):
        limits.check(spec.set({"batch.until": 0.99 * least}), tmp_path)


def test_trajectories_of_rare_chances_fit(monkeypatch):
    spec = evo.load("wolf_sniper").set(teeth=0)
    limits.check_effort(spec, 2000)
    with pytest.raises(ScenarioError, match="trajectories a stage would need"):
        limits.check_effort(spec, 10**15)


def test_parts_that_go_away_meanwhile_and_links_to_nowhere_take_no_room(tmp_path, monkeypatch):
    (tmp_path / "one.parquet").write_bytes(b"12345")
    (tmp_path / "link.parquet").symlink_to(tmp_path / "nowhere")
    monkeypatch.setattr(type(tmp_path), "rglob", lambda *_: iter([tmp_path / "gone.parquet", *tmp_path.iterdir()]))
    assert 5 <= limits._stored(tmp_path) <= 5 + len(str(tmp_path / "nowhere"))
    monkeypatch.undo()
    assert limits._stored(tmp_path / "not" / "there") == 0


def test_words_for_sizes_and_times():
    assert [limits._bytes(count) for count in (5e3, 2.5e6, 3e9, 4e12)] == ["5 kB", "2.5 MB", "3 GB", "4 TB"]
    assert [limits._time(s) for s in (600, 7200, 3e5, 1e9)] == ["10 minutes", "2 hours", "3 days", "32 years"]


def test_limits_of_the_process_count(tmp_path):
    code = "from evo.places import memory; print(memory())"

    def less():
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, preexec_fn=less, env=os.environ)
    assert int(done.stdout) == 2 << 30 and memory() > 0
    assert room(tmp_path / "not" / "there") > 0


def test_a_folder_whose_name_is_no_utf8_is_refused_before_anything_is_made(tmp_path):
    """Tables are stored by a library that takes no other names: it wrote nothing, and left a folder behind."""
    folder = tmp_path / os.fsdecode(b"r\xe9sult")
    for words in (["run", "wolf_sniper", *WORDS, "--out", folder], ["digest", folder]):
        done = command(*words)
        assert done.returncode == 2 and "must be UTF-8" in done.stderr, done.output
    assert not list(tmp_path.iterdir())


def test_what_has_no_room_at_all_is_no_disk(monkeypatch):
    """/proc tells 0 bytes of 0: that nothing can be written there is said by writing."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(total=0, free=0))
    assert room(Path("/")) == 2**63
