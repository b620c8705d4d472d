"""Selection schemes in closed form, from the expected offspring of every rank.

All follow from e(r), the expected offspring of rank r of n (0 the fittest), written here apart from the kernels so that
the one can be held to the other. Fitness is normal before selection (Blickle and Thiele 1996).
"""

import numpy as np
from scipy import stats

from evo.pressure.subject import CV

GRID = 4001  # points of the quantile grid


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


def _weights(scheme: str, parameter: float, n: int, z: np.ndarray) -> np.ndarray | None:
    """Expected offspring of an individual of standardized fitness z among n - 1 others drawn from the normal.

    None where no closed form is known.
    """
    if scheme in ("proportional", "stochastic_universal"):
        return 1.0 + CV * z
    if scheme == "boltzmann":
        return np.exp(parameter * z - 0.5 * parameter**2)
    shares = rank_shares(scheme, parameter, n)
    if shares is None:
        return None
    # The rank of z is binomial: so many of n - 1 others are fitter.
    if n <= 3000:
        fitter = stats.binom.pmf(np.arange(n)[None, :], n - 1, stats.norm.sf(z)[:, None])
        return fitter @ shares
    return np.interp(stats.norm.sf(z) * n, np.arange(n) + 0.5, shares)


def crowded(scheme: str, parameter: float, n: int) -> bool:
    """Whether n is too small for the Boltzmann limit: its weights have an effective number of n / exp(parameter^2), and
    under 500 of those a few individuals of extreme fitness take most offspring."""
    return scheme == "boltzmann" and float(np.exp(parameter**2)) > n / 500.0


def moments(scheme: str, parameter: float, n: int) -> tuple[float | None, float | None]:
    """Intensity (mean after less mean before, over sd before) and variance after over variance before.

    None where no closed form is known, as for Boltzmann selection in a population that is too small for its own.
    """
    z = np.linspace(-8.0, 8.0, GRID)
    weights = _weights(scheme, parameter, n, z)
    if weights is None or crowded(scheme, parameter, n):
        return None, None
    density = stats.norm.pdf(z) * (z[1] - z[0]) * weights
    mass = density.sum()
    mean = float(density @ z / mass)
    return mean, float(density @ z**2 / mass - mean**2)


def expected_offspring(scheme: str, parameter: float, n: int) -> np.ndarray | None:
    """Expected offspring of n individuals of normal fitness, at its n mid-quantiles where fitness itself decides.

    None where no closed form is known.
    """
    shares = rank_shares(scheme, parameter, n)
    if shares is None:
        weights = _weights(scheme, parameter, n, stats.norm.isf((np.arange(n) + 0.5) / n))
        return None if weights is None else weights * n / weights.sum()
    return shares


def loss_of_diversity(scheme: str, parameter: float, n: int) -> float | None:
    """Expected share of individuals without offspring, (1 - e/n)^n each; Motoki's (2002) correction of Blickle and
    Thiele, who left out those missed by chance. Stochastic universal sampling misses only 1 - e where e < 1."""
    e = expected_offspring(scheme, parameter, n)
    if e is None:
        return None
    if scheme == "stochastic_universal":
        return float(np.maximum(0.0, 1.0 - e).mean())
    return float(np.mean((1.0 - e / n) ** n))


def offspring_variance(scheme: str, parameter: float, n: int) -> float | None:
    """Variance of offspring numbers: of their expectation, plus sampling (multinomial, or rounding alone)."""
    e = expected_offspring(scheme, parameter, n)
    if e is None or crowded(scheme, parameter, n):
        return None
    part = e - np.floor(e)
    sampling = part * (1.0 - part) if scheme == "stochastic_universal" else e * (1.0 - e / n)
    return float(np.mean((e - 1.0) ** 2) + np.mean(sampling))


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
