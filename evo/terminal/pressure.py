"""`evo pressure`: measured beside what is expected, and realized rates against realized intensity."""

from typing import Any

from evo.pressure.measure import MEASURES
from evo.terminal.console import console, table
from evo.wording import interval, number, rate_text

TITLES = {
    "intensity": "intensity",
    "variance_ratio": "variance ratio",
    "loss_of_diversity": "loss of diversity",
    "takeover_time": "takeover time",
    "best_copies": "copies of best",
    "offspring_variance": "offspring variance",
}


def print_pressure(points: list[dict[str, Any]]) -> None:
    """Print a line per point: measured, and what is expected in brackets."""
    out = console()
    first = points[0]
    out.print(
        f"N {first['population']}, {first['replicates']} replicates a point, fitness normal; "
        "in brackets what is expected, exactly at this N, or with ~ the limit of large N; * where it lies outside the "
        "95 % interval of the measurement"
    )
    rows = table("scheme", "parameter", *TITLES.values())
    rows.columns[0].no_wrap = True
    for point in points:
        cells = []
        for name in MEASURES:
            found = point[name]
            text = number(found["measured"], 4)
            if found["theory"] is not None:
                low, high = found["low"], found["high"]
                outside = low is not None and low < high and not low <= found["theory"] <= high
                limit = "" if name in point["exact"] else "~"
                text += f" [{limit}{round(found['theory'], 9):.4g}]" + ("*" if outside else "")
            cells.append(text)
        rows.add_row(point["scheme"], number(point["parameter"], 6), *cells)
    out.print(rows)
    if len(points) == 1:
        out.print()
        detail = table("measure", "measured", "95 % interval", "expected", "which is")
        for name in MEASURES:
            found = first[name]
            detail.add_row(
                TITLES[name], number(found["measured"], 4), interval(found["low"], found["high"], 4),
                number(found["theory"], 4),
                "" if found["theory"] is None else "exact" if name in first["exact"] else "limit of large N",
            )  # fmt: skip
        out.print(detail)


def print_dose(rows: list[dict[str, Any]]) -> None:
    """Print realized rate beside realized intensity, weakest selection first."""
    out = console()
    lines = table("scheme", "parameter", "intensity", "95 %", "realized", "rate (95 %)")
    for row in sorted(rows, key=lambda row: row["intensity"]["mean"] or 0.0):
        lines.add_row(
            row["scheme"],
            number(row["parameter"], 6),
            number(row["intensity"]["mean"]),
            interval(row["intensity"]["low"], row["intensity"]["high"]),
            f"{row['realized']} of {row['replicates']}",
            rate_text(row),
        )
    out.print(lines)
