"""Fixation, drift, mutation and selection in one population."""

import numpy as np
import polars as pl
from scipy import stats

from evo.figures.style import COLOURS, MARKERS
from evo.worlds.closed_form import fixation_probability
from tests.verification.check import Result, Row, batch, check, loci, mean_row, panel, points, rate_row, rifle


def exact_fixation(advantage: float, size: int) -> float:
    """Absorption of the Wright-Fisher chain from one mutant, by linear algebra."""
    i = np.arange(1, size)
    p = i * (1 + advantage) / (i * (1 + advantage) + size - i)
    steps = stats.binom.pmf(np.arange(size + 1)[None, :], size, p[:, None])
    return float(np.linalg.solve(np.eye(size - 1) - steps[:, 1:-1], steps[:, -1])[0])


@check(
    "Fixation probability of one mutant",
    "The Wright-Fisher chain, solved exactly; lines: (1 - e^-2s) / (1 - e^-2Ns) (Kimura 1962), its diffusion limit.",
    "exact binomial test per point, 20,000 mutants each, against the exact chain",
)
def fixation() -> Result:
    rows: list[Row] = []
    figure, axes = panel("advantage s", "fixation probability of one mutant")
    for k, size in enumerate((50, 200, 1000)):
        here: list[Row] = []
        advantages = (0.0, 0.01, 0.03, 0.1)
        for s in advantages:
            spec = rifle(
                advantage=s, population__size=size, population__carriers=1, population__generations=1_000_000,
                property__stop_above=1.0, property__stop_below=0.0, batch__records=2,
            )  # fmt: skip
            with batch(spec, 20_000) as done:
                fixed = int(done.runs()["realized"].sum())
            here.append(rate_row(f"N {size}, s {s:g}", fixed, 20_000, exact_fixation(s, size)))
        points(axes, advantages, here, COLOURS[k], f"N {size}", MARKERS[k])
        x = np.linspace(0, 0.1, 200)
        axes.plot(x, [fixation_probability(s, size) for s in x], color=COLOURS[k], linewidth=0.9)
        rows += here
    axes.legend(title="measured; lines: Kimura")
    return Result(rows, figure)


@check(
    "Decay of heterozygosity under drift",
    "H_t = H_0 (1 - 1/N)^t, 64 loci without mutation or selection.",
    "Student's t over 200 replicates each, at five generations, for two population sizes",
)
def heterozygosity() -> Result:
    rows: list[Row] = []
    figure, axes = panel("generation", "heterozygosity 2 p (1 - p), mean of 64 loci")
    for k, size in enumerate((50, 200)):
        generations = np.arange(0, 101, 20)
        here = []
        for t in generations:
            spec = loci(loci=64, initial=0.5, population__size=size, population__generations=int(t), batch__records=2)
            with batch(spec, 200) as done:
                values = done.runs()["training.total"].to_numpy()
            here.append(mean_row(f"N {size}, generation {t}", values, 0.5 * (1 - 1 / size) ** (t + 1)))
        # Founders are N draws from an allele pool of frequency 1/2, which is one generation of drift already.
        points(axes, generations, here, COLOURS[k], f"N {size}", MARKERS[k])
        axes.plot(np.arange(101), 0.5 * (1 - 1 / size) ** np.arange(1, 102), color=COLOURS[k], linewidth=0.9)
        rows += here[1:]
    axes.legend(title="measured; lines: theory")
    axes.set_ylim(bottom=0)
    return Result(rows, figure)


@check(
    "Mutation-selection balance",
    "A deleterious allele of cost s, mutation mu to it: frequency mu / s (haploid, exact without drift).",
    "Student's t over 40 replicates of the mean over generations 300 to 1000, N 5,000",
)
def mutation_selection_balance() -> Result:
    rows, mus = [], (1e-4, 3e-4, 1e-3, 3e-3)
    figure, axes = panel("mutation rate mu", "frequency of the deleterious allele")
    for k, cost in enumerate((0.05, 0.2)):
        here = []
        for mu in mus:
            spec = loci(
                loci=1, effect=-cost, forward=mu, population__size=5_000, population__generations=1000,
                statistics=0,
            )  # fmt: skip
            with batch(spec, 40) as done:
                late = done.traces().filter(pl.col("generation") > 300)
            values = late.group_by("replicate").agg(pl.col("training.ones").mean())["training.ones"].to_numpy()
            here.append(mean_row(f"s {cost:g}, mu {mu:g}", values, mu / cost))
        points(axes, mus, here, COLOURS[k], f"s {cost:g}", MARKERS[k])
        axes.plot(mus, [mu / cost for mu in mus], color=COLOURS[k], linewidth=0.9)
        rows += here
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.legend(title="measured; lines: mu / s")
    return Result(rows, figure)


@check(
    "Mutation load",
    "L loci of cost s each, mutation mu per locus: mean fitness (1 - mu)^L, about e^(-L mu), whatever s (Haldane "
    "1937).",
    "Student's t over 40 replicates of the mean over generations 200 to 500, N 5,000, the least-loaded class large",
)
def mutation_load() -> Result:
    rows, rates = [], (0.1, 0.2, 0.5, 1.0)
    figure, axes = panel("genomic mutation rate L mu", "mean fitness")
    for k, cost in enumerate((0.3, 0.6)):
        here = []
        for genomic in rates:
            spec = loci(
                loci=100, effect=-cost, forward=genomic / 100, population__size=5_000, population__generations=500,
                statistics=0,
            )  # fmt: skip
            with batch(spec, 40) as done:
                late = done.traces().filter(pl.col("generation") > 200)
            values = late.group_by("replicate").agg(pl.col("training.fitness").mean())["training.fitness"].to_numpy()
            here.append(mean_row(f"s {cost:g}, L mu {genomic:g}", values, (1 - genomic / 100) ** 100))
        points(axes, rates, here, COLOURS[k], f"s {cost:g}", MARKERS[k])
        rows += here
    x = np.linspace(0.05, 1.05, 100)
    axes.plot(x, np.exp(-x), color="0.3", linewidth=0.9)
    axes.legend(title="measured; line: e^(-L mu)")
    return Result(rows, figure)


