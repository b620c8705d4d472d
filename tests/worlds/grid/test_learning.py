"""The gradient of what a network returns when it acts by chance: against differences, and against its own climb."""

import numpy as np
import pytest

import evo
from evo.kernels.jit import kernel
from evo.kernels.rng import seed_streams
from evo.worlds.grid.body import new_body
from evo.worlds.grid.coin import WORLD, learner, new_pool
from evo.worlds.grid.knobs import G
from evo.worlds.grid.learning import backward, episode, new_trace, squashed
from evo.worlds.grid.levels import new_levels
from evo.worlds.grid.rooms import ACTIONS
from evo.worlds.grid.senses import eyes_of


def knobs_of(**knobs):
    return WORLD.vector({knob.name: knob.default for knob in WORLD.knobs} | knobs)


@kernel()
def played(knobs, w, state):
    """An episode in the first level, the trace that it left, how many steps it took, and what it paid."""
    eyes = eyes_of(knobs, 2)
    levels, body = new_levels(knobs, eyes, 2), new_body(knobs, eyes, ACTIONS, w.size)
    new_pool(knobs, eyes, levels, state)
    trace = new_trace(body.shape, np.int64(knobs[G.steps]), w.size)
    paid, steps = episode(knobs, eyes, levels, body, w, np.int64(0), state, trace)
    backward(body.shape, w, steps, trace)
    return trace, steps, paid


@kernel()
def slope(x):
    """`squash` and its slope."""
    return squashed(x)


def log_chance(w, trace, steps, hidden):
    """The log of the chance of an episode's actions, in plain numpy."""
    inputs, actions = trace.inputs[:steps], trace.action[:steps]
    reals, bits = 2, inputs.shape[1] - 2
    rows = w[: hidden * (1 + hidden + reals + bits)].reshape(-1, hidden)
    bias, outs = w[rows.size : rows.size + ACTIONS], w[rows.size + ACTIONS :].reshape(ACTIONS, hidden)
    h, total = np.zeros(hidden), 0.0
    for x, action in zip(inputs, actions, strict=True):
        a = rows[0] + h @ rows[1 : 1 + hidden] + x[bits:] @ rows[1 + hidden : 1 + hidden + reals]
        a = np.clip(a + x[:bits] @ rows[1 + hidden + reals :], -3, 3)
        h = a * (27 + a * a) / (27 + 9 * a * a)
        out = bias + outs @ h
        total += out[action] - np.log(np.exp(out - out.max()).sum()) - out.max()
    return total


@pytest.mark.parametrize("hidden", [8, 16])
def test_the_gradient_of_an_episode_is_that_of_differences(hidden):
    knobs = knobs_of(hidden=hidden, steps=9.0, size=9.0)
    (block,) = WORLD.layout(dict(zip((k.name for k in WORLD.knobs), knobs, strict=True))).reals
    for key in range(3):
        w = np.random.default_rng(key).normal(0, 0.5, block.count)
        trace, steps, _ = played(knobs, w, seed_streams(key, (1,), 1)[0])
        near = 1e-6 * np.eye(w.size)
        told = [
            (log_chance(w + d, trace, steps, hidden) - log_chance(w - d, trace, steps, hidden)) / 2e-6 for d in near
        ]
        assert trace.gradient == pytest.approx(np.array(told), abs=1e-7)
        assert np.abs(trace.gradient).max() > 0.1


def test_the_slope_of_squash():
    for x in (-4.0, -3.0, -1.3, 0.0, 0.4, 2.9, 5.0):
        assert slope(x)[1] == pytest.approx((slope(x + 1e-6)[0] - slope(x - 1e-6)[0]) / 2e-6, abs=1e-5)


def test_the_mean_gradient_is_that_of_the_return():
    """Along random directions, against differences of the mean return over many lives; four standard errors."""
    knobs, rng = knobs_of(steps=12.0, size=5.0, room=0.0, levels=8.0, pool=64.0), np.random.default_rng(5)
    (block,) = WORLD.layout(dict(zip((k.name for k in WORLD.knobs), knobs, strict=True))).reals
    w, out = rng.normal(0, 0.3, block.count), np.zeros(block.count)
    states = [seed_streams(7, (n,), 1)[0] for n in range(40)]
    rows = []
    for state in states:
        gradient = np.zeros(block.count)
        learner(w, knobs, 100, state.copy(), gradient)
        rows.append(gradient)
    mean = np.mean(rows, axis=0)
    direction = mean / np.linalg.norm(mean)
    along = np.array(rows) @ direction
    step = 0.1
    rises = [
        (learner(w + step * direction, knobs, 100, state.copy(), out)
         - learner(w - step * direction, knobs, 100, state.copy(), out)) / (2 * step)
        for state in states
    ]  # fmt: skip
    error = np.sqrt(np.var(along) / 40 + np.var(rises) / 40)
    assert abs(np.mean(rises) - along.mean()) < 4 * error and along.mean() > 4 * error


def test_policy_gradients_learn_the_task(tmp_path):
    spec = evo.load("coin").over({}).set({
        "optimizer.kind": "policy_gradient", "optimizer.rate": 0.05, "population.generations": 25,
        "population.size": 100, "tell": 1.0, "room": 0, "size": 6, "steps": 12, "batch.records": 3,
    })  # fmt: skip
    runs = evo.run(spec, replicates=3, out=tmp_path).traces()
    begun, ended = (runs.filter(runs["generation"] == g)["training.fitness"].mean() for g in (0, 25))
    assert ended > begun + 0.2
