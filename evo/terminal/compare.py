"""`evo compare`: two batches, cell by cell."""

from typing import Any

from evo.terminal.console import console, table
from evo.wording import interval


def print_comparison(rows: list[dict[str, Any]], folders: tuple[str, str]) -> None:
    """Print a row per pair of cells. rows: from `evo.analyses.compare.compare`."""
    out = console()
    out.print(f"A: {folders[0]}\nB: {folders[1]}\n")
    tested = any(row["test"] for row in rows)
    last = ("95 % (Newcombe)", "p", "exact test") if tested else ("95 %, allows to stop when narrow",)
    cells = table("cell", "A realized", "B realized", "B - A", *last)
    for row in rows:
        cells.add_row(
            row["cell"],
            *(f"{row[side]['realized']} of {row[side]['replicates']}" for side in ("a", "b")),
            f"{row['difference']:+.3g}",
            interval(row["low"], row["high"]),
            *((f"{row['p_value']:.2g}", row["test"]) if tested else ()),
        )
    out.print(cells)
