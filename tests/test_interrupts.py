"""Ctrl-C and SIGTERM, at any moment of any command: status 130, one sentence, soon, and what is finished is kept."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import evo
from tests.batch.worlds import WORLD, write_own

ROOT = Path(__file__).parents[1]
SOON = 6.0  # seconds; 2 on a machine that has nothing else to do
LONG = ["--set", "population.size=3000", "--set", "population.generations=100000", "--over", "parts=3"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A batch whose single replicate takes long, and which would have many."""
    out = tmp_path_factory.mktemp("interrupts")
    spec = evo.load("wolf_sniper").over({}).set({"population.size": 40, "population.generations": 10})
    return evo.run(spec, replicates=3, out=out).folder


def start(*words, cwd=None, command=("-m", "evo"), **how):
    environment = {**os.environ, "MPLBACKEND": "Agg"}
    return subprocess.Popen(
        [sys.executable, *command, *map(str, words)], cwd=cwd, env=environment, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, **how,
    )  # fmt: skip


def stopped(process, number):
    """Interrupt it, and hold it to what it must do."""
    process.send_signal(number)
    begin = time.monotonic()
    out, err = process.communicate(timeout=60)
    took = time.monotonic() - begin
    assert process.returncode == 130, (process.returncode, err)
    said = [line for line in err.splitlines() if "interrupted" in line]
    assert len(said) == 1 and said[0].startswith("evo: interrupted") and "Traceback" not in err, err
    assert took < SOON, f"{took:.1f} s"
    return out


SLOW = pytest.mark.slow  # more moments, and more commands, of the same kind


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after", [0.0, 0.3, 1.2, *(pytest.param(after, marks=SLOW) for after in (0.1, 0.6, 2.0))])
def test_from_the_first_moment(tmp_path, number, after):
    process = start("run", "wolf_sniper", *LONG, "--quiet", "--out", tmp_path)
    while not Path(f"/proc/{process.pid}/status").exists() or not _catches(process.pid, number):
        assert process.poll() is None
        time.sleep(0.005)  # until Python has begun with evo
    time.sleep(after)
    stopped(process, number)


def test_a_terminal_that_is_closed_ends_it_too_but_not_under_nohup(tmp_path):
    words = ["run", "wolf_sniper", "--over", "parts=2", "--set", "population.generations=3000", "--replicates"]
    process = start(*words, 100_000, "--out", tmp_path / "a")
    while not list(tmp_path.glob("a/*/runs/*.parquet")):
        assert process.poll() is None
        time.sleep(0.01)
    stopped(process, signal.SIGHUP)
    kept = evo.Batch.open(next((tmp_path / "a").iterdir())).runs().height
    assert 0 < kept < 100_000
    process = start(
        *words, 40, "--out", tmp_path / "b", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
    )
    time.sleep(1.0)
    process.send_signal(signal.SIGHUP)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0 and "interrupted" not in err
    assert evo.Batch.open(next((tmp_path / "b").iterdir())).runs().height == 40


