"""Selection gradients: what selects a trait itself, apart from the traits that it comes with (Lande and Arnold 1983).

beta = P^-1 s, P the covariance matrix of the traits and s their covariance with relative offspring number: the
coefficients of the regression of offspring on all traits at once. Traits that the property acts through are left out:
held constant, they would leave nothing of what the property does.
"""

from typing import NamedTuple

import numpy as np
import polars as pl

from evo.kernels.plan import FITNESS
from evo.worlds.world import World

COLLINEAR = 1e-9  # a trait whose variance the traits before it leave less than this share of is one with them


class Gradients(NamedTuple):
    """M regressions on K traits, the property first.

    Attributes
    ----------
    traits : names, K of them
    beta : (M, K), change of relative offspring per unit of the trait; NaN where `aliased` or not varying
    se : (M, K), its standard error
    aliased : (M, K), the trait varies but cannot be told apart from those before it: P is singular
    direct : (M,), beta times variance of the property: what selection on it alone changes it by
    direct_se : (M,)
    total : (M,), its differential
    """

    traits: tuple[str, ...]
    beta: np.ndarray
    se: np.ndarray
    aliased: np.ndarray
    direct: np.ndarray
    direct_se: np.ndarray
    total: np.ndarray


def regress(covariance: np.ndarray, differential: np.ndarray, offspring_variance: np.ndarray, points: np.ndarray):
    """Least squares from sums of squares, with traits left out that the ones before them determine.

    Parameters
    ----------
    covariance : (M, K, K), of the traits, the first the one that must stay in
    differential : (M, K), their covariance with relative offspring number
    offspring_variance : (M,)
    points : (M,), individuals that the covariances are means over

    Returns
    -------
    beta (M, K), se (M, K), aliased (M, K)
    """
    m, k = differential.shape
    lower = np.zeros((m, k, k))  # Cholesky factor, row by row; zero rows for traits left out
    inside = np.zeros((m, k), bool)
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    with np.errstate(all="ignore"):
        for j in range(k):
            for i in range(j):
                known = np.einsum("mk,mk->m", lower[:, j, :i], lower[:, i, :i])
                lower[:, j, i] = np.where(inside[:, i], (covariance[:, j, i] - known) / lower[:, i, i], 0.0)
            left = variance[:, j] - np.einsum("mk,mk->m", lower[:, j, :j], lower[:, j, :j])
            inside[:, j] = left > COLLINEAR * variance[:, j]
            lower[:, j, j] = np.where(inside[:, j], np.sqrt(np.maximum(left, 0.0)), 1.0)
            lower[:, j, :j] = np.where(inside[:, j, None], lower[:, j, :j], 0.0)
        root = np.linalg.inv(lower)  # a trait left out is a row and column of the identity
        root *= inside[:, :, None] & inside[:, None, :]
        inverse = np.einsum("mji,mjk->mik", root, root)
        beta = np.einsum("mij,mj->mi", inverse, differential)
        freedom = points - inside.sum(axis=1) - 1
        residual = np.maximum(offspring_variance - np.einsum("mi,mi->m", beta, differential), 0.0)
        se = np.sqrt(residual[:, None] * np.diagonal(inverse, axis1=1, axis2=2) / freedom[:, None])
        se[freedom <= 0] = np.nan
    aliased = ~inside & (variance > 0.0)
    return np.where(inside, beta, np.nan), np.where(inside, se, np.nan), aliased


def _traits(world: World, prop: str | None) -> tuple[str, ...]:
    """The property, if a trait; then all but fitness, which offspring are a function of, and what is downstream."""
    first = [prop] if prop not in (None, world.traits[FITNESS].name) else []
    return (*first, *(t.name for t in world.traits[FITNESS + 1 :] if t.name != prop and not t.downstream))


