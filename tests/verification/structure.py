"""Recombination, demes, choice among options, selection schemes."""

from typing import Any

import numpy as np
from scipy import stats

from evo.figures.pressure import pressure_figure
from evo.figures.style import COLOURS, MARKERS
from evo.kernels.operators import SCHEMES
from evo.pressure.measure import MEASURES, pressure
from evo.pressure.subject import of_kernel
from evo.worlds.closed_form import best_of
from tests.verification.check import Result, Row, batch, check, loci, mean_row, new_seed, panel, points


@check(
    "Recombination of two loci",
    "Linkage disequilibrium D_t = D_0 ((1 - c) (1 - 1/N))^t between two loci that a crossed offspring, of rate c, "
    "takes from one parent each.",
    "Student's t over 200 replicates each at generations 2, 4, 8 and 16, for four rates; N 1000",
)
def recombination() -> Result:
    rows: list[Row] = []
    figure, axes = panel("generation", "linkage disequilibrium D")
    for k, rate in enumerate((0.0, 0.1, 0.3, 1.0)):
        decay = (1 - rate) * (1 - 1 / 1000)
        generations = (2, 4, 8, 16)
        here = []
        for t in generations:
            spec = loci(
                loci=2, population__size=1000, population__carriers=500, population__generations=t,
                variation__parents=2, variation__crossover="one_point", variation__crossover_rate=rate,
                batch__records=2,
            )  # fmt: skip
            with batch(spec, 200) as done:
                values = done.runs()["training.linkage"].to_numpy()
            here.append(mean_row(f"c {rate:g}, generation {t}", values, 0.25 * decay**t))
        points(axes, generations, here, COLOURS[k], f"c {rate:g}", MARKERS[k])
        axes.plot(range(21), 0.25 * decay ** np.arange(21), color=COLOURS[k], linewidth=0.9)
        rows += here
    axes.legend(title="measured; lines: theory")
    return Result(rows, figure)


@check(
    "Crossover against asexual on two loci",
    "Two good mutations meet faster where they need not wait for each other in one lineage (Fisher 1930, Muller 1932): "
    "the wait for both is shorter with crossover.",
    "Mann-Whitney U, one-sided, over 500 replicates each way; N 5000, s 0.1, mu 2e-5",
)
def fisher_muller() -> Result:
    waits = {}
    for parents in (1, 2):
        changes = {"variation__crossover": "one_point"} if parents == 2 else {}
        spec = loci(
            loci=2, statistics=0, effect=0.1, forward=2e-5, population__size=5000, population__generations=3000,
            variation__parents=parents, property__threshold=0.5, property__stop_above=0.5, batch__records=2, **changes,
        )  # fmt: skip
        with batch(spec, 500) as done:
            waits[parents] = done.runs()["established_at"].fill_null(3000).to_numpy()
    p = float(stats.mannwhitneyu(waits[2], waits[1], alternative="less").pvalue)
    figure, axes = panel("generations until both are established", "share of replicates")
    for k, (parents, label) in enumerate(((1, "asexual"), (2, "with crossover"))):
        axes.ecdf(waits[parents], color=COLOURS[k], label=label)
    axes.legend()
    rows = [
        Row(f"median wait, {label}", float(np.median(waits[parents])), None, None, None)
        for parents, label in ((1, "asexual"), (2, "with crossover"))
    ]
    rows.append(Row("p of no difference", p, None, None, None, holds=p < 1e-3))
    return Result(rows, figure)


