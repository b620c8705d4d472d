"""Closed forms that worlds predict by: fixation, valley crossing, choice by a proxy."""

import math

import numpy as np


def fixation_probability(advantage: float, size: int) -> float:
    """One mutant of advantage s among N haploids, Wright-Fisher: (1 - e^-2s) / (1 - e^-2Ns) (Kimura 1962)."""
    if advantage == 0.0:
        return 1.0 / size
    if size * advantage < -350.0:
        return 0.0
    return math.expm1(-2.0 * advantage) / math.expm1(-2.0 * size * advantage)


def establishment_probability(advantage: float) -> float:
    """The root p > 0 of p = 1 - exp(-(1 + s) p), Poisson offspring; 0 where s <= 0."""
    if advantage <= 0.0:
        return 0.0
    p = min(1.0, 2.0 * advantage)
    for _ in range(200):  # Newton on a convex function from the right of the root
        slope = 1.0 - (1.0 + advantage) * math.exp(-(1.0 + advantage) * p)
        step = (p - 1.0 + math.exp(-(1.0 + advantage) * p)) / slope
        p -= step
        if abs(step) < 1e-15:
            break
    return p


def tunnelling(parts: int, rate: float, cost: float, advantage: float) -> list[float]:
    """p_1 .. p_k: the chance that the descendants of one individual with j parts complete the rifle and establish.

    p_j = -d_j + sqrt(d_j^2 + 2 (k - j) mu p_{j+1}), d_j = 1 - (1 - d)^j (Iwasa, Michor and Nowak 2004; Weissman and
    others 2009; Wright-Fisher twice Moran).
    """
    p = [establishment_probability(advantage)]
    for j in range(parts - 1, 0, -1):
        d = 1.0 - (1.0 - cost) ** j
        gain = 2.0 * (parts - j) * rate * p[0]
        p.insert(0, gain / (d + math.sqrt(d * d + gain)) if gain > 0.0 else 0.0)  # the same root, without cancellation
    return p


def best_of_up_to(options: int) -> np.ndarray:
    """Expected maxima of 0 (taken as 0), 1, .. A standard normals, by the integral of x d(Phi(x)^A); float64[A + 1]."""
    x = np.linspace(-10.0, 10.0, 4001)
    phi = np.array([0.5 * math.erfc(-v / math.sqrt(2.0)) for v in x])
    weight = x * np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi) * (x[1] - x[0])
    maxima = np.zeros(options + 1)
    for a in range(1, options + 1):
        maxima[a] = a * weight.sum()
        weight *= phi
    return maxima


def best_of(options: int) -> float:
    """Expected maximum of A standard normals."""
    return float(best_of_up_to(options)[options])


def alignment_of(weights: np.ndarray, rho: np.ndarray) -> float:
    """(w . rho) / sqrt(w' S w), S = rho rho' + diag(1 - rho^2)."""
    slope = float(weights @ rho)
    return slope / math.sqrt(slope**2 + float(weights**2 @ (1.0 - rho**2)))


def best_drives(rho: np.ndarray) -> np.ndarray:
    """Weights of cues whose sum correlates most with value, w ~ rho / (1 - rho^2), float64[D].

    Cues are rho v + error, each its own: the scores of one common factor (Bartlett 1937). A perfect cue counts as
    nearly so.
    """
    nearly = np.clip(rho, -1.0 + 1e-12, 1.0 - 1e-12)
    return np.asarray(nearly / (1.0 - nearly**2))
