"""`evo audit`: a repeated program, for a person."""

from typing import Any

from evo.terminal.console import console, table, titled
from evo.wording import interval, number


def print_audit(summary: dict[str, Any]) -> None:
    """Print the answer. summary: from `evo.audits.summary.summarize`."""
    out = console()
    out.print(titled(summary["script"], f": {summary['replicates']} replicates; intervals are of 95 %"))
    for audit in summary.get("audits", [summary]):
        for k, population in enumerate(populations := audit.get("populations", [audit])):
            if len(populations) > 1:
                out.print(f"population {k + 1} of {len(populations)}, which never exchange parents")
            _print_population(out, population, summary["replicates"])
    out.print("realized: population mean at its threshold or above at the end; selection, transmission: Price sums")
    for one in summary["failed"]:
        out.print(f"replicate {one['replicate']} failed: {one['error']}", markup=False)
    for one in summary["diagnoses"]:
        out.print(f"{one['kind'].replace('_', ' ')}: {one['text']}", markup=False)


def _print_population(out: Any, found: dict[str, Any], replicates: int) -> None:
    fitness = found["fitness"]
    told = []
    if fitness["end"]["mean"] is not None:
        told.append(f"fitness at the end {number(fitness['end']['mean'], 4)}")
    if fitness["deployment"]["mean"] is not None:
        told.append(f"{number(fitness['deployment']['mean'], 4)} in deployment")
    if fitness["intensity"]["mean"] is not None:
        told.append(f"selection intensity {number(fitness['intensity']['mean'], 2)} a generation")
    out.print("; ".join(told) + "\n")
    rows = table("property", "arose", "established", "realized", "rate", "mean at the end", "best", "selection",
                 "transmission", "gradient")  # fmt: skip
    for name, p in found["properties"].items():
        rows.add_row(
            name, str(p["arose"]), str(p["established"]), f"{p['realized']} of {replicates}",
            f"{p['rate']:.2g} ({interval(p['low'], p['high'])})", _mean(p["end"]), f"{p['best']:.3g}",
            _mean(p["price"]["selection"]), _mean(p["price"]["transmission"]), _mean(p["gradient"]),
        )  # fmt: skip
    out.print(rows)
    out.print()


def _mean(entry: dict[str, Any]) -> str:
    if entry["mean"] is None:
        return "-"
    limits = interval(entry["low"], entry["high"])
    return f"{entry['mean']:.3g}" + (f" ({limits})" if limits else "")