def master_chain(s: float, copied: float, size: int, generations: int, after: int) -> tuple[float, float]:
    """Mean frequency of the master from generation `after` on, and the chance that it is lost at the end.

    Its copies are a Markov chain, binomial of N and (1 + s) x Q / (1 + s x), started from a population of masters.
    """
    x = np.arange(size + 1) / size
    step = stats.binom.pmf(np.arange(size + 1)[None, :], size, (copied * (1 + s) * x / (1 + s * x))[:, None])
    now = np.zeros(size + 1)
    now[size] = 1.0
    means = []
    for t in range(generations + 1):
        if t >= after:
            means.append(now @ x)
        if t < generations:
            now = now @ step
    return float(np.mean(means)), float(now[0])


@check(
    "Error threshold",
    "A master sequence of advantage s, faithful copies Q = (1 - mu)^L: frequency ((1 + s) Q - 1) / s, lost where "
    "L mu exceeds ln(1 + s) (Eigen 1971; no back mutation; line). Tested against the exact chain of master copies in a "
    "finite population, which already loses some below the threshold. L 16, s 1, N 500.",
    "Student's t over 200 replicates of the mean over generations 100 to 400, and beyond the threshold exact binomial "
    "of the share that lost the master",
)
def error_threshold() -> Result:
    s, size, rows, x = 1.0, 500, [], []
    drawn = []
    for ratio in (0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.3):
        copied = float(np.exp(-ratio * np.log1p(s)))
        spec = rifle(
            parts=16, advantage=s, back_rate=1.0 - copied ** (1 / 16), population__carriers=size,
            population__size=size, population__generations=400, property__stop_above=2.0, batch__records=200,
        )  # fmt: skip
        with batch(spec, 200) as done:
            traces, runs = done.traces(), done.runs()
        recorded = traces["generation"].unique().sort()
        mean, lost = master_chain(s, copied, size, 400, 100)
        late = traces.filter(pl.col("generation") >= 100)
        values = late.group_by("replicate").agg(pl.col("training.rifle").mean())["training.rifle"].to_numpy()
        assert len(recorded) == 200  # every other generation, so the mean over them is that over all, within rounding
        row = mean_row(f"L mu / ln(1 + s) = {ratio:g}: mean frequency", values, mean)
        drawn.append(row)
        x.append(ratio)
        if ratio < 1:
            rows.append(row)
        else:
            gone = int((runs["training.rifle"] == 0.0).sum())
            rows.append(rate_row(f"L mu / ln(1 + s) = {ratio:g}: lost by generation 400", gone, 200, lost))
    figure, axes = panel("genomic mutation rate / ln(1 + s)", "frequency of the master sequence")
    points(axes, x, drawn, COLOURS[0], "measured")
    axes.plot(x, [row.theory for row in drawn], "_", color=COLOURS[1], markersize=12, label="exact chain")
    ratio = np.linspace(0.1, 1.4, 200)
    axes.plot(
        ratio, np.maximum(0, ((1 + s) * np.exp(-ratio * np.log1p(s)) - 1) / s), color="0.3", linewidth=0.9,
        label="infinite population",
    )  # fmt: skip
    axes.axvline(1, color="0.6", linestyle=":")
    axes.legend()
    return Result(rows, figure)


@check(
    "Breeder's equation",
    "Response R = h^2 S, h^2 = Cov(breeding value, phenotype) / Var(phenotype), of an additive trait that truncation "
    "selects on (Lush 1937).",
    "Student's t over 300 replicates on R / (h^2 S) less 1, one generation, at three environmental variances",
)
def breeders_equation() -> Result:
    figure, axes = panel("h^2 S (loci)", "response of the mean phenotype (loci)")
    rows = []
    for k, noise in enumerate((1.0, 3.0, 6.0)):
        spec = loci(
            loci=64, initial=0.5, noise=noise, by_phenotype=1, population__size=2000, population__generations=1,
            selection__scheme="truncation", selection__parameter=0.3, batch__records=2,
        )  # fmt: skip
        with batch(spec, 300) as done:
            traces = done.traces().sort("replicate", "generation")
        first, second = (traces.filter(pl.col("generation") == t) for t in (0, 1))
        heritability = first["covariance.ones.phenotype"] / first["variance.phenotype"]
        predicted = (heritability * first["differential.phenotype"]).to_numpy()
        response = (second["training.phenotype"] - first["training.phenotype"]).to_numpy()
        axes.plot(predicted, response, ".", markersize=3, color=COLOURS[k], label=f"environment sd {noise:g}")
        # The response to selection alone, so without what the environment happened to give either generation.
        rows.append(mean_row(f"environment sd {noise:g}: R / (h^2 S)", response / predicted.mean(), 1.0))
    ends = [0, axes.get_xlim()[1]]
    axes.plot(ends, ends, color="0.3", linewidth=0.9)
    axes.legend(title="a point per replicate; line: R = h^2 S")
    return Result(rows, figure)
