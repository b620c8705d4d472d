"""What is shown of a population, of many, and where sliders stand."""

import base64
import io
import itertools
import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import evo
from evo.analyses.film import play
from evo.engines.dispatch import evolve
from evo.engines.individuals import population_at
from evo.engines.replicates import new_control
from evo.kernels.genome import unpack
from evo.kernels.plan import FITNESS
from evo.kernels.records import PLACE, ROW, SCORE
from evo.measure.intervals import wilson
from evo.watch.cell import cell_of
from evo.watch.controls import GROUPS
from evo.watch.many import Many, judged
from evo.watch.picture import MOST_ROWS, MOST_SORTED, ON, genotypes, picture, sorted_rows
from evo.watch.player import Player, Turns
from evo.watch.sandbox import Sandbox
from evo.watch.session import Session
from tests.watch.test_sandbox import SMALL, box
from tests.worlds.seekers import scenario as seekers


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 12), st.integers(0, 20), st.integers(0, 4), st.integers(0, 2**32 - 1))
def test_rows_are_sorted_by_the_property_then_loci_then_reals(size, loci, count, seed):
    draw = np.random.default_rng(seed)
    bits, have = draw.random((size, loci)) < 0.5, draw.integers(0, 3, size).astype(np.uint8)
    reals = draw.choice([-np.inf, -2.5, -1e-300, -0.0, 0.0, 1e-300, 2.5], (size, count))
    rows = [(-int(have[k]), *(~bits[k]), *(reals[k] + 0.0)) for k in range(size)]
    stable = sorted(range(size), key=lambda k: rows[k])  # equals stay in their order, as there
    assert list(sorted_rows(bits, reals, have)) == stable


def test_every_individual_of_a_small_population_is_in_the_picture():
    watched = box("wolf_sniper", parts=2, forward_rate=0.2)
    watched.advance(3)
    shown = picture(watched.spec, watched.steps.population)
    bits = unpack(watched.steps.population.bits, 22).astype(int)
    assert shown.cells.shape == (60, 22) and shown.blocks == [2, 20] and shown.loci == 22
    assert sorted(map(tuple, (shown.cells == ON).astype(int).tolist())) == sorted(map(tuple, bits.tolist()))
    have = bits[:, :2].all(axis=1).sum()
    assert (shown.marks == 255).sum() == have > 0
    assert (shown.marks[:have] == 255).all()  # they come first


def test_of_a_large_population_a_sample_is_shown():
    watched = Sandbox(evo.load("igf").set({"population.size": 10_000, "population.generations": 3}))
    shown = picture(watched.spec, watched.steps.population)
    assert (shown.seen, shown.of) == (MOST_SORTED, 10_000)
    assert shown.cells.shape[0] == MOST_ROWS


def test_genotypes_are_counted():
    watched = box("wolf_sniper", parts=2, teeth=0, forward_rate=0.1)
    watched.advance(2)
    shares = [share for _, share in genotypes(watched.spec, watched.steps.population)]
    _, counts = np.unique(watched.steps.population.bits, return_counts=True)
    assert shares == sorted((counts / 60).tolist(), reverse=True)
    assert not genotypes((reals := box("goodhart")).spec, reals.steps.population)


def test_sliders_reach_every_bound_and_come_back():
    for name in ("wolf_sniper", "igf", "kin", "baldwin", "goodhart", "beliefs"):
        spec = cell_of(evo.load("deceptive_beliefs" if name == "beliefs" else name))
        for group in GROUPS.values():
            for control in group(spec):
                if control.options:
                    assert control.value in control.options
                    continue
                assert control.low <= control.value <= control.high, control
                marks = control.marks
                assert marks[0] == control.low and marks[-1] == control.top, control
                assert all(a < b for a, b in itertools.pairwise(marks)), control
                assert [control.place(value) for value in marks] == list(range(len(marks)))
                near = marks[control.place(control.value)]
                assert abs(near - control.value) <= max(0.1 * abs(control.value), 0.01 * (control.top - control.low))
                assert control.meaning or control.unit, control


def test_many_are_the_replicates_of_the_cell():
    spec = cell_of(evo.load("wolf_sniper").set(SMALL | {"parts": 1, "forward_rate": 0.01}))
    many = Many(spec, 24)
    assert {seat.stage for seat in many.seats} == {"waiting"}
    while not many.ended:
        many.advance(9)
        assert many.interval == wilson(many.holding, 24)
    out = evolve(spec, range(24), new_control()).records
    ends = out.trace[np.arange(24), out.records - 1, ROW.mean, spec.world.trait("rifle")]
    assert many.holding == (ends >= 0.5).sum() > 0
    assert [seat.generation for seat in many.seats] == out.ended_at.tolist()
    assert many.says.startswith(f"{many.holding} of 24 (95 % interval") and many.says.endswith("realized it")
    many.close()


