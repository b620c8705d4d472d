"""`evo audit`: a repeated DEAP program, for a person."""

from typing import Any

from evo.terminal.console import console, table, titled
from evo.wording import interval, number


def print_audit(summary: dict[str, Any]) -> None:
    """Print the table. summary: from `evo.audits.repeat.summarize`."""
    out = console()
    out.print(titled(summary["script"], f": {summary['replicates']} replicates; intervals are of 95 %"))
    fitness = summary["fitness"]
    told = f"fitness at the end {number(fitness['end']['mean'], 4)}"
    if fitness["deployment"]["mean"] is not None:
        told += f" in training, {number(fitness['deployment']['mean'], 4)} in deployment"
    out.print(f"{told}; selection intensity {number(fitness['intensity']['mean'], 2)} a generation\n")
    rows = table("property", "arose", "established", "realized", "rate", "mean at the end", "selection", "transmission",
                 "gradient")  # fmt: skip
    for name, p in summary["properties"].items():
        rows.add_row(
            name, str(p["arose"]), str(p["established"]), f"{p['realized']} of {summary['replicates']}",
            f"{p['rate']:.2g} ({interval(p['low'], p['high'])})", _mean(p["end"]), _mean(p["price"]["selection"]),
            _mean(p["price"]["transmission"]), _mean(p["gradient"]),
        )  # fmt: skip
    out.print(rows)
    out.print("\nrealized: population mean at its threshold or above at the end; selection, transmission: Price sums")
    if summary["without_known_parents"] > 0.0:
        share = summary["without_known_parents"]
        out.print(f"{share:.1%} of individuals came without known parents: made anew, or copied without toolbox.clone")


def _mean(entry: dict[str, Any]) -> str:
    if entry["mean"] is None:
        return "-"
    limits = interval(entry["low"], entry["high"])
    return f"{entry['mean']:.3g}" + (f" ({limits})" if limits else "")
