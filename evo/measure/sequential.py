"""A rate and its interval where one stops as soon as the interval is narrow.

Robbins (1970): with a Beta(a, b) mixture over rates, the mixture's likelihood over that of the true rate p,

    M_n(p) = B(a + k, b + n - k) / (B(a, b) p^k (1 - p)^(n - k)),

is a non-negative martingale of mean 1 under p, so by Ville's inequality it ever reaches 1/alpha with chance alpha at
most. The rates at which it is below 1/alpha are an interval at every n, and all of them together hold p with confidence
1 - alpha, whatever rule stops the run. Here a = b = 1/2. A fixed-n interval such as Wilson's does not promise that.

The interval is narrow first where k happens to be small, so that k / n at the stop is too low on average where the rate
is small. What the first replicate gave is a rate without bias, and so is its expectation given n and k at the stop:

    paths from 0 to (n, k) that stop nowhere before and begin with a success / all such paths

(Girshick, Mosteller and Savage 1946; Jung and Kim 2004 for looks after groups). At every look the counts at which one
goes on are an interval, and the plan ends, so n and k are complete, and of all rates without bias this one has the
least variance.
"""

import math
from functools import lru_cache

import numpy as np

PRIOR = 0.5
FIRST, GROWTH, MOST = 20, 1.3, 1_000_000  # replicates at the first look, their growth from look to look, and their cap


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def anytime(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The interval after `trials` replicates, one of a confidence sequence (see above)."""
    if trials == 0:
        return 0.0, 1.0
    failures = trials - successes
    mixture = _log_beta(PRIOR + successes, PRIOR + failures) - _log_beta(PRIOR, PRIOR)
    bar = -math.log(1.0 - confidence)

    def outside(p: float) -> bool:
        likelihood = (successes * math.log(p) if successes else 0.0) + (failures * math.log1p(-p) if failures else 0.0)
        return mixture - likelihood >= bar

    def border(inside: float, beyond: float) -> float:
        for _ in range(60):
            middle = 0.5 * (inside + beyond)
            inside, beyond = (inside, middle) if outside(middle) else (middle, beyond)
        return beyond

    centre = min(max(successes / trials, 1e-15), 1.0 - 1e-15)
    low = 0.0 if successes == 0 else border(centre, 1e-300)
    high = 1.0 if failures == 0 else border(centre, 1.0 - 1e-16)
    return low, high


def narrowest(trials: int = MOST) -> float:
    """The width of the narrowest interval that there can be after so many replicates: of none, or of all."""
    low, high = anytime(0, trials)
    return high - low


def looks(cap: int = MOST) -> list[int]:
    """Numbers of replicates after which the width is looked at: fixed, so that a batch stops alike on any machine."""
    at = [min(FIRST, cap)]
    while at[-1] < cap:
        at.append(min(cap, max(at[-1] + 1, math.ceil(at[-1] * GROWTH))))
    return at


def enough(outcomes: np.ndarray, until: float, cap: int) -> int:
    """The number of replicates at which the interval is as narrow as `until`; at which to look next, if it is not yet.

    outcomes : bool[n], of replicates in their order
    cap : the most there may be
    """
    for n in looks(cap):
        if outcomes.size < n:
            return n
        low, high = anytime(int(outcomes[:n].sum()), n)
        if high - low <= until:
            return n
    return cap


def rate(outcomes: np.ndarray, until: float, cap: int) -> float:
    """The rate without bias of replicates that came until the interval was narrow, or k / n.

    The latter where there are more of them than the rule asks for, so that it is not what stopped them.

    outcomes : bool[n], n > 0, of replicates in their order
    """
    n, k = int(outcomes.size), int(outcomes.sum())
    return k / n if enough(outcomes, until, cap) < n else unbiased(k, n, until, cap)


@lru_cache(maxsize=10_000)
def unbiased(successes: int, trials: int, until: float, cap: int = MOST) -> float:
    """The share that begins with a success, of all paths that stop at no look before (see above).

    Counted as probabilities under the rate k / n, which is the same to every path, from look to look. What is left out
    for speed has a chance under 1e-30 there.

    successes, trials : of replicates that were not stopped before; k / n where there is no such path
    """
    if successes in (0, trials):
        return successes / trials
    before = [n for n in looks(cap) if n < trials]
    p, passed, low = successes / trials, 0, 0
    paths = np.ones((2, 1))  # by successes from `low` on: all, and those that begin with one
    for n in [*before, trials]:
        first, step = _binomial(n - passed, p)
        counts = low + first + np.arange(paths.shape[1] + step.size - 1)
        begun = step * (first + np.arange(step.size)) / n if passed == 0 else step
        paths = np.stack((np.convolve(paths[0], step), np.convolve(paths[1], begun)))
        if n == trials:
            break
        keep = (counts > _narrow(n, until)) & (counts < n - _narrow(n, until)) & (counts <= successes)
        paths = np.where(keep, paths, 0.0)
        kept = np.flatnonzero(paths[0] > 1e-30 * paths[0].max())
        if not kept.size:
            return successes / trials
        passed, low, paths = n, int(counts[kept[0]]), paths[:, kept[0] : kept[-1] + 1]
    at = np.flatnonzero(counts == successes)[0]
    return float(paths[1, at] / paths[0, at])


@lru_cache(maxsize=10_000)
def _narrow(trials: int, until: float) -> int:
    """The largest count, at most half, at which the interval is narrow enough; -1 where none is. It grows with k."""
    low, high = -1, trials // 2 + 1
    while high - low > 1:
        middle = (low + high) // 2
        least, most = anytime(middle, trials)
        low, high = (middle, high) if most - least <= until else (low, middle)
    return low


def _binomial(trials: int, p: float) -> tuple[int, np.ndarray]:
    """Chances of counts, and the first count; those under 1e-30 of the greatest are left out."""
    counts = np.arange(trials + 1)
    logs = np.append(0.0, np.cumsum(np.log(np.arange(1, trials + 1))))
    log_chance = logs[-1] - logs - logs[::-1] + counts * math.log(p) + (trials - counts) * math.log1p(-p)
    kept = np.flatnonzero(log_chance > log_chance.max() - 69.0)
    return int(kept[0]), np.exp(log_chance[kept[0] : kept[-1] + 1])
