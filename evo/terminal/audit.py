"""`evo audit`: a repeated program, for a person: in words, then as a table."""

from typing import Any

from evo.audits.sentences import blind_told, fitness_told, populations, property_told
from evo.terminal.console import console, table, titled
from evo.wording import counted, number


def print_audit(summary: dict[str, Any]) -> None:
    """Print the answer. summary: from `evo.audits.summary.summarize`."""
    out, replicates = console(), summary["replicates"]
    out.print(titled(summary["script"], f": {counted(replicates, 'run')}; intervals are of 95 %"))
    for called, population in populations(summary):
        out.print(f"{called}:" if called else "")
        if told := fitness_told(population):
            out.print(told)
        for name, p in population["properties"].items():
            out.print(property_told(name, p, replicates))
        out.print()
        _print_table(out, population, replicates)
    for name, arm in summary.get("blind", {}).items():
        out.print(f"\n{blind_told(name, arm)}")
    out.print("\narose: in how many runs somebody had it; established: in how many the mean reached the threshold")
    for one in summary["failed"]:
        out.print(f"replicate {one['replicate']} failed: {one['error']}")
    for one in summary["diagnoses"]:
        out.print(f"{one['kind'].replace('_', ' ')}: {one['text']}")


def _print_table(out: Any, found: dict[str, Any], replicates: int) -> None:
    rows = table("property", "arose", "established", "realized", "mean at the end", "best", "selection",
                 "transmission", "gradient")  # fmt: skip
    for name, p in found["properties"].items():
        rows.add_row(
            name, str(p["arose"]), str(p["established"]), f"{p['realized']} of {replicates}",
            number(p["end"]["mean"]), number(p["best"]),
            *(number(p["price"][term]["mean"]) for term in ("selection", "transmission")),
            number(p["gradient"]["mean"]),
        )  # fmt: skip
    out.print(rows)
