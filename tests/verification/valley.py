"""Crossing fitness valleys: regimes, waiting times, published results."""

import numpy as np
import polars as pl
from scipy import stats

import evo
from evo.batch.results import Batch
from evo.figures.style import COLOURS, MARKERS
from evo.worlds.closed_form import fixation_probability, tunnelling
from tests.verification.check import HERE, Result, Row, batch, check, panel, points, rate_row, rifle


def crossing_rate(done: Batch) -> tuple[float, float, float, int]:
    """Events per generation with exact 95 % limits (Garwood 1936), and how many there were."""
    runs = done.runs()
    events = int(runs["established_at"].is_not_null().sum())
    exposure = float(runs.select(pl.col("established_at").fill_null(pl.col("ended_at")).sum()).item())
    low = stats.chi2.ppf(0.025, 2 * events) / 2 / exposure if events else 0.0
    high = stats.chi2.ppf(0.975, 2 * events + 2) / 2 / exposure
    return events / exposure, float(low), float(high), events


@check(
    "Valley crossing over population size",
    "k parts, mutation mu each, no use until complete. Tunnelling: N k mu p_1 (Iwasa, Michor and Nowak 2004; Weissman "
    "and others 2009), solid where its regime holds, dotted beyond. Sequential fixation of neutral parts (dashed, k 2 "
    "and d 0): 1 / (1/(2 mu) + 1/(N mu rho)). Semi-deterministic: N k mu above 1.",
    "exact binomial test of the share realized by the last generation where the regime holds, 200 replicates a point",
)
def valley_regimes() -> Result:
    mu, s = 1e-4, 0.5
    rows: list[Row] = []
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 4.0), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, cost in zip(panels, (0.0, 0.02), strict=True):
        for k in (1, 2, 3, 4):
            sizes = (10, 30, 100, 300, 1000, 3000) if k < 4 else (1000, 3000)
            drawn: list[tuple[int, Row]] = []
            for size in sizes:
                p1 = tunnelling(k, mu, cost, s)[0]
                expected = size * k * mu * p1
                generations = int(min(max(3 / expected, 600), 3e8 / size / 200 * (3 if k == 4 else 1), 60_000))
                spec = rifle(
                    parts=k, forward_rate=mu, part_cost=cost, advantage=s, population__size=size,
                    population__generations=generations, property__stop_above=0.5, batch__records=2,
                )  # fmt: skip
                theory = spec.theory
                with batch(spec, 200) as done:
                    rate, low, high, events = crossing_rate(done)
                    realized = int(done.runs()["established"].sum())
                name = f"k {k}, d {cost:g}, N {size}, T {generations}"
                rows.append(rate_row(name, realized, 200, theory.realized, tested=theory.holds))
                if events:
                    drawn.append((size, Row(name, rate, low, high, None)))
            points(
                axes, [size for size, _ in drawn], [row for _, row in drawn], COLOURS[k - 1], f"k {k}", MARKERS[k - 1]
            )
            x = np.geomspace(10, 3000, 60)
            rates = np.array([n * k * mu * tunnelling(k, mu, cost, s)[0] for n in x])
            holds = np.array([rifle(parts=k, forward_rate=mu, part_cost=cost, advantage=s, population__size=int(n),
                                    population__generations=10**8).theory.holds for n in x])  # fmt: skip
            axes.plot(x, rates, color=COLOURS[k - 1], linewidth=0.8, linestyle=":")
            axes.plot(x, np.where(holds, rates, np.nan), color=COLOURS[k - 1], linewidth=1.2)
            if k == 2:
                rho = [fixation_probability(s, int(n)) for n in x]
                first = np.array([2 * n * mu * fixation_probability(-cost, int(n)) for n in x])
                axes.plot(x, 1 / (1 / first + 1 / (x * mu * rho)), color=COLOURS[1], linewidth=0.8, linestyle="--")
            edge = 1 / (k * mu)
            if edge < 3500:
                axes.axvline(edge, color=COLOURS[k - 1], linewidth=0.5, alpha=0.5)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_ylim(1e-8, 1.0)
        axes.set_xlabel("population size N")
        axes.set_title(f"cost d {cost:g} a part; mu {mu:g}, s {s:g}")
    panels[0].set_ylabel("crossings per generation (95 %)")
    panels[0].legend(title="measured; lines: theory", fontsize=7)
    return Result(rows, figure, [
        "Vertical hairlines: N k mu = 1, right of which single parts are never rare (semi-deterministic).",
        "Rows without p lie outside the tunnelling regime: there the theory is drawn, not claimed.",
    ])  # fmt: skip


