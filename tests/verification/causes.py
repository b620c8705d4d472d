"""Effective size from neutral markers, the terms of transmission, and arms, against theory."""

from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from evo.batch.arms import BLIND, SUPPLIED, WATCHED, evolve_arm
from evo.figures.style import COLOURS, MARKERS
from evo.measure.drift import effective_size
from evo.pressure.theory import rank_shares
from evo.scenario.spec import Spec
from tests.verification.check import Result, Row, batch, check, loci, mean_row, panel, points, rate_row, rifle
from tests.verification.population_genetics import exact_fixation

REPLICATES, GROUP = 200, 20  # replicates, and how many together tell one effective size


def watched(spec: Spec) -> pl.DataFrame:
    """Recorded generations of replicates that were watched."""
    with batch(spec, REPLICATES) as done:
        again = evolve_arm(done.live(), WATCHED)
        return again.traces(again.cells[0])


# --- theory: two individuals of a generation are alike by descent with a chance that follows a recursion


def well_mixed(coalescence: float, generations: int) -> tuple[float, float]:
    """Identity within and between demes after so many generations, where there is one deme."""
    return 1.0 - (1.0 - coalescence) ** generations, 0.0


def with_elites(size: int, elites: int, generations: int) -> tuple[float, float]:
    """The same where all are equally fit. Elites are copied from slots that were drawn, which come first."""
    drawn = size - elites
    dd = de = ee = 0.0  # two that were drawn, one and one elite, two elites
    pairs = size * (size - 1) / 2.0

    def mean(dd: float, de: float, ee: float) -> float:
        return (drawn * (drawn - 1) / 2 * dd + drawn * elites * de + elites * (elites - 1) / 2 * ee) / pairs

    for _ in range(generations):
        dd, de, ee = (
            1 / size + (1 - 1 / size) * mean(dd, de, ee),
            1 / size + (drawn - 1) / size * dd + elites / size * de,
            dd,
        )
    return mean(dd, de, ee), 0.0


def in_demes(deme: int, demes: int, migration: float, budding: bool, generations: int) -> tuple[float, float]:
    """Identity within and between demes, by kin.relatedness's recursion where all bud in every generation."""
    m, d = migration, demes
    a = (1 - m) ** 2 + m**2 / (d - 1)
    b = 2 * m * (1 - m) / (d - 1) + m**2 * (d - 2) / (d - 1) ** 2
    if budding:  # two of two buds come from one deme all the same in one of d
        a, b = a + (1 - a) / d, b + (1 - b) / d
    within = between = 0.0
    for _ in range(generations):
        same = 1 / deme + (1 - 1 / deme) * within
        within, between = a * same + (1 - a) * between, b * same + (1 - b) * between
    return within, between


def expected_diversity(identity: tuple[float, float], deme: int, demes: int) -> tuple[float, float]:
    """Expected 2 p (1 - p) of alleles that are 0 or 1 alike among founders: of all, and within demes."""
    within, between = identity
    inside = 0.5 * (1 - 1 / deme) * (1 - within)
    return inside / demes + 0.5 * (1 - 1 / demes) * (1 - between), inside


def structures() -> list[tuple[str, dict[str, Any], Any]]:
    """Name, changes, and identity after t generations, of 100 individuals."""
    noisy = {"initial": 0.0, "noise": 1.0, "by_phenotype": 1}  # whose fitness is luck alone: ranks are anew each time
    tournament = rank_shares("tournament", 3, 100)
    assert tournament is not None
    chosen = float(((tournament / 100) ** 2).sum())
    demes, buds = {"population__demes": 10}, {"population__demes": 10, "population__budding": 1.0}
    return [
        ("Wright-Fisher", {}, lambda t: well_mixed(1 / 100, t)),
        ("two parents, every locus of either", {"variation__parents": 2, "variation__crossover": "uniform"},
         lambda t: well_mixed(1 / 100, t)),
        ("50 elites", {"selection__elites": 50}, lambda t: with_elites(100, 50, t)),
        ("tournaments of 3 by luck", {"selection__scheme": "tournament", "selection__parameter": 3, **noisy},
         lambda t: well_mixed(chosen, t)),
        ("best 3 of 10 by luck", {"selection__scheme": "truncation", "selection__parameter": 0.3, **noisy},
         lambda t: well_mixed(1 / 30, t)),
        ("10 demes, m 0.05", demes | {"population__migration": 0.05}, lambda t: in_demes(10, 10, 0.05, False, t)),
        ("10 demes, m 0.01", demes | {"population__migration": 0.01}, lambda t: in_demes(10, 10, 0.01, False, t)),
        ("10 budding demes, m 0.1", buds | {"population__migration": 0.1}, lambda t: in_demes(10, 10, 0.1, True, t)),
    ]  # fmt: skip