def _solve(
    world: World, prop: str | None, frame: pl.DataFrame, columns: dict[str, str], points: np.ndarray
) -> Gradients:
    names = _traits(world, prop)
    position = {trait.name: t for t, trait in enumerate(world.traits)}

    def covariance(a: str, b: str) -> np.ndarray:
        first, second = (a, b) if position[a] <= position[b] else (b, a)
        if a == b and "variance" in columns:
            return frame[f"{columns['variance']}.{a}"].to_numpy()
        return frame[f"{columns['covariance']}.{first}.{second}"].to_numpy()

    matrix = np.array([[covariance(a, b) for b in names] for a in names]).transpose(2, 0, 1)
    differential = np.stack([frame[f"{columns['differential']}.{name}"].to_numpy() for name in names], axis=1)
    beta, se, aliased = regress(matrix, differential, frame[columns["offspring"]].to_numpy(), points)
    return Gradients(
        names, beta, se, aliased, beta[:, 0] * matrix[:, 0, 0], se[:, 0] * matrix[:, 0, 0], differential[:, 0]
    )


def of_runs(world: World, prop: str | None, size: int, runs: pl.DataFrame) -> Gradients:
    """A regression per replicate, within generations, over those in which the property varied on its way up.

    `direct` and `total` are sums over those generations. size: individuals.
    """
    varied = runs["varied"].to_numpy()
    columns = {
        "covariance": "sum_covariance", "differential": "sum_differential", "offspring": "sum_offspring_variance",
    }  # fmt: skip
    # Sums stand in for means: beta does not mind, and for its error only their ratio to the points counts. A mean of
    # its own for every generation costs a degree of freedom each.
    return _solve(world, prop, runs, columns, (size - 1) * varied)


def of_traces(world: World, prop: str | None, size: int, traces: pl.DataFrame) -> Gradients:
    """A regression per recorded generation that selection follows (rows with a differential)."""
    columns = {
        "covariance": "covariance", "variance": "variance", "differential": "differential",
        "offspring": "offspring_variance",
    }  # fmt: skip
    return _solve(world, prop, traces, columns, np.full(len(traces), size))


def pooled(world: World, prop: str | None, size: int, runs: pl.DataFrame) -> list[dict[str, float | str | bool | None]]:
    """One regression over all replicates of a cell, the property's row first.

    prop : the property; None where it is a probe: gradients are of traits that are lived

    Returns
    -------
    a row per trait: name, beta, its jackknife standard error over replicates (of the regression where there is but
    one), the 95 % interval of Student's t about beta (n - 1 degrees; Miller 1974), beta in standard deviations of the
    trait, and whether P is singular in it (`aliased`: it cannot be told apart from the traits above it, and beta is
    None)
    """
    from scipy.special import stdtrit  # scipy.stats would load for half a second

    sums = [name for name in runs.columns if name.startswith("sum_")]
    varied = runs.filter(pl.col("varied") > 0)
    if varied.is_empty() or not _traits(world, prop):
        return []
    total = varied.select("varied", *sums).sum()
    whole = of_runs(world, prop, size, total)
    n = len(varied)
    errors, freedom = whole.se[0], (size - 1) * total["varied"][0] - np.isfinite(whole.beta[0]).sum() - 1
    if n > 1:
        without = pl.DataFrame({name: total[name][0] - varied[name] for name in total.columns})
        each = of_runs(world, prop, size, without).beta
        errors, freedom = np.sqrt((n - 1) / n * ((each - each.mean(axis=0)) ** 2).sum(axis=0)), n - 1
    half = stdtrit(freedom, 0.975) * errors
    spread = [np.sqrt(total[f"sum_covariance.{name}.{name}"][0] / total["varied"][0]) for name in whole.traits]

    def known(value: float) -> float | None:
        return float(value) if np.isfinite(value) else None

    return [
        {
            "trait": name,
            "beta": known(whole.beta[0, j]),
            "se": known(errors[j]),
            "low": known(whole.beta[0, j] - half[j]),
            "high": known(whole.beta[0, j] + half[j]),
            "standardized": known(whole.beta[0, j] * spread[j]),
            "aliased": bool(whole.aliased[0, j]),
        }
        for j, name in enumerate(whole.traits)
    ]
