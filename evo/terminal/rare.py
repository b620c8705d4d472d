"""`evo run --rare`: the chance of realization, cell by cell."""

from typing import Any

from evo.terminal.console import console, table, titled
from evo.wording import cell_name, number


def print_rare(spec: Any, rows: list[dict[str, Any]]) -> None:
    """Print the chance with its interval, and of each stage."""
    out = console()
    out.print(titled(spec.scenario.name, f": {spec.scenario.claim}"))
    out.print(
        f"chance realized, by splitting: mean and 95 % interval of {rows[0]['repeats']} estimates, {rows[0]['effort']} "
        "trajectories a stage\n"
    )
    cells = table("cell", "chance realized", "low", "high", "chance to reach each stage")
    for row in rows:
        told = ", ".join(f"{name} {number(chance)}" for name, chance in row["levels"].items() if chance is not None)
        chance = number(row["chance"]) if row["high"] is not None else "none found: more --replicates"
        cells.add_row(cell_name(row["set"]) or "all", chance, number(row["low"]), number(row["high"]), told)
    out.print(cells)
