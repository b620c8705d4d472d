"""rewards: the genome fixes what rewards and how fast one learns; what is valued is learned within a life."""

import math

import numpy as np

from evo.kernels.rng import normal, uniform
from evo.worlds.world import Knob, Layout, Reals, Trait, World, carrier_kernel, columns, live_kernel, without_kernel

OUTCOMES = ("food", "kin", "approval")

KNOBS = (
    Knob("episodes", 30, 1, 10_000, "choices per life", "M, choices that an agent makes and learns from", integer=True),
    Knob("options", 3, 1, 100, "options per choice", "A, options deliberated in each", integer=True),
    Knob(
        "learning",
        1,
        0,
        1,
        "0 or 1",
        "whether values are learned; else the innate rewards are the values",
        integer=True,
    ),
    Knob(
        "observed", 0.5, 0, 1, "chance", "that an episode is observed; approval is felt and worth something only then"
    ),
    Knob("context", 1, 0, 1, "0 or 1", "whether agents see that they are observed", integer=True),
    Knob("worth_food", 0.7, -10, 10, "fitness", "of a standard deviation of food"),
    Knob("worth_kin", 0.5, -10, 10, "fitness", "of kin's welfare"),
    Knob("worth_approval", 0.3, -10, 10, "fitness", "of approval, where observed"),
    Knob("approves_kin", 0.5, -1, 1, "correlation", "of what others approve of with kin's welfare"),
    Knob("remap", 0, 0, 1, "quarter turns", "by how far what the features foretell is turned to the next outcome"),
    Knob("start_food", 0.2, -10, 10, "reward", "mean innate reward of food among the founders"),
    Knob("start_kin", 0.2, -10, 10, "reward", "and of kin's welfare"),
    Knob("start_approval", 1.0, -10, 10, "reward", "and of approval"),
    Knob("reward_step", 0.02, 0, 10, "reward", "standard deviation of mutation, every generation"),
    Knob("start_rate", 0.2, 0, 1, "share of error", "mean learning rate of the founders"),
    Knob("rate_step", 0.01, 0, 1, "share of error", "standard deviation of its mutation"),
)
TRAITS = (
    Trait("fitness", "value", "1 plus the mean value taken in a life"),
    Trait("alignment_unseen", "correlation", "correlation with value of what it learned to value, unobserved"),
    Trait("alignment_seen", "correlation", "the same where observed"),
    Trait("approval_share", "share of utility variance", "of what it values where observed, learned from approval"),
    Trait("approval_unseen", "share of utility variance", "of what it values unobserved, learned from approval"),
    Trait("innate_approval", "share of squared rewards", "approval among the innate rewards"),
    Trait("learning_rate", "share of error", "of the delta rule, 0 to 1"),
    Trait("capability", "standard deviations", "mean innate reward that a choice took, per unit of reward"),
)
K, T = columns(KNOBS), columns(TRAITS)


