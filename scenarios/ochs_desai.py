"""ochs_desai: one step uphill, or a valley of two steps to another peak; whoever takes one cannot take the other."""

import math

import numpy as np
from scipy.linalg import solve_banded

from evo.kernels.genome import get_locus, set_locus
from evo.worlds.classes import by_ones, count_by_ones
from evo.worlds.closed_form import establishment_probability, fixation_probability, tunnelling
from evo.worlds.world import (
    Knob,
    Layout,
    Loci,
    Theory,
    Trait,
    World,
    carrier_kernel,
    columns,
    live_kernel,
    without_kernel,
)

KNOBS = (
    Knob("uphill_rate", 5e-6, 0, 1, "per generation", "mutation uphill"),
    Knob("intermediate_rate", 5e-5, 0, 1, "per generation", "mutation into the valley"),
    Knob("valley_rate", 5e-5, 0, 1, "per generation", "mutation from the valley to the far peak"),
    Knob("uphill_advantage", 0.03, 0, 10, "fitness", "what the step uphill is worth"),
    Knob("intermediate_cost", 0, 0, 1, "fitness", "what the valley costs"),
    Knob("valley_advantage", 0.07, 0, 10, "fitness", "what the far peak is worth"),
)
TRAITS = (
    Trait("fitness", "offspring, relative", "of the five genotypes"),
    Trait("crossed", "-1, 0 or 1", "1 on the far peak, -1 uphill, else 0"),
)
K, T = columns(KNOBS), columns(TRAITS)
TAKEN = 0.95  # of the population: then a peak is taken, and the scenario stops


def layout(knobs):
    """Locus 0 is the step uphill, 1 the valley, 2 the far peak."""
    rates = (knobs["uphill_rate"], knobs["intermediate_rate"], knobs["valley_rate"])
    return Layout(loci=tuple(Loci(1, rate, 0.0) for rate in rates))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """The second step without the first, or either with the step uphill, is lethal: so steps come in order."""
    for i in range(bits.shape[0]):
        uphill, valley, peak = (get_locus(bits[i], 0), get_locus(bits[i], 1), get_locus(bits[i], 2))
        if (uphill and (valley or peak)) or (peak and not valley):
            traits[i, T.fitness] = 0.0
        elif uphill:
            traits[i, T.fitness] = 1.0 + knobs[K.uphill_advantage]
        elif peak:
            traits[i, T.fitness] = 1.0 + knobs[K.valley_advantage]
        else:
            traits[i, T.fitness] = 1.0 - knobs[K.intermediate_cost] * valley
        traits[i, T.crossed] = 0.0 if traits[i, T.fitness] == 0.0 else np.float64(peak) - np.float64(uphill)


@carrier_kernel
def carrier(bits, reals, knobs):
    """On the far peak."""
    set_locus(bits, 0, 0)
    set_locus(bits, 1, 1)
    set_locus(bits, 2, 1)


@without_kernel
def without(bits, reals, knobs):
    """Takes away the far peak, `crossed` above 0: back in the valley. One locus."""
    if get_locus(bits, 0) == 0 and get_locus(bits, 1) == 1:
        set_locus(bits, 2, 0)


def _success_by_drift(size, rate, cost, success):
    """The chance that one individual in the valley comes through: its kind fixes, or gives a far peak that stays.

    From frequency x it fails by chance v(x): x (1 - x) v'' / 2N - cost x (1 - x) v' = N rate success x v, v(0) = 1,
    v(1) = 0, the diffusion that is ended by the first success. By finite differences on x = y^2.
    """
    x = np.linspace(0.0, 1.0, 4001) ** 2
    left, right, inner = np.diff(x)[:-1], np.diff(x)[1:], x[1:-1]
    spread, pull, both = (1.0 - inner) / size, cost * (1.0 - inner), left + right
    bands = np.zeros((3, inner.size))
    before, after = spread / (left * both) + pull / both, spread / (right * both) - pull / both
    bands[1] = -spread / (left * right) - size * rate * success
    bands[0, 1:], bands[2, :-1] = after[:-1], before[1:]
    given = np.zeros(inner.size)
    given[0] = -before[0]
    fails = np.concatenate(([1.0], solve_banded((1, 1), bands, given), [0.0]))
    return 1.0 - float(np.interp(1.0 / size, x, fails))


def _sweep(size, rate, advantage, establishes):
    """Frequencies uphill in each generation, from the first mutant that stays: its kind's typical size, then growth.

    A kind that stays is as if it had started from W / (N p), W exponential of mean 1, whose mean logarithm is -gamma.
    """
    x = [min(1.0, math.exp(-np.euler_gamma) / (size * establishes))]
    while x[-1] < 1.0 - 1e-9 and len(x) < 100_000:
        grown = (1.0 + advantage) * x[-1] / (1.0 + advantage * x[-1])
        x.append(grown + (1.0 - grown) * rate)
    return x


