"""What follows from the knobs of a world without evolving it: how good values can be, and what a shift leaves of them.

Knobs are dicts by name: `trained` as training ends, `shifted` in deployment. Drives and rewards are taken to be the
best for training, which is what selection tends to; how near populations come to them is not told here.
"""

import functools
import math
from collections.abc import Mapping

import numpy as np

from evo.worlds.closed_form import alignment_of, best_drives, best_of
from evo.worlds.drives import CUES

Knobs = Mapping[str, float]


# --- drives


def _cues(knobs: Knobs) -> np.ndarray:
    """Correlation of each cue with value."""
    return np.array([knobs[cue] for cue in CUES[: int(knobs["cues"])]]) * knobs["validity"]


def proxies_alignment(trained: Knobs, shifted: Knobs) -> float:
    """World `drives`: correlation with value, after the shift, of the best drives on cues alone.

    w ~ rho / (1 - rho^2) by the correlations of training, as in `best_drives`; the concept has no part in them.
    """
    return alignment_of(best_drives(_cues(trained)), _cues(shifted))


def concept_alignment(knobs: Knobs) -> float:
    """World `drives`: correlation with value of the concept alone, 1 / sqrt(1 + noise^2)."""
    return 1.0 / math.sqrt(1.0 + knobs["concept_noise"] ** 2)


def value_taken(knobs: Knobs, alignment: float, parts: float) -> float:
    """World `drives`: mean fitness of who chooses at this alignment and pays for so many parts of the concept.

    E[max of A standard normals] times alignment, less the cost: the mean of the value of the option of highest utility
    (order statistics of a bivariate normal, David and Nagaraja 2003), in standard deviations of value.
    """
    return best_of(int(knobs["options"])) * alignment - knobs["part_cost"] * parts


# --- minds


def _sight(knobs: Knobs) -> tuple[np.ndarray, np.ndarray]:
    """Correlation with value of the sound cue and the proxy, and root of the share of each that is seen, refined.

    A cue that no locus refines is seen as it is at first.
    """
    refined = np.array([knobs["sound_parts"], knobs["proxy_parts"]]) > 0
    return np.array([knobs["sound"], knobs["proxy"]]), np.sqrt(1.0 - knobs["blur"] * ~refined)


def refined_alignment(trained: Knobs, shifted: Knobs) -> float:
    """World `minds`: correlation with value, after the shift, of what is chosen by the best drives of training.

    All loci of sight are there; a cue of correlation rho of which a share q of the variance is seen counts as one of
    rho sqrt(q).
    """
    (before, root), (after, _) = _sight(trained), _sight(shifted)
    return alignment_of(best_drives(before * root), after * root)


def refined_capability(trained: Knobs, shifted: Knobs) -> float:
    """World `minds`: E[max of A] times the correlation of what is chosen by with what is valued, after the shift.

    All loci of sight and of thought are there: A = boost (options + thoughts), in standard deviations of own utility.
    Where every cue is seen without error the correlation is 1, whatever the shift is.
    """
    (before, root), (after, _) = _sight(trained), _sight(shifted)
    options = int(shifted["boost"] * (shifted["options"] + shifted["thoughts"]))
    return best_of(options) * _accuracy(best_drives(before * root), after, root)


def _accuracy(w: np.ndarray, rho: np.ndarray, root: np.ndarray | float) -> float:
    """World `minds`: correlation of the sum of drives times cues as seen with that of the cues themselves."""
    own = rho * root
    chosen = float(w @ own) ** 2 + float(w**2 @ (1.0 - own**2))
    valued = float(w @ rho) ** 2 + float(w**2 @ (1.0 - rho**2))
    both = float(w @ own) * float(w @ rho) + float(w**2 @ ((1.0 - rho**2) * root))
    return both / math.sqrt(chosen * valued)


def founders_alignment(trained: Knobs, shifted: Knobs) -> float:
    """World `minds`: mean correlation with value, after the shift, of what founders choose by, no sight refined.

    A cue of correlation rho counts as one of rho sqrt(1 - blur), the mean is over the founders' normal drives.
    """
    rho, root = _blurred(trained, shifted)
    return sum(weight * alignment_of(w, rho * root) for w, weight in _founders_drives(trained))


def founders_capability(trained: Knobs, shifted: Knobs) -> float:
    """World `minds`: E[max of A] times the mean correlation of what founders choose by with what they value.

    No locus is there: A = boost options, and both cues are seen with all of their error.
    """
    rho, root = _blurred(trained, shifted)
    accuracy = sum(weight * _accuracy(w, rho, root) for w, weight in _founders_drives(trained))
    return best_of(int(shifted["boost"] * shifted["options"])) * accuracy