@check(
    "Effective size from neutral markers",
    "Heterozygosity is lost at 1 / N_e a generation. Two of a generation are alike by descent with a chance that "
    "follows an exact recursion: one parent for both with chance sum (e / N)^2 where offspring are drawn, 1 / N with "
    "any number of parents; elites have one offspring each; demes as in the finite island model (Wright 1931), budding "
    "ones as in kin's relatedness. N_e over t generations is 1 / (1 - (H_t / H_0)^(1/t)).",
    "Student's t over 200 replicates of 64 markers, of H_t and, on replicates of its own, of 1 / N_e told by 20 at a "
    "time; 100 individuals, 40 generations (15 where there is much drift)",
)
def marker_effective_size() -> Result:
    rows: list[Row] = []
    told, expected, names = [], [], []
    for name, changes, identity in structures():
        demes = changes.get("population__demes", 1)
        t = 40 if (1 - identity(40)[0]) * 0.5 > 0.3 else 15
        spec = loci(loci=1, statistics=0, population__size=100, population__generations=t, batch__records=2, **changes)
        start = expected_diversity((0.0, 0.0), 100 // demes, demes)[0]
        end, within = expected_diversity(identity(t), 100 // demes, demes)
        last = watched(spec).filter(pl.col("generation") == t)
        rows.append(mean_row(f"{name}: H after {t}", last["diversity"].to_numpy(), end))
        if demes > 1:
            last = watched(spec).filter(pl.col("generation") == t)
            rows.append(mean_row(f"{name}: H within demes after {t}", last["diversity_within"].to_numpy(), within))
        traces = watched(spec)
        groups = [
            effective_size(traces.filter(pl.col("replicate") // GROUP == g))["mean"] for g in range(REPLICATES // GROUP)
        ]
        rate = 1.0 - (end / start) ** (1.0 / t)
        rows.append(mean_row(f"{name}: 1 / N_e", np.array([1.0 / size for size in groups if size]), rate))
        told.append(Row(name, *(float(effective_size(traces)[key] or np.nan) for key in ("mean", "low", "high")), None))
        expected.append(1.0 / rate)
        names.append(name)
    figure, axes = panel("effective size, by theory", "effective size, by markers (95 %)")
    for k, row in enumerate(told):
        points(axes, [expected[k]], [row], COLOURS[k % len(COLOURS)], names[k], MARKERS[k % len(MARKERS)])
    axes.axline((20, 20), slope=1, color="0.3", linewidth=0.9)
    for scale, ticks in ((axes.set_xscale, axes.set_xticks), (axes.set_yscale, axes.set_yticks)):
        scale("log")
        ticks([], minor=True)
        ticks((20, 30, 50, 100, 200), ("20", "30", "50", "100", "200"))
    axes.legend(fontsize=6)
    return Result(rows, figure)


@check(
    "Wright's island model",
    "In the long run N_e = N / (1 - F_ST) (Wright 1943), F_ST = 1 - H_S / H_T of two different individuals, of one "
    "deme and of all, by the recursion of the finite island model.",
    "Student's t over 200 replicates of 64 markers: that H of all at 60 is (1 - 1 / N_e)^30 of that at 30, and that H "
    "within demes at 60 is 1 - F_ST of that of all, each as a difference and over its mean; 20 demes of 10",
)
def island_model() -> Result:
    rows: list[Row] = []
    deme, demes, rates = 10, 20, (0.02, 0.05, 0.1, 0.3)
    size = deme * demes
    different = (1 - 1 / size) / (1 - 1 / deme)  # of all, and of one deme, two different individuals
    told, sizes = [], []
    for m in rates:
        spec = loci(
            loci=1, statistics=0, population__size=size, population__demes=demes, population__migration=m,
            population__generations=60, batch__records=61,
        )  # fmt: skip
        total, within = expected_diversity(in_demes(deme, demes, m, False, 60), deme, demes)
        lost = within / total * different / size  # (1 - F_ST) / N
        traces = watched(spec).filter(pl.col("generation").is_in((30, 60))).sort("replicate", "generation")
        at30, at60 = (traces.filter(pl.col("generation") == t)["diversity"].to_numpy() for t in (30, 60))
        rows.append(mean_row(f"m {m:g}: decay beyond N / (1 - F_ST)", at60 / at60.mean() - at30 * (1 - lost) ** 30
                             / at60.mean(), 0.0))  # fmt: skip
        last = watched(spec).filter(pl.col("generation") == 60)
        whole, inside = (last[name].to_numpy() for name in ("diversity", "diversity_within"))
        rows.append(mean_row(f"m {m:g}: 1 - F_ST less theory's", (inside - whole * within / total) * different
                             / whole.mean(), 0.0))  # fmt: skip
        told.append(size * (1.0 - float(at60.mean() / at30.mean()) ** (1 / 30)))
        sizes.append(within / total * different)
    figure, axes = panel("1 - F_ST, by theory", "N / N_e, by markers")
    axes.plot(sizes, told, "o", color=COLOURS[0], label="a point per migration rate")
    axes.axline((0.5, 0.5), slope=1, color="0.3", linewidth=0.9, label="Wright")
    axes.legend()
    return Result(rows, figure, [
        "The F_ST that evo tells is Nei's (1973), of pairs that may be one individual twice, which adds about 1 / n in "
        "demes of n; that of two different individuals is the one in Wright's N_e.",
    ])  # fmt: skip


@check(
    "Markers beside loci that evolve",
    "Neutral markers are lost as neutral loci of a world are: the mean heterozygosity after t generations is one.",
    "Welch's t of 200 replicates of 64 markers and 200 others of 64 loci without mutation, founders at frequency 1/2",
)
def markers_and_loci() -> Result:
    rows: list[Row] = []
    cases: list[tuple[str, dict[str, Any]]] = [
        ("two parents", {"variation__parents": 2, "variation__crossover": "uniform"}),
        ("8 demes, some budding", {
            "population__demes": 8, "population__migration": 0.05, "population__budding": 0.3,
        }),
        ("elites and crossing at 0.3", {
            "selection__elites": 20, "variation__parents": 2, "variation__crossover": "one_point",
            "variation__crossover_rate": 0.3,
        }),
    ]  # fmt: skip
    for name, changes in cases:
        spec = loci(loci=64, initial=0.5, population__size=80, population__generations=30, batch__records=2, **changes)
        with batch(spec, REPLICATES) as done:
            real = done.runs()["training.total"].to_numpy()
        marks = watched(spec).filter(pl.col("generation") == 30)["diversity"].to_numpy()
        test = stats.ttest_ind(marks, real, equal_var=False)
        low, high = test.confidence_interval()
        rows.append(Row(f"{name}: H of markers less that of loci", float(marks.mean() - real.mean()), float(low),
                        float(high), 0.0, float(test.pvalue)))  # fmt: skip
    figure, axes = panel("", "H of markers less H of loci")
    points(axes, range(len(rows)), rows, COLOURS[0])
    axes.axhline(0, color="0.3", linewidth=0.9)
    axes.set_xticks(range(len(rows)), [name for name, _ in cases], fontsize=7)
    return Result(rows, figure)


@check(
    "What transmission is made of",
    "Mutation: L loci of rates u and v change the mean of ones by L (u (1 - p) - v p) a generation. Environment: "
    "effects that become e change fitness by (1 + e p)^L - 1 where ones are Bernoulli(p). What is not there is 0.",
    "Student's t over 200 replicates of the sums over the run; N 100, 20 loci",
)
def transmission_terms() -> Result:
    rows: list[Row] = []
    size, length, generations, rates = 100, 20, 20, ((0.001, 0.0), (0.01, 0.002), (0.03, 0.03))
    for u, v in rates:
        spec = loci(
            loci=length, forward=u, back=v, population__size=size, population__generations=generations, batch__records=2
        )
        p = u / (u + v) * (1 - (1 - u - v) ** generations)
        with batch(spec, REPLICATES) as done:
            runs = done.runs()
        rows.append(mean_row(f"u {u:g}, v {v:g}: mutation", runs["mutation.ones"].to_numpy(), length * p))
        rest = runs.select(pl.max_horizontal(pl.col("environment.ones").abs(), pl.col("recombination.ones").abs()))
        rows.append(mean_row(f"u {u:g}, v {v:g}: all else", rest.to_series().to_numpy(), 0.0))
    effects = (-0.1, 0.05, 0.2)
    for effect in effects:
        spec = loci(
            loci=length, initial=0.5, population__size=size, population__generations=10, batch__records=2,
            variation__parents=2, variation__crossover="uniform", change={"at": 5, "knobs": {"effect": effect}},
        )  # fmt: skip
        with batch(spec, REPLICATES) as done:
            runs = done.runs()
        # After the change fitness is selected, and genomes live alike: the environment's part comes but once.
        expected = (1 + 0.5 * effect) ** length - 1
        rows.append(mean_row(f"effect {effect:g}: environment", runs["environment.fitness"].to_numpy(), expected))
        rows.append(mean_row(f"effect {effect:g}: mutation", runs["mutation.fitness"].to_numpy(), 0.0))
    figure, axes = panel("by theory", "measured (95 %)")
    tested = [row for row in rows if row.p is not None]
    points(axes, [row.theory for row in tested], tested, COLOURS[0])
    axes.axline((0, 0), slope=1, color="0.3", linewidth=0.9)
    return Result(rows, figure)


def supplied_chain(size: int, advantage: float, goal: int, generations: int) -> tuple[float, float]:
    """Chance that carriers number `goal` by some generation, and mean generations until they do.

    Each generation's carriers are binomial of N by fitness; then one slot of N, at random, is turned into a carrier.
    """
    i = np.arange(goal)
    p = i * (1 + advantage) / (i * (1 + advantage) + size - i)
    drawn = stats.binom.pmf(np.arange(size + 1)[None, :], size, p[:, None])
    step = drawn * (np.arange(size + 1) / size)
    step[:, 1:] += (drawn * (1 - np.arange(size + 1) / size))[:, :-1]
    inner = step[:, :goal]
    now = np.zeros(goal)
    now[0] = 1.0
    for _ in range(generations):
        now = now @ inner
    return float(1.0 - now.sum()), float(np.linalg.solve(np.eye(goal) - inner, np.ones(goal))[0])


@check(
    "Arms against theory",
    "Blind, a property of one locus is at the balance of mutation, u / (u + v) (1 - (1 - u - v)^t), whatever it is "
    "worth. Supplied with one carrier among the offspring of each generation, a neutral property has the frequency "
    "1 - (1 - 1/N)^t, and one of advantage s is established after a wait that follows the exact chain of carriers: "
    "about 1 / (chance of fixation of one), and the sweep.",
    "Student's t over 200 replicates of frequencies and waits, exact binomial of the share established by half the "
    "mean wait; N 100",
)
def arms() -> Result:
    rows: list[Row] = []
    size = 100
    for u, v, advantage in ((0.01, 0.01, 0.5), (0.02, 0.005, 0.1), (0.002, 0.01, 0.5)):
        spec = rifle(
            forward_rate=u, back_rate=v, advantage=advantage, population__size=size, population__generations=100,
            property__stop_above=2.0, batch__records=2,
        )  # fmt: skip
        with batch(spec, REPLICATES) as done:
            found = evolve_arm(done.live(), BLIND).runs()["training.rifle"].to_numpy()
        expected = u / (u + v) * (1 - (1 - u - v) ** 100)
        rows.append(mean_row(f"blind, u {u:g}, v {v:g}, worth {advantage:g}", found, expected))
    for t in (20, 100):
        spec = rifle(
            advantage=0.0, population__size=size, population__generations=t, property__stop_above=2.0, batch__records=2
        )
        with batch(spec, REPLICATES) as done:
            found = evolve_arm(done.live(), SUPPLIED).runs()["training.rifle"].to_numpy()
        rows.append(mean_row(f"supplied, neutral, generation {t}", found, 1 - (1 - 1 / size) ** t))
    drawn, theory, remarks = [], [], []
    advantages = (0.02, 0.05, 0.1, 0.3)
    for s in advantages:
        goal = size // 2
        _, mean = supplied_chain(size, s, goal, 0)
        for longest, waits in ((3000, True), (round(mean / 2), False)):
            spec = rifle(
                advantage=s, population__size=size, population__generations=longest, property__stop_above=0.5,
                property__threshold=0.5, batch__records=2,
            )  # fmt: skip
            with batch(spec, REPLICATES) as done:
                again = evolve_arm(done.live(), SUPPLIED).runs()
            if waits:
                row = mean_row(f"supplied, s {s:g}: wait", again["established_at"].to_numpy().astype(float), mean)
                drawn.append(row)
                theory.append(mean)
            else:
                chance, _ = supplied_chain(size, s, goal, longest)
                count = int(again["established_at"].is_not_null().sum())
                row = rate_row(f"supplied, s {s:g}: established by {longest}", count, REPLICATES, chance)
            rows.append(row)
        remarks.append(f"s {s:g}: {mean:.1f} generations, of which 1 / fixation is {1 / exact_fixation(s, size):.1f}")
    figure, axes = panel("advantage s", "generations until half carry it, supplied")
    points(axes, advantages, drawn, COLOURS[0])
    axes.plot(advantages, theory, "_", color=COLOURS[1], markersize=12, label="exact chain")
    axes.plot(advantages, [1 / exact_fixation(s, size) for s in advantages], color="0.3", linewidth=0.9,
              label="1 / chance of fixation")  # fmt: skip
    axes.set_xscale("log")
    axes.set_xticks([], minor=True)
    axes.set_xticks(advantages, [f"{s:g}" for s in advantages])
    axes.legend()
    return Result(rows, figure, ["Expected waits: " + "; ".join(remarks) + "."])
