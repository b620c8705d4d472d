"""What selection does to offspring numbers: intensity, opportunity, effective size. From recorded generations."""

from typing import Any

import numpy as np
import polars as pl

from evo.measure.intervals import mean_interval


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.where(bottom > 0.0, top / bottom, np.nan)


def columns(prop: str | None) -> list[str]:
    """What `breeding` needs to see of traces."""
    traits = dict.fromkeys(("fitness", prop) if prop else ("fitness",))
    moments = (f"{moment}.{trait}" for moment in ("differential", "variance") for trait in traits)
    return ["offspring_variance", "expected_offspring_variance", "crossed", *moments]


def breeding(size: int, prop: str | None, traces: pl.DataFrame) -> dict[str, dict[str, float | None]]:
    """Means over replicates, each the mean of its recorded generations, with 95 % intervals.

    Parameters
    ----------
    size : individuals N
    prop : trait of the property; None where it is a probe, which no differential is told of
    traces : rows of one cell, with at least `columns(prop)`

    Returns
    -------
    intensity : differential / standard deviation, of training fitness, per generation
    intensity_property : the same of the property, where it varies
    opportunity : variance of relative fitness, expected offspring (Crow 1958)
    offspring_variance : of realized offspring number V
    effective_size : N_e = (N - 1) / V', V' the variance of gene copies passed on: V, plus 1/2 per crossed offspring,
        whose each locus comes from one of two parents credited a half each (haploid form of Crow and Kimura 1970)
    """
    rows = traces.filter(pl.col("offspring_variance").is_not_nan())
    v = rows["offspring_variance"].to_numpy()
    genes = v + 0.5 * rows["crossed"].to_numpy()

    def intensity(trait: str) -> np.ndarray:
        differential, variance = (rows[f"{moment}.{trait}"].to_numpy() for moment in ("differential", "variance"))
        return np.round(_ratio(differential, np.sqrt(variance)), 12) + 0.0  # what is beyond is of rounding

    found = {
        "intensity": intensity("fitness"),
        "intensity_property": intensity(prop) if prop else np.full(v.size, np.nan),
        "opportunity": rows["expected_offspring_variance"].to_numpy(),
        "offspring_variance": v,
    }
    frame = pl.DataFrame({"replicate": rows["replicate"], "genes": genes, **found}).fill_nan(None)
    means = frame.group_by("replicate", maintain_order=True).mean()
    result: dict[str, Any] = {name: mean_interval(means[name].drop_nulls().to_numpy()) for name in found}
    copies = mean_interval(means["genes"].drop_nulls().to_numpy())
    # Effective sizes of generations combine by their harmonic mean, that is through the mean variance.
    sizes = {key: (size - 1) / value if value else None for key, value in copies.items()}
    result["effective_size"] = {"mean": sizes["mean"], "low": sizes["high"], "high": sizes["low"]}
    return result