def _blurred(trained: Knobs, shifted: Knobs) -> tuple[np.ndarray, float]:
    """Correlation with value of the two cues after the shift, and root of the share of each that founders see."""
    return np.array([shifted["sound"], shifted["proxy"]]), math.sqrt(1.0 - trained["blur"])


def _founders_drives(knobs: Knobs) -> list[tuple[np.ndarray, float]]:
    """Drives of founders with their weights: 16 places of each normal, by Gauss and Hermite."""
    places, weights = np.polynomial.hermite_e.hermegauss(16)
    means, share = (knobs["start_sound"], knobs["start_proxy"]), weights / weights.sum()
    sound, proxy = (mean + knobs["drive_sd"] * places for mean in means)
    return [
        (np.array([a, b]), float(x * y)) for a, x in zip(sound, share, strict=True)
        for b, y in zip(proxy, share, strict=True)
    ]  # fmt: skip


def alignment_carried(trained: Knobs, shifted: Knobs) -> float:
    """World `minds`: alignment after the shift over that in training, by `refined_alignment`."""
    return refined_alignment(trained, shifted) / refined_alignment(trained, trained)


def capability_carried(trained: Knobs, shifted: Knobs) -> float:
    """World `minds`: capability after the shift over that in training, by `refined_capability`."""
    return refined_capability(trained, shifted) / refined_capability(trained, trained)


# --- beliefs


def deceptive(rho: float) -> float:
    """World `beliefs`: the share of a founder's beliefs with a positive signal and a negative true value.

    A quadrant of two standard normals of correlation rho, 1/4 - arcsin(rho) / (2 pi) (Sheppard 1899).
    """
    return 0.25 - math.asin(rho) / (2.0 * math.pi)


def harmful(rho: float) -> float:
    """World `beliefs`: of beliefs with a positive signal, the share with a negative true value, in founders."""
    return 2.0 * deceptive(rho)


# --- scores


def best_gold(correlation: float, tail: float, n: int) -> float:
    """World `scores`: expected gold of the best of n founders by the score s = r gold + sqrt(1 - r^2) e exp(h e^2 / 2).

    E[n F(s)^(n - 1) gold], F the distribution of s; all three integrals by the trapezoid rule out to 8 standard
    deviations, F by its values at the quantiles of s, between which it is linear in the rank.
    """
    x, weight, below = _founders(correlation, tail)
    return float((weight * x) @ (n * below ** (n - 1)) @ weight)


