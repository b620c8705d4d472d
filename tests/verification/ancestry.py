"""Who the last population descends from, beside msprime's Wright-Fisher model."""

import numpy as np
from scipy import stats

from evo.analyses.tree_sequence import Recorder
from evo.engines.descent import follow
from evo.figures.style import COLOURS
from evo.measure.descent import ancestor_at
from evo.scenario.spec import Spec
from tests.verification.check import Result, Row, check, loci, mean_row, panel

SIZE, REPLICATES, SEED = 100, 300, 7
LONG = 20  # times N: the last population has no common ancestor by then with a chance of 1e-8
CROSSED, PLACES, SAMPLE = 0.02, 64, 10  # chance of crossing, loci, individuals of the last population


def neutral(**changes: object) -> Spec:
    """Constant fitness: every parent is drawn uniformly from the population before."""
    return loci(statistics=0, population__size=SIZE, batch__records=2, **changes)


def ages(sample: int) -> np.ndarray:
    """Generations since the common ancestor of so many of the last population, by replicate; other ones for each."""
    spec, found = neutral(population__generations=LONG * SIZE, batch__seed=SEED + sample), []
    for replicate in range(REPLICATES):
        followed = follow(spec, replicate)
        assert followed is not None
        at = ancestor_at(followed.ancestors, followed.living[:sample])  # slots tell nothing of kinship
        assert at is not None
        found.append(followed.last - at)
    return np.array(found)


def theirs(sample: int) -> np.ndarray:
    """The same by msprime, N / 2 diploids: each genome is drawn from N alike, as in N haploids."""
    import msprime

    trees = msprime.sim_ancestry(
        sample // 2, ploidy=2, population_size=SIZE // 2, model="dtwf", num_replicates=REPLICATES,
        random_seed=SEED + sample,
    )  # fmt: skip
    return np.array([one.max_root_time for one in trees])


def two_sample(setting: str, mine: np.ndarray, other: np.ndarray) -> Row:
    """Two samples of independent replicates: Kolmogorov and Smirnov's test; the means are shown."""
    low, high = stats.t.interval(0.95, mine.size - 1, mine.mean(), stats.sem(mine))
    p = float(stats.ks_2samp(mine, other).pvalue)
    return Row(setting, float(mine.mean()), float(low), float(high), float(other.mean()), p)


@check(
    "Age of the common ancestor",
    "Without selection the common ancestor of n of N haploid individuals lived 2 N (1 - 1/n) generations ago on "
    "average (Kingman 1982), and its age is distributed as in msprime's discrete-time Wright-Fisher model (which is of "
    "diploids: N / 2 of them, whose genomes are drawn from N alike as long as nothing recombines).",
    f"Student's t against the formula, and Kolmogorov and Smirnov's two-sample test against msprime, {REPLICATES} "
    f"replicates each, other ones for each n; N {SIZE}",
)
def common_ancestor() -> Result:
    rows: list[Row] = []
    figure, axes = panel("generations since the common ancestor", "share of replicates")
    for k, sample in enumerate((2, 10, SIZE)):
        mine, other = ages(sample), theirs(sample)
        rows.append(mean_row(f"n {sample}, mean, against 2 N (1 - 1/n)", mine, 2 * SIZE * (1 - 1 / sample)))
        rows.append(two_sample(f"n {sample}, distribution, against msprime", mine, other))
        share = np.arange(1, REPLICATES + 1) / REPLICATES
        axes.step(np.sort(mine), share, where="post", color=COLOURS[k], label=f"n {sample}")
        axes.step(np.sort(other), share, where="post", color=COLOURS[k], linewidth=0.8, linestyle="--")
    axes.legend(title="evo; dashed: msprime")
    return Result(rows, figure, ["Where msprime is the theory, its mean stands in the column of theory."])


def trees_of(replicate: int, spec: Spec) -> int:
    """Trees along the genomes of a sample of the last population."""
    recorder = Recorder(spec)
    assert follow(spec, replicate, recorder) is not None
    tables = recorder.made.tables
    tables.simplify(np.arange(SAMPLE, dtype=np.int32))
    tables.nodes.time = tables.nodes.time + spec.scenario.population.generations
    tables.mutations.clear()
    return int(tables.tree_sequence().num_trees)


@check(
    "Number of trees with crossover",
    "An offspring is crossed with chance c, at one cut between any two of L loci alike: recombination of rate "
    "c / (L - 1) between neighbours. msprime's discrete-time model recombines the two genomes of a diploid parent, evo "
    "those of two parents out of N: with N / 2 diploids the same but for terms of order 1 / N and c (two cuts in one "
    "birth).",
    f"Kolmogorov and Smirnov's two-sample test on the number of trees of {SAMPLE} genomes, {REPLICATES} replicates "
    f"each; N {SIZE}, c {CROSSED:g}, L {PLACES}",
)
def trees_with_crossover() -> Result:
    import msprime

    spec = neutral(
        loci=PLACES, population__generations=10 * SIZE, variation__parents=2, variation__crossover="one_point",
        variation__crossover_rate=CROSSED, batch__seed=SEED,
    )  # fmt: skip
    mine = np.array([trees_of(replicate, spec) for replicate in range(REPLICATES)])
    simulated = msprime.sim_ancestry(
        SAMPLE // 2, ploidy=2, population_size=SIZE // 2, model="dtwf", sequence_length=PLACES,
        recombination_rate=CROSSED / (PLACES - 1), num_replicates=REPLICATES, random_seed=SEED,
    )  # fmt: skip
    other = np.array([one.num_trees for one in simulated])
    figure, axes = panel("trees along the genome", "share of replicates")
    share = np.arange(1, REPLICATES + 1) / REPLICATES
    axes.step(np.sort(mine), share, where="post", color=COLOURS[0], label="evo")
    axes.step(np.sort(other), share, where="post", color=COLOURS[1], linestyle="--", label="msprime")
    axes.legend()
    row = two_sample(f"{SAMPLE} genomes", mine, other)
    return Result([row], figure, ["msprime's mean stands in the column of theory."])