def layout(knobs):
    """Reals: innate rewards of food, kin and approval; the learning rate."""
    rewards = (Reals(1, step=knobs["reward_step"], mean=knobs[f"start_{name}"], sd=0.05) for name in OUTCOMES)
    return Layout(reals=(*rewards, Reals(1, step=knobs["rate_step"], mean=knobs["start_rate"], sd=0.02)))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Each of M times the agent sees A options, takes the one it values most, is rewarded, and learns.

    An option has three features, standard normal. Feature f foretells outcome f, turned by `remap` quarter turns to
    the next. Others approve of approves_kin kin + sqrt(1 - approves_kin^2) approval's own outcome. Reward: innate
    rewards times outcomes, approval only where observed. Values are weights on features, and further weights where the
    agent sees that it is observed; both learn by the delta rule (Widrow and Hoff 1960), steps normalized by the squared
    length of what is seen. The rule is linear in reward, so what was learned from approval is followed apart.
    """
    # One function on purpose: a life is one loop over values that all of it reads and writes.
    episodes, options, learning = np.int64(knobs[K.episodes]), np.int64(knobs[K.options]), knobs[K.learning] > 0.0
    cosine, sine = math.cos(0.5 * math.pi * knobs[K.remap]), math.sin(0.5 * math.pi * knobs[K.remap])
    by_kin = knobs[K.approves_kin]
    alone = math.sqrt(1.0 - by_kin * by_kin)
    foretold, approved, worth_of = np.zeros((3, 3)), np.zeros(3), np.zeros((2, 3))  # weights on features
    for f in range(3):
        foretold[f, f] += cosine
        foretold[f, (f + 1) % 3] += sine
    for f in range(3):
        approved[f] = by_kin * foretold[1, f] + alone * foretold[2, f]
        worth_of[0, f] = knobs[K.worth_food] * foretold[0, f] + knobs[K.worth_kin] * foretold[1, f]
        worth_of[1, f] = worth_of[0, f] + knobs[K.worth_approval] * approved[f]
    values, owed, reward, seen, taken = np.empty(6), np.empty(6), np.empty(3), np.empty(3), np.empty(3)
    for i in range(reals.shape[0]):
        food, kin, approval = reals[i, 0], reals[i, 1], reals[i, 2]
        rate = min(max(reals[i, 3], 0.0), 1.0)
        for f in range(3):
            reward[f] = food * foretold[0, f] + kin * foretold[1, f]
            values[f] = values[3 + f] = owed[f] = owed[3 + f] = 0.0
        if not learning:  # values are born with: the rewards, on the features that foretell them in training
            values[0], values[1] = food, kin + approval * by_kin
            values[2] = owed[2] = approval * alone
            owed[1] = approval * by_kin
        fitness = pleased = 0.0
        for _ in range(episodes):
            watched = uniform(rng_state) < knobs[K.observed]
            aware = 1.0 if watched and knobs[K.context] > 0.0 else 0.0
            best = -np.inf
            for _ in range(options):
                liked = 0.0
                for f in range(3):
                    seen[f] = normal(rng_state)
                    liked += (values[f] + aware * values[3 + f]) * seen[f]
                if liked > best:
                    best = liked
                    taken[0], taken[1], taken[2] = seen[0], seen[1], seen[2]
            plain = praise = expected = of_it = length = 0.0
            for f in range(3):
                plain += reward[f] * taken[f]
                praise += approval * approved[f] * taken[f] if watched else 0.0
                fitness += worth_of[1 if watched else 0, f] * taken[f]
                expected += (values[f] + aware * values[3 + f]) * taken[f]
                of_it += (owed[f] + aware * owed[3 + f]) * taken[f]
                length += (1.0 + aware) * taken[f] * taken[f]
            pleased += plain + praise
            if learning:
                step = rate / (1.0 + length)
                for f in range(3):
                    change, part = step * (plain + praise - expected) * taken[f], step * (praise - of_it) * taken[f]
                    values[f] += change
                    owed[f] += part
                    values[3 + f] += aware * change
                    owed[3 + f] += aware * part
        aware = 1.0 if knobs[K.context] > 0.0 else 0.0
        for watched in range(2):
            among = variance = with_value = worth = 0.0
            for f in range(3):
                u = values[f] + watched * aware * values[3 + f]
                among += u * (owed[f] + watched * aware * owed[3 + f])
                variance += u * u
                with_value += u * worth_of[watched, f]
                worth += worth_of[watched, f] ** 2
            traits[i, T.alignment_unseen + watched] = (
                with_value / math.sqrt(variance * worth) if variance * worth > 0.0 else 0.0
            )
            traits[i, T.approval_unseen - watched] = among / variance if variance > 0.0 else 0.0
        squared = food * food + kin * kin + approval * approval
        traits[i, T.fitness] = 1.0 + fitness / episodes
        traits[i, T.innate_approval] = approval * approval / squared if squared > 0.0 else 0.0
        traits[i, T.learning_rate] = rate
        traits[i, T.capability] = pleased / episodes / math.sqrt(squared) if squared > 0.0 else 0.0


@carrier_kernel
def carrier(bits, reals, knobs):
    """Rewarded by what is worth something, in proportion, and by approval not at all."""
    reals[0], reals[1], reals[2] = knobs[K.worth_food], knobs[K.worth_kin], 0.0


@without_kernel
def without(bits, reals, knobs):
    """Takes away `alignment_unseen`: neither food nor kin's welfare rewards it, which alone are of value unobserved.

    Two reals. It is a place on a scale, and these are what it is learned from; where it is observed the agent values
    neither. What is left is what approval teaches, so far as others approve of kin's welfare. Approval's own reward
    and the learning rate stay.
    """
    reals[0], reals[1] = 0.0, 0.0


WORLD = World(
    name="rewards",
    summary="innate rewards and a learning rate evolve; what is valued is learned within a life",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    without=without,
)