# Per number of parts: knobs, population size and generations at which a fair share of populations cross.
BASES = {
    1: ({"forward_rate": 1e-6, "part_cost": 0.0, "advantage": 0.3}, 1000, 1500),
    2: ({"forward_rate": 1e-4, "part_cost": 0.02, "advantage": 0.3}, 1000, 3000),
    3: ({"forward_rate": 3e-4, "part_cost": 0.01, "advantage": 0.3}, 1000, 3000),
    4: ({"forward_rate": 3e-4, "part_cost": 0.005, "advantage": 0.3}, 800, 5000),
}


@check(
    "Valley crossing over mutation rate, cost and advantage",
    "As above, for 1 to 4 parts: N k mu p_1 after the delay of drift and sweep.",
    "exact binomial test of the share realized by the last generation where the regime holds, 200 replicates a point",
)
def valley_rates() -> Result:
    from matplotlib.figure import Figure

    rows: list[Row] = []
    figure = Figure(figsize=(10.5, 3.8), layout="constrained")
    panels = figure.subplots(1, 3, sharey=True)
    axes_of = (
        ("forward_rate", (0.3, 0.6, 1.0), "mutation rate mu per part"),
        ("part_cost", (1.0, 2.0, 4.0), "cost d per part"),
        ("advantage", (1 / 3, 1.0, 3.0), "advantage s"),
    )
    for axes, (knob, factors, label) in zip(panels, axes_of, strict=True):
        for k, (base, size, generations) in BASES.items():
            if k == 1 and knob == "part_cost":
                continue  # a single part has no valley
            values = [base[knob] * factor for factor in factors]
            here: list[Row] = []
            for value in values:
                spec = rifle(
                    parts=k, **(base | {knob: value}), population__size=size, population__generations=generations,
                    property__stop_above=0.5, batch__records=2,
                )  # fmt: skip
                theory = spec.theory
                with batch(spec, 200) as done:
                    realized = int(done.runs()["established"].sum())
                name = f"k {k}, N {size}, T {generations}, {knob} {value:.3g}"
                here.append(rate_row(name, realized, 200, theory.realized, tested=theory.holds))
            points(axes, values, here, COLOURS[k - 1], f"k {k}", MARKERS[k - 1])
            axes.plot(values, [row.theory for row in here], color=COLOURS[k - 1], linewidth=0.9)
            outside = [(v, row.theory) for v, row in zip(values, here, strict=True) if row.p is None]
            axes.plot([v for v, _ in outside], [t for _, t in outside], "x", color=COLOURS[k - 1])
            rows += here
        axes.set_xscale("log")
        axes.set_xlabel(label)
    panels[0].set_ylabel("realized by the last generation (95 %)")
    panels[0].legend(fontsize=7, title="lines: theory, x: beyond its regime", title_fontsize=7)
    return Result(rows, figure)


@check(
    "Waiting times in the rare regime",
    "Crossings are rare and independent of the past, so waits are exponential after the delay of the sweep.",
    "Anderson-Darling against the exponential of estimated rate, Monte Carlo null (scipy.stats.goodness_of_fit), 500 "
    "waits beyond the first 200 generations, none censored",
)
def exponential_waits() -> Result:
    spec = rifle(
        parts=2, forward_rate=1e-4, part_cost=0.05, advantage=0.5, population__size=1000,
        population__generations=1_000_000, property__stop_above=0.5, batch__records=2,
    )  # fmt: skip
    with batch(spec, 500) as done:
        waits = done.runs()["established_at"].to_numpy().astype(float)
    late = np.sort(waits[waits > 200] - 200)
    fit = stats.goodness_of_fit(
        stats.expon, late, known_params={"loc": 0.0}, statistic="ad", n_mc_samples=2000,
        rng=np.random.default_rng(3),
    )  # fmt: skip
    figure, axes = panel("exponential quantiles, of the mean wait", "waits, of the mean wait")
    quantiles = stats.expon.ppf((np.arange(late.size) + 0.5) / late.size)
    axes.plot(quantiles, late / late.mean(), ".", markersize=3, color=COLOURS[0])
    axes.plot([0, quantiles[-1]], [0, quantiles[-1]], color="0.3", linewidth=0.9)
    cv = float(late.std(ddof=1) / late.mean())
    return Result([Row("sd / mean of the waits", cv, None, None, 1.0, float(fit.pvalue))], figure)


