"""Films: a replicate is evolved again, and one of it is drawn in training and in deployment."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import evo
from evo.analyses.film import film, frames, play
from evo.engines.individuals import evolve_in, population_at
from evo.engines.replicates import new_control, plan, streams_of
from evo.errors import ScenarioError
from evo.figures.film import require, write
from evo.kernels.evolve import new_space
from evo.kernels.records import ROW, STREAM
from evo.kernels.rng import uniform
from evo.worlds.world import FIELDS
from tests.command import command
from tests.worlds.seekers import T, scenario

X, Y, KIND, STATE = range(len(FIELDS))


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    spec = scenario(tell=0.5, property__stop_above=0.35, batch__replicates=4)
    return evo.run(spec, out=tmp_path_factory.mktemp("results"))


def test_a_generation_comes_out_as_it_evolved():
    """The last, in the space that it evolved in; each recorded one, by its means."""
    spec = scenario(tell=0.5, property__stop_above=0.35)
    space = new_space(plan(spec))
    out = evolve_in(space, spec, [2], new_control()).records
    ended = int(out.ended_at[0])
    for k in range(out.records[0]):
        found = population_at(spec, 2, int(out.trace_at[0, k]))
        assert np.array_equal(found.means, out.trace[0, k, ROW.mean]) and found.generation == out.trace_at[0, k]
    assert np.array_equal(found.reals, space.reals[ended % 2]) and np.array_equal(found.traits, space.traits[ended % 2])
    assert population_at(spec, 2, 3).generation == 3
    assert population_at(scenario(fault=1, property__stop_above=2.0), 0, 3) is None


def test_frames_are_those_of_the_agent_that_is_asked_for(batch):
    spec = batch.spec
    last = int(batch.runs()["ended_at"][1])
    found = population_at(spec, 1, last)
    luck = uniform(streams_of(spec, [1])[0, STREAM.probes].copy())
    chosen = {"best": int(np.argmax(found.traits[:, T.fitness])), 7: 7, "commonest": None}
    for which, agent in chosen.items():
        shot = film(batch, "1", 1, which=which)
        assert shot.same and shot.generation == last and (agent is None or shot.agent == agent)
        wants_coin = found.reals[shot.agent, 0] > found.reals[shot.agent, 1]
        for place, tell in (("training", 0.5), ("deployment", 1.0)):
            drawn = frames(batch, "1", 1, last, which, place)
            assert drawn.shape == (6, 3, 4) and np.array_equal(drawn, shot.frames[place])
            coin_x = 4.0 if luck < tell else 0.0
            assert (drawn[:, 1, X] == coin_x).all() and (drawn[:, :, KIND] == [0, 1, 2]).all()
            assert drawn[-1, 0, X] == (coin_x if wants_coin else 0.0) and drawn[0, 0, X] == 2.0
            assert (drawn[-1, 1, STATE] == 0.0) == (wants_coin or coin_x == 0.0)


def test_files(batch, tmp_path):
    shot = film(batch, "1", 0, 0)
    for name in ("film.gif", "film.png"):
        write(shot, tmp_path / name)
    with Image.open(tmp_path / "film.gif") as moving:
        assert moving.n_frames == 6
        pictures = []
        for step in (0, 5):
            moving.seek(step)
            whole = np.asarray(moving.convert("RGB"), float)
            pictures.append(whole[len(whole) // 4 : -len(whole) // 8])  # without titles, which count
        left, right = np.split(np.abs(pictures[0] - pictures[1]).sum(axis=2), 2, axis=1)
        assert left.any() and right.any()  # both move
    assert Image.open(tmp_path / "film.png").size[0] > 500
    write(shot, tmp_path / "film.gif", 3)
    with Image.open(tmp_path / "film.gif") as moving:
        assert moving.n_frames == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.gif", "film.png"]


def test_a_video_shows_each_step(batch, tmp_path):
    imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")
    write(film(batch, "1", 0, 0), tmp_path / "film.mp4")
    told, *pictures = imageio_ffmpeg.read_frames(str(tmp_path / "film.mp4"))
    assert told["fps"] == 4 and told["codec"] == "h264" and len(pictures) == 6 + 3  # the last one stays
    first, last = (np.frombuffer(pictures[n], np.uint8).astype(float) for n in (0, -1))
    assert np.abs(first - last).max() > 100
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_a_video_needs_its_package(tmp_path, monkeypatch):
    monkeypatch.setattr("evo.figures.film.find_spec", lambda name: None)
    with pytest.raises(ScenarioError, match=r"needs the package imageio-ffmpeg, .* pip install 'evo-sandbox\[mp4\]'"):
        require(tmp_path / "film.mp4")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("2", 0), "cell 2: there is no such cell"),
        (("1", 9), "replicate 9: there is no such replicate; allowed: 0 to 3"),
        (("1", 0, 31), "generation 31: must be from 0 to"),
        (("1", 0, 0, "worst"), "agent worst: there is none; allowed: best, commonest, or a number from 0 to 39"),
        (("1", 0, 0, 40), "agent 40: there is none"),
        (("1", 0, 0, "best", "test"), 'knobs = "test": must be training or deployment'),
    ],
)
def test_what_cannot_be_filmed_is_one_sentence(batch, given, says):
    with pytest.raises(ScenarioError) as raised:
        frames(batch, *given)
    assert says in str(raised.value) and "\n" not in str(raised.value)


def test_the_command(tmp_path):
    spec = evo.load("wolf_sniper").over({}).set({"population.size": 20, "population.generations": 3})
    plain = evo.run(spec, replicates=1, out=tmp_path)
    for out, says in (
        ("x.avi", "--out x.avi: must end in .gif, .mp4 or .png"),
        ("nowhere/x.gif", "'--out': nowhere/x.gif cannot be written: there is no folder nowhere"),
        (tmp_path / "x.gif", "cannot be filmed: world 'parts' draws no films"),
    ):
        done = command("film", plain.folder, "1", "0", "--out", out)
        said = [line for line in done.stderr.splitlines() if line and not line.startswith(("Usage: ", "Try "))]
        assert done.returncode == 2 and len(said) == 1 and says in said[0], done.stderr
    assert not (tmp_path / "x.gif").exists()
    by_classes = evo.run(spec.set({"engine": "classes"}), replicates=1, out=tmp_path)
    done = command("film", by_classes.folder, "1", "0", "--out", tmp_path / "x.gif")
    assert "its engine, classes, is not numba" in done.stderr


@pytest.mark.parametrize("steps", [lambda knobs: "x", lambda knobs: -1, lambda knobs: 1 / 0, lambda knobs: 10**12, 3])
def test_a_film_that_does_not_say_how_long_it_is(batch, monkeypatch, steps):
    """`evo check` tells of it before; `evo run` makes no films and does not."""
    live = batch.live()
    wrong = replace(live.spec.world, film=replace(live.spec.world.film, steps=steps))
    cell = live.cells[0]
    monkeypatch.setattr(cell.spec, "world", wrong)
    found = population_at(cell.spec, 0, 3)
    with pytest.raises(ScenarioError, match=r"steps of the film (gives .*from 1 to 100,000|fails: )"):
        play(cell.spec, 0, found, 0, cell.spec.world.vector(cell.spec.knobs))
