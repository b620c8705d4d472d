"""The gradient of what a network's chances to act return: one network, actions drawn by the softmax of its outputs.

REINFORCE (Williams 1992) through time: an episode is a level, its reward the return at its end, and every action on the
way is made likelier by what the level paid above the baseline. That is the best return of the level times the share of
it that all episodes of the batch reached, which takes most of the luck of near and far levels out. All in float64, one
step after the other: derivatives need no lanes.
"""

import math
from typing import NamedTuple

import numpy as np

from evo.kernels.jit import F64_1, F64_2, I64_1, kernel
from evo.kernels.network import LANES
from evo.kernels.rng import below, uniform
from evo.worlds.grid.body import bumps, moved, perceive
from evo.worlds.grid.knobs import G

_0 = np.int64(0)


class Trace(NamedTuple):
    """What an episode leaves behind, step by step, for the way back through it."""

    inputs: F64_2  # [S, I], bits then reals
    before: F64_2  # [S + 1, H], sums that are squashed; the first is of nobody
    hidden: F64_2  # [S + 1, H], the first is nothing in mind
    chance: F64_2  # [S, A], of each action
    action: I64_1  # [S]
    gradient: F64_1  # [D], of the log of the chance of these actions
    back: F64_2  # [2, H], by what the log changes with the hidden units: of this step and of the next


@kernel(inner=True)
def new_trace(shape, steps, weights):
    """Space for an episode of so many steps at most."""
    inputs, hidden, actions = shape.bits + shape.reals, shape.hidden, shape.actions
    return Trace(
        np.zeros((steps, inputs)), np.zeros((steps + 1, hidden)), np.zeros((steps + 1, hidden)),
        np.zeros((steps, actions)), np.zeros(steps, np.int64), np.zeros(weights), np.zeros((2, hidden)),
    )  # fmt: skip


@kernel(inner=True)
def squashed(x):
    """`squash` of one number, and its slope: x (27 + x^2) / (27 + 9 x^2), flat beyond 3."""
    if x >= 3.0:
        return 1.0, 0.0
    if x <= -3.0:
        return -1.0, 0.0
    square = x * x
    low = 27.0 + 9.0 * square
    return x * (27.0 + square) / low, (27.0 + 3.0 * square) / low - x * (27.0 + square) * 18.0 * x / (low * low)


@kernel(inner=True)
def read_inputs(shape, body, inputs):
    """What lane 0 perceives: its bits, then its reals."""
    for i in range(shape.bits):
        inputs[i] = np.float64(body.words[LANES * (i // 32)] >> np.int32(i % 32) & np.int32(1))
    for i in range(shape.reals):
        inputs[shape.bits + i] = np.float64(body.x[LANES * i])


@kernel(inner=True)
def forward(shape, w, t, trace):
    """Step t of the network: hidden units, and the chance of each action. w: float64[D], in the order of a genome."""
    inputs, hidden, chance = trace.inputs[t], trace.hidden, trace.chance[t]
    units, reals = shape.hidden, shape.reals
    for k in range(units):
        a, at = w[k], units
        for j in range(units):
            a += w[at + units * j + k] * hidden[t, j]
        at += units * units
        for i in range(reals):
            a += w[at + units * i + k] * inputs[shape.bits + i]
        at += units * reals
        for i in range(shape.bits):
            a += w[at + units * i + k] * inputs[i]
        trace.before[t + 1, k], hidden[t + 1, k] = a, squashed(a)[0]
    bias, top = units * (1 + units + reals + shape.bits), -np.inf
    for k in range(shape.actions):
        out = w[bias + k]
        for j in range(units):
            out += w[bias + shape.actions + units * k + j] * hidden[t + 1, j]
        chance[k] = out
        top = max(top, out)
    total = 0.0
    for k in range(shape.actions):
        chance[k] = math.exp(chance[k] - top)
        total += chance[k]
    for k in range(shape.actions):
        chance[k] /= total


@kernel(inner=True)
def backward(shape, w, steps, trace):
    """trace.gradient := of the log of the chance of the actions of so many steps, by each weight."""
    units, reals, actions, gradient = shape.hidden, shape.reals, shape.actions, trace.gradient
    bias = units * (1 + units + reals + shape.bits)
    gradient[:] = 0.0
    here, later = trace.back[0], trace.back[1]
    later[:] = 0.0
    for t in range(steps - 1, -1, -1):
        for j in range(units):
            here[j] = 0.0
            for k in range(units):
                here[j] += w[units + units * j + k] * later[k]
        for k in range(actions):
            d = (1.0 if k == trace.action[t] else 0.0) - trace.chance[t, k]
            gradient[bias + k] += d
            for j in range(units):
                gradient[bias + actions + units * k + j] += d * trace.hidden[t + 1, j]
                here[j] += d * w[bias + actions + units * k + j]
        for k in range(units):
            d = here[k] * squashed(trace.before[t + 1, k])[1]
            later[k] = d
            gradient[k] += d
            at = units
            for j in range(units):
                gradient[at + units * j + k] += d * trace.hidden[t, j]
            at += units * units
            for i in range(reals):
                gradient[at + units * i + k] += d * trace.inputs[t, shape.bits + i]
            at += units * reals
            for i in range(shape.bits):
                gradient[at + units * i + k] += d * trace.inputs[t, i]


@kernel(inner=True)
def episode(knobs, eyes, levels, body, w, q, state, trace):
    """Play level q by chance; its return, and how many steps it took. Senses are without noise."""
    steps, haste, place, bump = np.int64(knobs[G.steps]), knobs[G.haste] / knobs[G.steps], levels.start[q], _0
    trace.hidden[0] = 0.0
    for t in range(steps):
        perceive(eyes, levels.seen, body.scale, body.words, body.x, _0, place, bump)
        read_inputs(body.shape, body, trace.inputs[t])
        forward(body.shape, w, t, trace)
        u, action = uniform(state), _0
        while action < body.shape.actions - 1 and u >= trace.chance[t, action]:
            u -= trace.chance[t, action]
            action += 1
        trace.action[t] = action
        bump = bumps(levels.wall, place, action)
        place = moved(place, action, bump)
        for which in range(2):
            if place == levels.goal[q, which]:
                return levels.worth[q, which] * (1.0 - haste * (t + 1)), t + 1
    return 0.0, steps


@kernel(inner=True)
def climb(knobs, eyes, levels, body, w, count, state, gradient):
    """Play `count` episodes; their mean return, and its gradient by w: float64[D], overwritten."""
    trace = new_trace(body.shape, np.int64(knobs[G.steps]), w.size)
    scaled, paid, best = np.zeros(w.size), 0.0, 0.0
    gradient[:] = 0.0
    for _ in range(count):
        q = below(state, levels.start.size - 1)
        returned, steps = episode(knobs, eyes, levels, body, w, q, state, trace)
        backward(body.shape, w, steps, trace)
        for d in range(w.size):
            gradient[d] += returned * trace.gradient[d]
            scaled[d] += levels.best[q] * trace.gradient[d]
        paid, best = paid + returned, best + levels.best[q]
    share = paid / best if best > 0.0 else 0.0
    for d in range(w.size):
        gradient[d] = (gradient[d] - share * scaled[d]) / count
    return paid / count
