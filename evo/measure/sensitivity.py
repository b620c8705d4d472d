"""On what a measure of cells depends: rank correlations over sampled cells, effects over swept ones."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np


class Correlation(NamedTuple):
    """Spearman's rank correlation of a field with a measure over cells, and its p-value."""

    field: str
    rank: float
    p_value: float


def rank_correlations(
    fields: Sequence[str], settings: Sequence[Mapping[str, Any]], measured: Sequence[float]
) -> list[Correlation]:
    """Of each field with what was measured; none of fewer than three cells.

    settings : what each cell sets; measured : a number for each
    """
    if len(measured) < 3:
        return []
    from scipy.stats import spearmanr

    found = []
    for field in fields:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a measure that is the same everywhere has no rank
            result = spearmanr([cell[field] for cell in settings], measured)
        found.append(Correlation(field, float(result.statistic), float(result.pvalue)))
    return found


def main_effects(
    axes: Mapping[str, Sequence[Any]], settings: Sequence[Mapping[str, Any]], measured: Sequence[float]
) -> list[tuple[str, float]]:
    """How far a measure moves along each axis of more than one value, the mean over the others: largest first.

    The range, over the axis's values, of the measure averaged over all cells of that value.
    """
    effects = []
    for field, values in axes.items():
        pairs = list(zip(settings, measured, strict=True))
        means = [np.mean([number for cell, number in pairs if cell[field] == value]) for value in values]
        if len(values) > 1:
            effects.append((field, float(np.ptp(means))))
    return sorted(effects, key=lambda effect: -effect[1])