@check(
    "Migration and F_ST between demes",
    "Identity within and between demes by recursion: both offspring from one deme with chance "
    "a = (1 - m)^2 + m^2/(D - 1) (same deme) or b (different demes), then one parent with chance 1/n (finite island "
    "model, Wright 1931).",
    "Student's t over 200 replicates of heterozygosity within demes and in all, generation 100, for three migration "
    "rates; 8 demes of 50",
)
def demes() -> Result:
    rows: list[Row] = []
    n, d, initial = 50, 8, 0.5
    figure, axes = panel("migration rate m", "F_ST at generation 100")
    measured, predicted = [], []
    rates = (0.002, 0.01, 0.05)
    for m in rates:
        spec = loci(
            loci=32, initial=initial, population__size=n * d, population__demes=d, population__migration=m,
            population__generations=100, batch__records=2,
        )  # fmt: skip
        lasts = []
        for _ in range(2):  # of its own for each row
            with batch(spec, 200) as done:
                lasts.append(done.runs())
        a = (1 - m) ** 2 + m**2 / (d - 1)
        b = 2 * (1 - m) * m / (d - 1) + (d - 2) * (m / (d - 1)) ** 2
        within, between = 0.0, 0.0  # identity by descent of two different individuals
        for _ in range(100):
            same = 1 / n + (1 - 1 / n) * within
            within, between = a * same + (1 - a) * between, b * same + (1 - b) * between
        start = 2 * initial * (1 - initial)
        h_within = start * (1 - within) * (1 - 1 / n)
        h_total = start * ((1 - between) * (1 - 1 / d) + (1 - within) * (1 - 1 / n) / d)
        rows.append(mean_row(f"m {m:g}: H within demes", lasts[0]["training.within"].to_numpy(), h_within))
        rows.append(mean_row(f"m {m:g}: H in all", lasts[1]["training.total"].to_numpy(), h_total))
        both = [np.mean([last[f"training.{name}"].mean() for last in lasts]) for name in ("within", "total")]
        measured.append(1 - float(both[0] / both[1]))
        predicted.append(1 - h_within / h_total)
    axes.plot(rates, measured, "o", color=COLOURS[0], label="measured")
    axes.plot(rates, predicted, color="0.3", linewidth=0.9, label="theory")
    axes.set_xscale("log")
    axes.set_xticks(rates, [f"{m:g}" for m in rates])
    axes.set_xticks([], minor=True)
    axes.legend()
    return Result(rows, figure)


@check(
    "Best of n options",
    "An agent whose utility has correlation r with value takes, of A options, one of expected value r E[max of A] "
    "(order statistics of the normal).",
    "Student's t over 60 replicates of 2000 agents, each with drives of its own, for six numbers of options",
)
def best_of_n() -> Result:
    import evo

    rows, options = [], (1, 2, 4, 8, 16, 64)
    for a in options:
        spec = evo.load("igf").over({}).set({
            "options": a, "cues": 1, "sweet": 0.6, "concept_parts": 16, "drive_step": 0.0, "drive_sd": 1.0,
            "choices": 1, "population.size": 2000, "population.generations": 0, "batch.records": 2,
        })  # fmt: skip
        with batch(spec, 60) as done:
            runs = done.runs()
        # Drives of either sign: an agent's alignment is 0.6 or -0.6.
        taken = runs["training.fitness"].to_numpy()
        aligned = runs["training.alignment"].to_numpy()
        rows.append(mean_row(f"A {a}", taken - aligned * best_of(a), 0.0))
    figure, axes = panel("options A", "value taken less r E[max of A]")
    points(axes, options, rows, COLOURS[0])
    axes.axhline(0, color="0.3", linewidth=0.9)
    axes.set_xscale("log", base=2)
    return Result(rows, figure)


@check(
    "Selection schemes: intensity, diversity, takeover",
    "Blickle and Thiele 1996, with Motoki's 2002 correction, from the expected offspring of every rank, exactly at "
    "this N (docs/pressure.md); takeover times by an absorbing Markov chain.",
    "z-test per measure and point, 400 replicates each, N 1000",
)
def selection_schemes() -> Result:
    size, replicates, rows, drawn = 1000, 400, [], []
    for name, scheme in SCHEMES.items():
        for parameter in scheme.tried:
            shown: dict[str, Any] = {}
            for measure in MEASURES:  # each by selections of its own
                seed = new_seed()
                takeover = measure == "takeover_time"
                found = pressure(of_kernel(name, parameter, seed), size, replicates, seed, takeovers=takeover)
                shown = (shown or found) | {measure: found[measure]}
                m = found[measure]
                if m["theory"] is None or m["low"] is None or m["high"] - m["low"] < 1e-9:
                    continue
                z = (m["measured"] - m["theory"]) / ((m["high"] - m["low"]) / 2 / stats.t.ppf(0.975, replicates - 1))
                # No normal law: chance misses of the best are too rare there, and few individuals take most offspring.
                rare = measure == "loss_of_diversity" and name == "truncation" and parameter < 0.15
                rare |= name == "boltzmann" and measure != "takeover_time" and np.exp(parameter**2) > size / 500
                limit = measure not in found["exact"]
                p = None if rare or limit else float(2 * stats.norm.sf(abs(z)))
                setting = f"{name} {parameter if scheme.parameter else ''}, {measure}{', limit' if limit else ''}"
                rows.append(Row(setting.replace("_", " "), m["measured"], m["low"], m["high"], m["theory"], p))
            drawn.append(shown)
    return Result(rows, pressure_figure(drawn), [
        "Rows without p are limits of large N, or means of few individuals that no normal law holds for: Boltzmann "
        "where its weights count as under 500 individuals, loss of diversity where truncation keeps 1 in 10 or less.",
    ])  # fmt: skip
