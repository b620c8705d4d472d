"""`evo run`: the table of cells, and a sentence for each."""

from typing import Any

from evo.measure.realization import means_of, stages_told
from evo.measure.sensitivity import rank_correlations
from evo.terminal.console import add_column, console, table, titled
from evo.wording import cell_name, counted, interval, number, rate_text, short_name, value_text

SENTENCES = 10  # at most, under the table
NAMES = 3  # of cells that share one


def interval_name(spec: Any) -> str:
    """What kind of interval the table gives."""
    if spec.scenario.batch.until:
        return "rates, and intervals of 95 %, that allow to stop when these are narrow (Robbins 1970)"
    return "intervals of 95 % (Wilson)"


def sentences(summaries: list[dict[str, Any]], name: str) -> list[tuple[str, str]]:
    """(who, what) of each cell, once for all that share it; of the first where there are too many."""
    groups: dict[str, list[str]] = {}
    for summary in summaries:
        groups.setdefault(summary["why"], []).append(cell_name(summary["set"]) or name)
    told = [(_names(cells), said) for said, cells in groups.items()]
    more = len(told) - SENTENCES
    return [*told[:SENTENCES], *([("and", f"{more} more, in --json as 'why'")] if more > 0 else [])]


def _names(cells: list[str]) -> str:
    more = f"; and {counted(len(cells) - NAMES, 'more cell')}" if len(cells) > NAMES else ""
    return "; ".join(cells[:NAMES]) + more


def _print_probes(out: Any, summaries: list[dict[str, Any]], spec: Any) -> None:
    """Means of every probe at the end, with their intervals over replicates."""
    rows = table("probe", "cell", "training", "95 %", *(["deployment", "95 %"] if spec.shifted else []))
    for probe in spec.world.probes:
        for n, summary in enumerate(summaries):
            found = summary["probes"][probe.name]
            places = [found, *([found["deployment"]] if spec.shifted else [])]
            numbers = (text for one in places for text in (number(one["mean"]), interval(one["low"], one["high"])))
            rows.add_row("" if n else probe.name, cell_name(summary["set"]) or spec.scenario.name, *numbers)
    out.print(rows)
    out.print()


def print_batch(batch: Any, new: int) -> None:
    """Print the table of cells, a sentence each, and where the batch is."""
    out = console()
    summaries = batch.summaries()
    scenario = batch.spec.scenario
    prop, shifted = scenario.property, batch.spec.shifted
    out.print(titled(scenario.name, f": {scenario.claim}"))
    out.print(f"realized: mean {prop.trait} of {prop.threshold:g} or more at the end; {interval_name(batch.spec)}")
    asked = "arose and established are known at recorded generations only, where probes are asked\n"
    out.print(asked if batch.spec.asked else "")
    keys = batch.spec.keys
    stages = stages_told(batch.spec)
    cells = table(*(short_name(key) for key in keys), "n", *stages, "rate realized")
    traits = ("fitness", prop.trait) if prop.trait != "fitness" else ("fitness",)
    for name in traits:
        add_column(cells, f"{name}\ntrained" + (" > deployed" if shifted else ""))
    for summary in summaries:
        cells.add_row(
            *(value_text(summary["set"][key]) for key in keys),
            str(summary["replicates"]),
            *(str(summary[stage]) for stage in stages),
            rate_text(summary),
            *(
                f"{place['training']:.3g}" + (f" > {place['deployment']:.3g}" if shifted else "")
                for place in (means_of(summary, name) for name in traits)
            ),
        )
    out.print(cells)
    out.print()
    fields = scenario.sample.ranges if scenario.sample else ()
    for key, rank, p_value in rank_correlations(
        list(fields), [s["set"] for s in summaries], [s["rate"] for s in summaries]
    ):
        told = f"{rank:+.2f} (p = {p_value:.2g})" if rank == rank else "not defined, for one of them never varies"
        out.print(titled(short_name(key), f": rank correlation with the realized rate {told}"))
    if batch.spec.world.probes:
        _print_probes(out, summaries, batch.spec)
    for title, said in sentences(summaries, scenario.name):
        out.print(titled(title, f": {said}"))
    out.print(f"\n{counted(new, 'new replicate')}" if new else "\nnothing to do: every replicate was there already")
    out.print(f"records: {batch.folder}")
    out.print(f"why, by experiment: evo why {batch.folder}")
