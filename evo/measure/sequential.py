"""An interval of a rate that holds at every number of replicates at once, so that one may stop when it is narrow.

Robbins (1970): with a Beta(a, b) mixture over rates, the mixture's likelihood over that of the true rate p,

    M_n(p) = B(a + k, b + n - k) / (B(a, b) p^k (1 - p)^(n - k)),

is a non-negative martingale of mean 1 under p, so by Ville's inequality it ever reaches 1/alpha with chance alpha at
most. The rates at which it is below 1/alpha are an interval at every n, and all of them together hold p with confidence
1 - alpha, whatever rule stops the run. Here a = b = 1/2. A fixed-n interval such as Wilson's does not promise that.
"""

import math

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


def looks(cap: int = MOST) -> list[int]:
    """Numbers of replicates after which the width is looked at: fixed, so that a batch stops alike on any machine."""
    at = [min(FIRST, cap)]
    while at[-1] < cap:
        at.append(min(cap, max(at[-1] + 1, math.ceil(at[-1] * GROWTH))))
    return at
