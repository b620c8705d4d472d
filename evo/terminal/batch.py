"""`evo run`: the table of cells, and a sentence for each."""

from typing import Any

from evo.measure.sensitivity import rank_correlations
from evo.terminal.console import console, table
from evo.wording import cell_name, rate_text, short_name


def interval_name(spec: Any) -> str:
    """What kind of interval the table gives."""
    if spec.scenario.batch.until:
        return "intervals of 95 % that allow to stop when they are narrow (Robbins 1970)"
    return "intervals of 95 % (Wilson)"


def print_batch(batch: Any, new: int) -> None:
    """Print the table of cells, a sentence each, and where the batch is."""
    out = console()
    summaries = batch.summaries()
    scenario = batch.spec.scenario
    prop, shifted = scenario.property, batch.spec.shifted
    out.print(f"[bold]{scenario.name}[/bold]: {scenario.claim}")
    out.print(f"realized: mean {prop.trait} of {prop.threshold:g} or more at the end; {interval_name(batch.spec)}\n")
    keys = batch.spec.keys
    stages = ("arose", "established", "realized", *(["generalizes"] if shifted else []))
    cells = table(*(short_name(key) for key in keys), "n", *stages, "rate realized")
    traits = ("fitness", prop.trait) if prop.trait != "fitness" else ("fitness",)
    for name in traits:
        cells.add_column(f"{name}\ntrained" + (" > deployed" if shifted else ""))
    for column in cells.columns:
        column.no_wrap = out.width >= 120  # on a narrow screen fold rather than cut
    for summary in summaries:
        cells.add_row(
            *(f"{value:.4g}" if isinstance(value := summary["set"][key], float) else str(value) for key in keys),
            str(summary["replicates"]),
            *(str(summary[stage]) for stage in stages),
            rate_text(summary),
            *(
                f"{place['training']:.3g}" + (f" > {place['deployment']:.3g}" if shifted else "")
                for place in (summary["traits"][name] for name in traits)
            ),
        )
    out.print(cells)
    out.print()
    fields = scenario.sample.ranges if scenario.sample else ()
    for key, rank, p_value in rank_correlations(
        list(fields), [s["set"] for s in summaries], [s["rate"] for s in summaries]
    ):
        out.print(
            f"[bold]{short_name(key)}[/bold]: rank correlation with the realized rate {rank:+.2f} (p = {p_value:.2g})"
        )
    for summary in summaries if len(summaries) <= 60 else []:
        cell = cell_name(summary["set"]) or scenario.name
        out.print(f"[bold]{cell}[/bold]: {summary['why']}", soft_wrap=not out.is_terminal)
    out.print(f"\n{new} new replicates" if new else "\nnothing to do: every replicate was there already")
    out.print(f"records: {batch.folder}")
    out.print(f"why, with numbers: evo why {batch.folder}")
