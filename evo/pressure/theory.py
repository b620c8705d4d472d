"""What to expect of selection schemes in a population of N, written apart from the kernels so that the one can be held
to the other. Fitness is normal before selection (Blickle and Thiele 1996).

Everything is the exact expectation at that N, but what `is_exact` says is not, which is the limit of many individuals:

- Schemes of ranks follow from e(r), the expected offspring of rank r of n (0 the fittest). An individual of fitness z
  has rank r with the binomial chance that r of n - 1 others are fitter.
- Proportional schemes weigh by 1 + CV z over its mean. The mean of normals is independent of their differences.
- Boltzmann weighs by w = exp(parameter z) over their sum S, of which 1 / S = integral of e^(-t S) dt.
- Selection intensity is over the sample's own standard deviation s: (z - mean) / s is independent of s (Basu 1955), so
  E[(z_r - mean) / s] = E[z_r] / E[s] for every rank.
"""

from functools import lru_cache

import numpy as np
from scipy import special, stats

from evo.pressure.subject import CV

GRID = 4001  # points of the grid over a normal
RANKED = 3000  # individuals up to which the binomial law of ranks is summed
STRONGEST = 5.0  # inverse temperature up to which the integrals over the normal are fine enough
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def mean_sd(n: int) -> float:
    """Expected standard deviation, over n, of n standard normals (Cochran 1934)."""
    return float(np.sqrt(2.0 / n) * np.exp(special.gammaln(n / 2) - special.gammaln((n - 1) / 2)))


def rank_shares(scheme: str, parameter: float, n: int) -> np.ndarray | None:
    """Expected offspring of each rank, the fittest first, shape (n,), sum n; None where fitness itself decides."""
    rank = np.arange(n)
    if scheme == "tournament":
        return n * (((n - rank) / n) ** parameter - ((n - rank - 1) / n) ** parameter)
    if scheme == "truncation":
        kept = max(1, int(np.ceil(parameter * n - 1e-9)))
        return np.where(rank < kept, n / kept, 0.0)
    if scheme == "linear_ranking":
        return parameter - 2.0 * (parameter - 1.0) * rank / (n - 1)
    if scheme == "exponential_ranking":
        weight = parameter ** rank.astype(float)
        return n * weight / weight.sum()
    return None