def _catches(pid, number):
    """Whether the process has a handler for the signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    both = sum(1 << (which - 1) for which in (signal.SIGINT, signal.SIGTERM))  # SIGINT alone is Python's own
    return int(caught, 16) & both == both


if not Path("/proc/self/status").exists():
    pytestmark = pytest.mark.skip(reason="reads /proc")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGINT, ["pressure", "--population", 20000, "--replicates", 2000]),
        (signal.SIGTERM, ["claims", "left_turn", "--docs", "docs", "--out", "out", "--full"]),
        *(
            pytest.param(number, words, marks=SLOW)
            for number, words in (
                (signal.SIGTERM, ["pressure", "--scheme", "deap.all", "--replicates", 2000]),
                (signal.SIGINT, ["run", "wolf_sniper", "--rare", "--replicates", 1000000]),
                (signal.SIGTERM, ["dose", "wolf_sniper:population.size=3000", "--replicates", 500, "--out", "out"]),
                (signal.SIGINT, ["run", "wolf_sniper", "--until", "0.001", "--engine", "deap", "--out", "out"]),
                (signal.SIGTERM, ["tune", "coin_optimizers", "--out", "out"]),
                (signal.SIGINT, ["run", "wolf_sniper", *LONG, "--executor", "dask", "--jobs", 1, "--out", "out"]),
                (signal.SIGINT, ["run", "wolf_sniper", *LONG, "--figures", "--out", "out"]),
            )
        ),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, list) else None,
)
def test_whatever_the_command(tmp_path, number, words):
    process = start(*words, cwd=tmp_path)
    time.sleep(2.5)
    stopped(process, number)
    assert not list(tmp_path.rglob("*.tmp*"))


@pytest.mark.parametrize(
    "words",
    [
        ["digest", "FOLDER"],
        ["report", "FOLDER", "-o", "r.html"],
        ["new", "scenario", "mine", "--world", "kin"],
        *(
            pytest.param(words.split(), marks=SLOW)
            for words in (
                "compare FOLDER FOLDER", "figures FOLDER", "why FOLDER", "replay FOLDER 1 0", "lineage FOLDER 1 0",
                "film FOLDER 1 0 --out f.gif", "show igf", "scenarios", "check igf", "dose wolf_sniper",
                "claims baldwin", "tune coin_optimizers", "pressure", "run wolf_sniper --rare", "new world mine",
                "audit nothing.py", "watch wolf_sniper --no-browser",
            )
        ),
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_command_from_its_first_moment(tmp_path, folder, words):
    process = start(*(folder if word == "FOLDER" else word for word in words), cwd=tmp_path)
    while not _catches(process.pid, signal.SIGINT):
        assert process.poll() is None
        time.sleep(0.002)
    stopped(process, signal.SIGINT)
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


@SLOW  # it is compiled first, as always where nobody has seen it before
@pytest.mark.parametrize("after", [1.5, 4.0])
def test_while_a_world_that_is_new_is_compiled_and_tried(tmp_path, after):
    text = WORLD.replace("1.0 + knobs[0]", f"1.0 + {time.time()} * 0.0 + knobs[0]")
    process = start("run", write_own(tmp_path, text), "--trust", "--out", tmp_path / "out")
    time.sleep(after)
    if process.poll() is None:
        stopped(process, signal.SIGINT)
    done = start("run", tmp_path / "own.toml", "--trust", "--out", tmp_path / "out", "--json")
    out, err = done.communicate(timeout=100)
    assert [cell["replicates"] for cell in json.loads(out)["cells"]] == [3, 3], err


def test_a_file_that_is_half_written_is_put_away(tmp_path):
    """The main thread is at work in code that hears of nothing; the listening thread ends the process."""
    code = f"""
import os, signal, sys, threading, time
from pathlib import Path
from evo import interrupts
from evo.batch.disk import write_atomically

def write(aside):
    aside.write_bytes(b"half")
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()
    time.sleep(60)

interrupts.watch()
signal.signal(signal.SIGTERM, lambda *_: None)
write_atomically(Path({str(tmp_path / "file")!r}), write)
"""
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert process.returncode == 130 and not list(tmp_path.iterdir())


def test_what_evolves_alone_and_what_is_drawn(tmp_path, folder):
    """One replicate is one call of a kernel, in which Python hears of nothing."""
    spec = evo.load("wolf_sniper").over({}).set({"population.size": 100_000, "population.generations": 100_000})
    with pytest.raises(evo.errors.EvolutionError, match="longer than"):
        evo.run(spec, replicates=1, limit=0.1, out=tmp_path)
    process = start("replay", next(tmp_path.iterdir()), 1, 0)
    time.sleep(2.5)
    stopped(process, signal.SIGINT)
    for words in (["figures", folder], ["why", folder, "--neutral"]):
        process = start(*words)
        time.sleep(0.9)
        stopped(process, signal.SIGTERM)
    assert not [path for path in folder.rglob("*") if ".tmp" in path.name and path.parent.name == "figures"]


def test_finished_replicates_are_kept_and_the_rest_follows(tmp_path):
    words = ["run", "wolf_sniper", "--over", "parts=6", "--set", "population.generations=600", "--replicates", "60"]
    process = start(*words, "--json", "--out", tmp_path)
    while not list(tmp_path.glob("*/runs/*.parquet")) and process.poll() is None:
        time.sleep(0.01)
    stopped(process, signal.SIGTERM)
    kept = evo.Batch.open(next(tmp_path.glob("wolf*"))).runs().height
    assert 0 < kept < 60
    out, err = start(*words, "--json", "--out", tmp_path).communicate()
    assert json.loads(out)["cells"][0]["replicates"] == 60, err


def test_an_audit_tells_what_it_has(tmp_path):
    script, done = tmp_path / "slow.py", tmp_path / "done"
    text = (ROOT / "docs" / "audit" / "onemax.py").read_text()
    script.write_text(text + f'    open(r"{done}", "a").write("one\\n")\n')
    process = start("audit", script, "--replicates", 500, "--jobs", 2)
    while not done.exists() or done.read_text().count("one") < 3:
        assert process.poll() is None
        time.sleep(0.05)
    assert "Of the change of" in stopped(process, signal.SIGTERM)


def test_what_keeps_nothing_does_not_say_that_it_does():
    process = start("pressure", "--population", "20000", "--replicates", "100000")
    while not _catches(process.pid, signal.SIGINT):
        time.sleep(0.005)
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and err.splitlines()[-1] == "evo: interrupted before it was finished"