def _too_late(x, size, up, far, establishes):
    """Whether a far peak that arises while the frequency uphill is x comes too late: uphill has reached TAKEN by then.

    Both grow against those that have taken neither; uphill has its most where the far peak is up / (far - up) of those.
    """
    if far <= up or x >= 1.0:
        return True
    turn = up / (far - up)
    wait = max(0.0, math.log(turn * size * establishes * (1.0 - x)) / math.log1p(far))
    return x / (1.0 - x) * (1.0 + up) ** wait > TAKEN / (1.0 - TAKEN) * (1.0 + turn)


def _race(size, knobs, uphill, through):
    """The chance that the far peak is taken: steps uphill that stay come at N mu_u p_u a generation, from the first on.

    A lineage in the valley succeeds by u and one on the far peak stays by p: branching processes followed backward in
    time, while those uphill raise mean fitness. uphill: p_u; through: by how much drift in N raises u.
    """
    up, far, cost = knobs["uphill_advantage"], knobs["valley_advantage"], knobs["intermediate_cost"]
    out, tries = knobs["valley_rate"], through * size * knobs["intermediate_rate"]
    # p is that among those uphill, at the end; u + p of one generation follow from those of the next.
    p, u, begun, late = establishment_probability((1.0 + far) / (1.0 + up) - 1.0), 0.0, 0.0, True
    for x in reversed(_sweep(size, knobs["uphill_rate"], up, uphill)):
        late = late and _too_late(x, size, up, far, max(p, 1e-300))
        begun += tries * (1.0 - x) / (1.0 + up * x) * u
        u = -math.expm1(-((1.0 - out) * u + out * p * (not late)) * (1.0 - cost) / (1.0 + up * x))
        p = -math.expm1(-(1.0 + far) / (1.0 + up * x) * p)
    crossed, waits, here = 0.0, 1.0, -math.expm1(-size * knobs["uphill_rate"] * uphill)
    for _ in range(100_000):  # generations before the first step uphill, one more each time
        crossed += waits * here * -math.expm1(-begun)
        waits *= 1.0 - here
        begun += tries * u
        before, u = u, -math.expm1(-((1.0 - out) * u + out * p) * (1.0 - cost))
        p = -math.expm1(-(1.0 + far) * p)
        if abs(u - before) <= 1e-9 * u:
            break
    # From here on a generation more is worth the same each time.
    return crossed + waits * (1.0 - math.exp(-begun) * here / (1.0 - (1.0 - here) * math.exp(-tries * u)))


def theory(knobs, population):
    """Sequential fixation with both ways competing where N is small, tunnelling against a sweep where it is large."""
    size, rates = population["size"], [knobs[f"{step}_rate"] for step in ("uphill", "intermediate", "valley")]
    up, far, cost = knobs["uphill_advantage"], knobs["valley_advantage"], knobs["intermediate_cost"]
    needs = (
        ("a rate or an advantage is 0", min(*rates, up, far) > 0.0),
        ("the far peak is not above the step uphill", far > up),
        ("more than one deme", population["demes"] == 1),
        ("selection is not proportional", population["scheme"] == "proportional"),
        ("carriers are there from the start", population["carriers"] == 0),
    )
    broken = [reason for reason, so in needs if not so]
    found = {}
    if not broken:
        # Kimura's diffusion, of log fitness: for generations that do not overlap it holds to s^2 (Haldane 1927).
        uphill, far_stays = (fixation_probability(math.log1p(s), size) for s in (up, far))
        tunnel = tunnelling(2, rates[2], cost, far)[0]
        drift = _success_by_drift(size, rates[2], cost, far_stays) if size * tunnel < 300.0 else tunnel
        each = size * rates[0] * uphill, size * rates[1] * drift
        found = {
            "p_u, one step uphill stays": uphill,
            "p_1, one step into the valley comes through": drift,
            "N mu_u p_u, steps uphill that stay, per generation": each[0],
            "N mu_i p_1, crossings, per generation": each[1],
            "share that crosses, one step at a time: mu_i p_1 / (mu_i p_1 + mu_u p_u)": each[1] / sum(each),
            "share that crosses": _race(size, knobs, uphill, drift / tunnel),
        }
        if population["generations"] < 5.0 / sum(each) + 2.0 * math.log(size) / up:
            broken.append("too short: T is under 5 waits and a sweep")
    regime = "the first way that stays is taken, unless the far peak comes before the sweep of the step uphill is over"
    return Theory(
        realized=None if broken else found["share that crosses"],
        holds=not broken,
        regime=regime + (": " + "; ".join(broken) if broken else ""),
        rates=found,
    )


WORLD = World(
    name="ochs_desai",
    summary="one step uphill against a valley of two",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    classes=lambda knobs: by_ones(layout(knobs)),  # every genotype is one, the lethal ones too
    class_count=lambda knobs: count_by_ones(layout(knobs)),
    without=without,
    theory=theory,
)