@check(
    "Ochs and Desai 2015, figure 3a",
    "One uphill mutation (rate 5e-6) against a valley of two (5e-5 each, the intermediate neutral) to a peak of 0.07: "
    "the share of populations that cross is NON-MONOTONE in N, least at intermediate N. Small N: sequential fixation "
    "against fixation uphill, mu / (mu + N mu_u rho_u); dashed.",
    "for the first uphill advantage, exact tests that the share at the least point is below that at both ends "
    "(Boschloo or Fisher), 1000 runs a point, as published, up to N 3000",
)
def ochs_desai() -> Result:
    from evo.measure.intervals import difference

    sizes = {30: 1000, 100: 1000, 300: 1000, 1000: 1000, 3000: 1000, 10_000: 400, 30_000: 300}  # N: runs
    rows: list[Row] = []
    figure, axes = panel("population size N", "share that crosses the valley first (95 %)")
    for k, uphill in enumerate((0.02, 0.05)):
        counts, here = [], []
        # The larger the uphill advantage, the larger N must be to turn: beyond what is quick for the second.
        runs = sizes if uphill < 0.03 else {size: n for size, n in sizes.items() if size <= 3000}
        for size, n in runs.items():
            spec = evo.load(HERE.parents[1] / "scenarios" / "ochs_desai.toml").over({}).set({
                "uphill_advantage": uphill, "population.size": size, "population.generations": 10_000_000,
            })  # fmt: skip
            with batch(spec, n) as done:
                crossed = int(done.runs()["realized"].sum())
            counts.append((crossed, n))
            theory = 5e-5 / (5e-5 + size * 5e-6 * fixation_probability(uphill, size))
            here.append(rate_row(f"s_uphill {uphill:g}, N {size}", crossed, n, theory, tested=False))
        points(axes, list(runs), here, COLOURS[k], f"uphill advantage {uphill:g}", MARKERS[k])
        x = np.geomspace(30, 1000, 50)
        axes.plot(x, [5e-5 / (5e-5 + n * 5e-6 * fixation_probability(uphill, int(n))) for n in x],
                  color=COLOURS[k], linestyle="--", linewidth=0.8)  # fmt: skip
        rows += here
        if runs is not sizes:
            continue
        least = min(range(len(counts)), key=lambda i: counts[i][0] / counts[i][1])
        size = list(runs)[least]
        spec = evo.load(HERE.parents[1] / "scenarios" / "ochs_desai.toml").over({}).set({
            "uphill_advantage": uphill, "population.size": size, "population.generations": 10_000_000,
        })  # fmt: skip
        for end in (0, len(counts) - 1):
            with batch(spec, runs[size]) as done:  # again for each: neither shares them, nor chose the least by them
                again = int(done.runs()["realized"].sum()), runs[size]
            test = difference(*again, *counts[end])
            beyond = 0 < least < len(counts) - 1 and test["p_value"] < 1e-3
            name = f"s_uphill {uphill:g}: share at N {list(runs)[end]} less that at N {list(runs)[least]}"
            rows.append(Row(name, test["difference"], test["low"], test["high"], None, holds=beyond))
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.legend()
    return Result(rows, figure, [
        "The published figure gives no table; what is compared is its statement, that the share is least at "
        "intermediate N and rises again in large populations, and its parameters.",
        "What differs: ours is a Wright-Fisher population of haploids, the two peaks exclude each other by lethality, "
        "and a peak counts as taken when 95 % of the population stand on it.",
    ])  # fmt: skip


@check(
    "Lenski and others 2003, in abstract form",
    "A complex feature of 9 parts: with simpler steps rewarded it evolves in many populations, without in none. "
    "Published: EQU in 23 of 50 with rewards for simpler functions, in 0 of 50 without.",
    "Fisher's exact test that the two differ, 50 populations each way, as published",
)
def lenski() -> Result:
    counts = {}
    with batch(evo.load(HERE.parents[1] / "scenarios" / "stepping_stones_abstract.toml"), 50) as done:
        for summary in done.summaries():
            counts[summary["set"]["scaffold"]] = summary["realized"]
    rows = [
        rate_row("simpler steps rewarded (published 23 of 50)", counts[1.0], 50, 23 / 50, tested=False),
        rate_row("only the whole rewarded (published 0 of 50)", counts[0.0], 50, 0.0, tested=False),
    ]
    p = float(stats.fisher_exact([[counts[1.0], counts[0.0]], [50 - counts[1.0], 50 - counts[0.0]]]).pvalue)
    rows.append(Row("p of no difference", p, None, None, None, holds=p < 1e-3 and counts[0.0] == 0))
    figure, axes = panel("", "share of 50 populations with the whole feature (95 %)")
    points(axes, [0, 1], rows[:2], COLOURS[0], "evo")
    axes.plot([0, 1], [23 / 50, 0.0], "s", color=COLOURS[1], label="Lenski and others 2003", fillstyle="none")
    axes.set_xticks([0, 1], ["steps rewarded", "only the whole"])
    axes.set_xlim(-0.5, 1.5)
    axes.legend()
    return Result(rows, figure, [
        "What differs: Avida's genomes are programs of varying length, rewards double metabolic rate and its feature "
        "has many genotypes; here it is one conjunction of parts, and the rewarded share is a smooth ramp. The rates "
        "need not be equal, and only the contrast is tested.",
    ])  # fmt: skip