def test_a_prediction_is_judged_by_the_interval():
    spec = cell_of(evo.load("wolf_sniper").set(SMALL | {"parts": 8}))
    many = Many(spec, 24)
    many.advance(100)
    assert many.holding == 0
    assert "fewer than you said" in judged(0.5, many)
    assert "as you said" in judged(0.05, many)
    many.close()


def test_a_player_keeps_its_pace_and_stops():
    lived = []
    player = Player(lambda n: lived.append(n), lambda: False)
    player.rate = 50.0
    player.play()
    time.sleep(1.0)
    player.pause()
    time.sleep(0.2)
    assert 25 <= sum(lived) <= 75
    before = len(lived)
    time.sleep(0.2)
    assert len(lived) == before
    player.close()


def test_whoever_asks_gets_a_turn_between_two_stretches():
    turns, stretches = Turns(), []

    def live(n):
        with turns.evolving():
            time.sleep(0.05)
            stretches.append(n)

    player = Player(live, lambda: False)
    player.play()
    time.sleep(0.2)
    for _ in range(5):
        before = len(stretches)
        with turns.asked(), turns.asked():  # one within another too
            assert len(stretches) <= before + 2
    player.close()


def test_what_a_world_raises_is_told():
    def fail(n):
        raise ValueError("this world")

    player = Player(fail, lambda: False)
    player.play()
    time.sleep(0.3)
    assert not player.playing and "ValueError: this world" in player.problem
    player.close()


def test_what_is_sent_is_sent_once_and_adds_up():
    session = Session(evo.load("igf").set(SMALL))
    first = session.look()
    assert first["fresh"] and first["generation"] == 0 and session.look() is None
    session.sandbox.advance(10)
    sent = session.look()
    assert not sent["fresh"] and sent["generation"] == 10
    change = sum(sent["price"]) * 10
    assert change == pytest.approx(sent["training"] - first["training"], abs=1e-5)
    cells = base64.b64decode(sent["picture"]["cells"])
    assert len(cells) == sent["picture"]["rows"] * sent["picture"]["columns"]
    assert [lamp["name"] for lamp in sent["lamps"]] == [
        "selected for", "arose", "established", "realized", "generalizes"
    ]  # fmt: skip
    assert not math.isnan(sent["fitness"])
    session.close()


def test_a_life_is_filmed_in_both_places():
    session = Session(seekers(tell=0.5))
    film = session.look()["film"]
    assert set(film["shots"]) == {"training", "deployment"} and film["generation"] == 0 and film["which"] == "the best"
    found = population_at(session.sandbox.spec, 0, 0)
    assert film["agent"] == int(np.argmax(found.traits[:, FITNESS]))
    session.film(7)
    film = session.look()["film"]
    assert (film["agent"], film["which"]) == (7, "agent 7")
    shot = play(session.sandbox.spec, 0, found, 7, found.knobs)
    sent = np.frombuffer(base64.b64decode(film["shots"]["training"]["data"]), "<f4")
    assert np.array_equal(sent.reshape(shot.shape), shot.astype(np.float32))
    name, content = session.saved_film()
    assert name == f"{session.sandbox.spec.scenario.name}_0_0.gif"
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.n_frames == max(shot["steps"] for shot in film["shots"].values())
    session.close()


def test_a_probe_is_known_at_recorded_generations():
    session = Session(seekers(tell=0.5))
    spec = session.sandbox.spec
    out = evolve(spec, [0], new_control()).records
    column = spec.world.probed(spec.scenario.property.trait)
    while not session.sandbox.steps.ended:
        session.sandbox.advance(1)
        k = np.searchsorted(out.trace_at[0, : out.records[0]], session.sandbox.steps.generation, side="right") - 1
        known = [out.probes[0, k, place, SCORE.mean, column] for place in (PLACE.training, PLACE.deployment)]
        sent = session.look()
        assert [sent["training"], sent["deployment"]] == pytest.approx(known, abs=1e-5)
        assert (sent["picture"]["marks"]) == base64.b64encode(bytes(sent["picture"]["rows"])).decode()
    session.close()
