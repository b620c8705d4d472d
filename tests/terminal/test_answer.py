"""What a program reads from standard output is the answer alone, whatever a world prints."""

import json

import pytest

from tests.command import command, finish

LOUD = """
import os

import numpy as np

from evo.worlds.world import Layout, Loci, Trait, World, live_kernel

print("it was read")
os.write(1, b"from below\\n")


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    print("they live", bits.shape[0])
    for i in range(bits.shape[0]):
        traits[i, 0] = 1.0
        traits[i, 1] = bits[i, 0] & np.uint64(1)


def layout(knobs):
    print("it was laid out")
    return Layout(loci=(Loci(1, 0.01, 0.01),))


WORLD = World(
    name="loud", summary="prints", knobs=(), layout=layout, live=live,
    traits=(Trait("fitness", "offspring", "1"), Trait("one", "0 or 1", "its locus")),
)
"""
SCENARIO = """
name = "loud"
claim = "It prints."
world = "./loud.py"
population = { size = 10, generations = 2 }
property = { trait = "one" }
batch = { replicates = 2 }
"""


@pytest.fixture
def loud(tmp_path):
    (tmp_path / "loud.py").write_text(LOUD)
    (tmp_path / "loud.toml").write_text(SCENARIO)
    return tmp_path


@pytest.mark.parametrize("by", [command, finish])
def test_a_world_that_prints_spoils_no_document(loud, by, monkeypatch):
    monkeypatch.chdir(loud)
    done = by("run", "loud.toml", "--trust", "--json")
    assert json.loads(done.stdout)["cells"][0]["replicates"] == 2, done.stderr
    for text in ("it was read", "it was laid out", *(["they live 10", "from below"] if by is finish else [])):
        assert text in done.stderr  # what compiled code prints is the process's, not Python's
    again = by("run", "loud.toml", "--trust", "--quiet")
    assert again.stdout == json.loads(done.stdout)["batch"] + "\n"
    assert json.loads(by("check", "loud.toml", "--trust", "--json").stdout)["ok"]
    assert "it was laid out" in by("show", "loud.toml").stdout  # whose text is for people


def test_nor_do_processes_that_are_started(loud, monkeypatch):
    monkeypatch.chdir(loud)
    done = finish("run", "loud.toml", "--trust", "--json", "--executor", "dask", "--jobs", "1")
    assert json.loads(done.stdout)["cells"][0]["replicates"] == 2 and "from below" in done.stderr, done.stderr


def test_a_document_without_standard_error_or_room(tmp_path):
    words = ["pressure", "--scheme", "truncation", "--parameter", "0.5", "--json", "--replicates", "2"]
    done = finish(*words)
    assert json.loads(done.stdout) and done.returncode == 0
    lines = "import os; os.close(2); from evo.__main__ import main; main()"
    assert finish(*words, code=lines).stdout == done.stdout