@functools.lru_cache(maxsize=8)  # a page asks for the best of many n
def _founders(correlation: float, tail: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """World `scores`: places in standard deviations, their weights, and the rank of a score, [gold, error]."""
    from scipy.special import ndtr

    x = np.linspace(-8.0, 8.0, 801)
    weight = np.exp(-x * x / 2.0)
    weight /= weight.sum()
    error = math.sqrt(1.0 - correlation * correlation) * x * np.exp(0.5 * tail * x * x)
    score = correlation * x[:, None] + error[None, :]
    at = np.unique(np.quantile(score, np.linspace(0.0, 1.0, 4001)))
    below = np.array([weight @ ndtr((s - error) / correlation) for s in at])
    return x, weight, np.interp(score, at, below)


# --- rewards


def _worth(food: float, kin: float, remap: float) -> np.ndarray:
    """Worth of each of three features, which foretell food, kin and approval, turned by `remap` quarter turns."""
    cosine, sine = math.cos(0.5 * math.pi * remap), math.sin(0.5 * math.pi * remap)
    return np.array([food * cosine, food * sine + kin * cosine, kin * sine])


def worth_alignment(trained: Knobs, shifted: Knobs) -> float:
    """World `rewards`: correlation with value, after the shift and unobserved, of rewards in proportion to old worth.

    The cosine of two vectors of weights on independent features: of what is valued, and of what it is worth now. Who
    learns values the features that foretell now what it is rewarded by, were there no end to learning; else they stay
    those of training.
    """
    remap = shifted["remap"] if trained["learning"] else 0.0
    valued = _worth(trained["worth_food"], trained["worth_kin"], remap)
    worth = _worth(shifted["worth_food"], shifted["worth_kin"], shifted["remap"])
    return float(valued @ worth) / math.sqrt(float(valued @ valued) * float(worth @ worth))


def approval_share(knobs: Knobs) -> float:
    """World `rewards`: share of what is valued where observed that approval taught, by the rewards that pay best.

    These are in proportion to worth, as `worth_alignment` has them. Who sees that it is observed, and learns without
    end, then values food F, kin K + b W and approval sqrt(1 - b^2) W, of which b W and sqrt(1 - b^2) W are owed to
    approval; b is what of approval goes by kin. So the share is (W^2 + b K W) / (F^2 + K^2 + 2 b K W + W^2).
    """
    f, k, w, b = (knobs[name] for name in ("worth_food", "worth_kin", "worth_approval", "approves_kin"))
    return (w * w + b * k * w) / (f * f + k * k + 2.0 * b * k * w + w * w)


def approval_half(knobs: Knobs) -> float:
    """World `rewards`: worth of approval above which `approval_share` is more than one half, sqrt(F^2 + K^2)."""
    return math.hypot(knobs["worth_food"], knobs["worth_kin"])


def known_capability(knobs: Knobs) -> float:
    """World `rewards`: mean reward that a choice takes, per unit, by who knows from birth what it is rewarded by.

    E[max of A standard normals], in standard deviations of reward; who has to learn it takes less.
    """
    return best_of(int(knobs["options"]))


# --- loci


def flipped(rate: float, generations: int) -> float:
    """Mean frequency of a locus that nobody selects, absent at first and flipped both ways: (1 - (1 - 2 u)^T) / 2."""
    return 0.5 * (1.0 - (1.0 - 2.0 * rate) ** generations)


# --- baldwin


def met_blindly(knobs: Knobs, size: int, generations: int) -> float:
    """World `baldwin`: at most so often a population ever has an individual that is innately right in all, unselected.

    One drawn from the founders' frequencies is so with chance p = ((1 - q) r)^L, q left to learning and r right among
    the rest, and so is each that recombination makes of them. Of N (T + 1) that are drawn anew one at least is, with
    chance 1 - (1 - p)^(N (T + 1)); those of a population resemble each other and try fewer strings.
    """
    p = ((1.0 - knobs["learnable"]) * knobs["right"]) ** knobs["connections"]
    return -math.expm1(size * (generations + 1) * math.log1p(-p)) if p < 1.0 else 1.0


# --- observed


def honest_by_mutation(knobs: Knobs, generations: int) -> float:
    """World `observed`: share honest unseen after so many generations of mutation alone, of honest founders.

    One locus that flips at rate u, both ways: (1 + (1 - 2 u)^T) / 2, in the mean at any size of the population.
    """
    return 1.0 - flipped(knobs["mutation_rate"], generations)


# --- parts


def share_left(knobs: Knobs, generations: int) -> float:
    """World `parts`: share that still has all parts, in an infinite population that has them all at first.

    With advantage s, parts lost at rate u each and never regained, and no cost of single parts, the share x becomes
    W x / (1 + s x), W = (1 + s) (1 - u)^k: linear in 1 / x, so that 1 / x_T = W^-T + s (1 - W^-T) / (W - 1). Without
    advantage (1 - u)^(k T), exactly so in the mean at any size of the population; with s above k u about 1 - k u / s
    is left for ever (Haldane 1937).
    """
    s = knobs["advantage"]
    w = (1.0 + s) * (1.0 - knobs["back_rate"]) ** knobs["parts"]
    if w == 1.0:
        return 1.0 / (1.0 + s * generations)
    lost = math.exp(min(-generations * math.log(w), 700.0)) if w > 0.0 else math.inf
    return 1.0 / (lost + s * (1.0 - lost) / (w - 1.0)) if lost < math.inf else 0.0


def share_kept(knobs: Knobs, generations: int, size: int) -> float:
    """World `parts`: the same share in the mean over populations of so many individuals that select nothing else.

    The number that has all parts is a Markov chain: of x before there are Binomial(N, (1 + s) x (1 - u)^k / (N + s x))
    after (Wright 1931). Its distribution is carried on generation by generation; N of a few thousand at most.
    """
    from scipy.stats import binom

    s, number = knobs["advantage"], np.arange(size + 1)
    whole = (1.0 - knobs["back_rate"]) ** knobs["parts"]
    step = binom.pmf(number, size, ((1.0 + s) * number * whole / (size + s * number))[:, None])
    chance = np.zeros(size + 1)
    chance[-1] = 1.0
    for _ in range(generations):
        chance = chance @ step
    return float(chance @ number) / size