def _of_rank(z: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Expected offspring of an individual of fitness z among n - 1 others drawn from the normal."""
    n = shares.size
    if n <= RANKED:
        return np.asarray(stats.binom.pmf(np.arange(n)[None, :], n - 1, stats.norm.sf(z)[:, None]) @ shares)
    return np.interp(stats.norm.sf(z) * n, np.arange(n) + 0.5, shares)


def _normal(points: int = GRID) -> tuple[np.ndarray, np.ndarray]:
    """A grid over the standard normal, and its weights."""
    z = np.linspace(-9.0, 9.0, points)
    density = stats.norm.pdf(z)
    return z, density / density.sum()


@lru_cache(maxsize=100)
def _boltzmann(parameter: float, n: int) -> tuple[float, float, float, float]:
    """Mean of z and of z^2 over offspring, mean of e^2, and e of the fittest; e = n w / S, w = exp(parameter z).

    With x = t w and f(t) = E[e^-x]: E[g(z) w / S] = integral of E[g(z) x e^-x] f^(n - 1) d log t, and for w^2 / S^2 the
    same with x^2. That of the fittest has e^-x of less fit ones alone in f.
    """
    z, mass = _normal(2001)
    log_t = np.arange(-np.log(n) - 9.0 * parameter - 14.0, 9.0 * parameter + 5.0, 0.05)
    sums = np.zeros(4)
    for part in np.array_split(log_t, max(1, log_t.size // 200)):
        x = np.exp(part[:, None] + parameter * z)
        left = np.exp(-x) * mass
        once, others = x * left, left.sum(axis=1) ** (n - 1)
        below = np.maximum(np.cumsum(left, axis=1) - 0.5 * left, 0.0) ** (n - 1)
        sums += 0.05 * np.array([
            n * (others @ (once @ z)), n * (others @ (once @ z**2)), n**2 * (others @ (once * x).sum(axis=1)),
            n**2 * (once * below).sum(),
        ])  # fmt: skip
    return tuple(float(value) for value in sums)  # type: ignore[return-value]


def _proportional(n: int) -> tuple[float, float]:
    """Mean of z and of z^2 over offspring: given the mean a of all, each is normal of mean a and variance 1 - 1/n."""
    a, v = _NODES / np.sqrt(n), 1.0 - 1.0 / n
    first = _WEIGHTS @ ((a + CV * (a**2 + v)) / (1.0 + CV * a))
    second = _WEIGHTS @ ((a**2 + v + CV * (a**3 + 3.0 * a * v)) / (1.0 + CV * a))
    return float(first), float(second)


def _over_mean(n: int, power: int = 1) -> float:
    """E[1 / (mean fitness)^power] under proportional schemes."""
    return float(_WEIGHTS @ (1.0 / (1.0 + CV * _NODES / np.sqrt(n)) ** power))


def _mean_offspring(scheme: str, parameter: float, n: int) -> tuple[float, float] | None:
    """Mean of z and of z^2 over offspring; None where it is not known."""
    if scheme in ("proportional", "stochastic_universal"):
        return _proportional(n)
    if scheme == "boltzmann":
        return _boltzmann(parameter, n)[:2] if parameter <= STRONGEST else None
    shares = rank_shares(scheme, parameter, n)
    if shares is None:
        return None
    z, mass = _normal()
    weighted = mass * _of_rank(z, shares)
    return float(weighted @ z / weighted.sum()), float(weighted @ z**2 / weighted.sum())


def moments(scheme: str, parameter: float, n: int) -> tuple[float | None, float | None]:
    """Intensity, (mean after less mean before) over sd before, and variance after over variance before.

    The variance after is that of all that are selected in all populations, since one that drifts has less. None where
    it is not known.
    """
    found = _mean_offspring(scheme, parameter, n)
    if found is None or n < 3:
        return None, None
    mean, square = found
    if scheme in ("proportional", "stochastic_universal"):
        intensity = CV * mean_sd(n) * _over_mean(n)
    elif scheme == "boltzmann":
        # With g(parameter s) the intensity at a sample's own s, `mean` is E[s g(parameter s)]. Weighted by s, the law
        # of s is that of one more degree of freedom, which the length sqrt(1 - x^2) that n - 1 of n coordinates of a
        # random direction have takes away again. So E[g(parameter s)] is the mean over x, over E[s].
        at, weight = special.roots_gegenbauer(8, (n - 2) / 2)
        means = [_boltzmann(parameter * float(np.sqrt(1.0 - x * x)), n)[0] for x in at[:4]]
        intensity = float(weight[:4] @ means / weight[:4].sum()) / mean_sd(n)
    else:
        intensity = mean / mean_sd(n)
    return intensity, (square - mean**2) * n / (n - 1)


def best_copies(scheme: str, parameter: float, n: int) -> float | None:
    """Expected offspring of the fittest; None where it is not known."""
    if scheme in ("proportional", "stochastic_universal"):
        z, mass = _normal()
        fittest = float(n * (mass * stats.norm.cdf(z) ** (n - 1)) @ z)
        return 1.0 + CV * fittest * _over_mean(n)
    if scheme == "boltzmann":
        return _boltzmann(parameter, n)[3] if parameter <= STRONGEST else None
    shares = rank_shares(scheme, parameter, n)
    return None if shares is None else float(shares[0])


def is_exact(scheme: str, n: int, measure: str) -> bool:
    """Whether what is expected of a measure is exact at n, or its limit of many individuals."""
    if scheme == "boltzmann":
        return measure != "loss_of_diversity"
    proportional = scheme in ("proportional", "stochastic_universal")
    return proportional or n <= RANKED or measure not in ("intensity", "variance_ratio")


def loss_of_diversity(scheme: str, parameter: float, n: int) -> float | None:
    """Expected share of individuals without offspring, (1 - e/n)^n each; Motoki's (2002) correction of Blickle and
    Thiele, who left out those missed by chance. Stochastic universal sampling misses only 1 - e where e < 1;
    Boltzmann's is that of the n mid-quantiles, a limit."""
    apart = np.sqrt(1.0 - 1.0 / n)  # sd of z less the mean of all
    if scheme == "stochastic_universal":
        return float(CV * apart / np.sqrt(2.0 * np.pi) * _over_mean(n))
    if scheme == "proportional":
        e = 1.0 + CV * apart * _NODES[:, None] / (1.0 + CV * _NODES[None, :] / np.sqrt(n))
        return float(_WEIGHTS @ (1.0 - e / n) ** n @ _WEIGHTS)
    if scheme == "boltzmann":
        weights = np.exp(parameter * stats.norm.isf((np.arange(n) + 0.5) / n))
        return float(np.mean((1.0 - weights / weights.sum()) ** n))
    e = rank_shares(scheme, parameter, n)
    return None if e is None else float(np.mean((1.0 - e / n) ** n))


def offspring_variance(scheme: str, parameter: float, n: int) -> float | None:
    """Variance of offspring numbers: of their expectation, plus sampling (multinomial, or rounding alone)."""
    if scheme in ("proportional", "stochastic_universal"):
        spread = CV**2 * (1.0 - 1.0 / n) * _over_mean(n, 2)  # of e
        if scheme == "proportional":
            return float(spread + 1.0 - (1.0 + spread) / n)
        z, mass = _normal()
        e = 1.0 + CV * np.sqrt(1.0 - 1.0 / n) * z[:, None] / (1.0 + CV * _NODES[None, :] / np.sqrt(n))
        part = e - np.floor(e)
        return float(spread + mass @ (part * (1.0 - part)) @ _WEIGHTS)
    if scheme == "boltzmann":
        square = _boltzmann(parameter, n)[2] if parameter <= STRONGEST else None
    else:
        shares = rank_shares(scheme, parameter, n)
        square = None if shares is None else float(np.mean(shares**2))
    return None if square is None else square - square / n


def next_share(scheme: str, parameter: float, n: int, share: np.ndarray) -> np.ndarray | None:
    """Expected share after selection of a class of the equally fittest, now of that share; None where not known."""
    if scheme == "tournament":
        return 1.0 - (1.0 - share) ** parameter
    if scheme == "truncation":
        kept = max(1, int(np.ceil(parameter * n - 1e-9))) / n
        return np.minimum(1.0, share / kept)
    if scheme == "linear_ranking":
        return share * (parameter - (parameter - 1.0) * (share * n - 1.0) / (n - 1.0))
    if scheme == "exponential_ranking":
        return np.expm1(share * n * np.log(parameter)) / np.expm1(n * np.log(parameter))
    ratios = {"boltzmann": np.exp(parameter), "proportional": 1.0 + CV, "stochastic_universal": 1.0 + CV}
    if scheme not in ratios:
        return None
    ratio = ratios[scheme]
    return np.asarray(share * ratio / (share * ratio + 1.0 - share))


def takeover_time(scheme: str, parameter: float, n: int) -> float | None:
    """Mean generations from one copy of the best to n, given that it is not lost, under selection alone.

    The copies are a Markov chain with binomial steps: its absorption time is found by linear algebra. None above 1,500
    individuals; for stochastic universal sampling, where the steps depend on who stands where on the wheel; and where
    no closed form is known.
    """
    if n > 1500 or scheme == "stochastic_universal":
        return None
    copies = np.arange(n + 1)
    share = next_share(scheme, parameter, n, copies[1:-1] / n)
    if share is None:
        return None
    expected = np.clip(share, 0.0, 1.0)
    step = stats.binom.pmf(copies[None, :], n, expected[:, None])
    inner = np.eye(n - 1) - step[:, 1:-1]
    wins = np.linalg.solve(inner, step[:, -1])  # chance to take over
    times = np.linalg.solve(inner, wins)  # expected time, counted where it does
    return float(times[0] / wins[0]) if wins[0] > 0.0 else None


def goldberg_deb(scheme: str, parameter: float, n: int) -> float | None:
    """Takeover time of the deterministic growth of the best: tournament (ln N + ln ln N) / ln t (Goldberg and Deb
    1991), truncation ln N / ln(1 / T); None for the other schemes."""
    if scheme == "tournament" and parameter > 1:
        return float((np.log(n) + np.log(np.log(n))) / np.log(parameter))
    if scheme == "truncation" and parameter < 1:
        return float(np.log(n) / np.log(1.0 / parameter))
    return None
