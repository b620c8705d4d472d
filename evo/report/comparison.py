"""Two batches of a report beside each other: the difference of their realized rates, and both in one figure."""

from collections.abc import Sequence
from typing import Any

from evo.analyses.compare import compare
from evo.errors import ScenarioError
from evo.report.figures import figures
from evo.report.page import Element, element, lacking, section, table
from evo.wording import interval, rate_text

TOGETHER = ("realized", "waiting")  # figures that two batches are drawn into
ROWS = 1000


def _sentence(rows: list[dict[str, Any]], names: tuple[str, str]) -> str:
    """The largest difference whose interval leaves 0 out, and how many do; where none does, that nothing is decided."""
    apart = [row for row in rows if row["low"] > 0 or row["high"] < 0]
    most = max(apart or rows, key=lambda row: abs(row["difference"]))
    where = f" at {most['cell']}" if len(rows) > 1 else ""
    span = f"{most['difference']:+.2g}, 95 % interval {interval(most['low'], most['high'])}"
    if not apart:
        largest, holds = ("the largest", "every interval holds") if len(rows) > 1 else ("the", "which holds")
        return (
            f"It is not decided whether the property is realized more often in {names[1]} or in {names[0]}: "
            f"{largest} difference is {span}{where}, {'and ' if len(rows) > 1 else ''}{holds} 0."
        )
    more = "more" if most["difference"] >= 0 else "less"
    counted = f" In {len(apart)} of {len(rows)} cells the interval leaves 0 out." if len(rows) > 1 else ""
    return (
        f"In {names[1]} the property is realized {more} often than in {names[0]}{where} (difference {span}).{counted}"
    )


def comparison(first: Any, second: Any, place: str, names: tuple[str, str]) -> Element:
    """The second batch beside the first, cell by cell where they have equal swept values."""
    try:
        rows = compare(first, second)
    except ScenarioError as error:
        why = lacking(f"{names[1]} is not compared with {names[0]}", error, first, second)
        return section(f"Comparison: {names[1]} beside {names[0]}", place, why, level=2)
    tested = any(row["p_value"] is not None for row in rows)
    head = ["cell", names[0], "rate (95 %)", names[1], "rate (95 %)", "difference (95 %)", *(["p"] if tested else [])]
    lines = [
        [
            row["cell"],
            *(text for side in ("a", "b") for text in (f"{row[side]['realized']} of {row[side]['replicates']}",
              rate_text(row[side]))),
            (f"{row['difference']:+.2g} ({interval(row['low'], row['high'])})", row["difference"]),
            *([(f"{row['p_value']:.2g}", row["p_value"])] if tested and row["p_value"] is not None else []),
        ]
        for row in rows[:ROWS]
    ]  # fmt: skip
    said = "The difference is the second rate less the first, with Newcombe's 95 % interval" + (
        "; p is of an exact test of no difference." if tested else ".")  # fmt: skip
    return section(
        f"Comparison: {names[1]} beside {names[0]}", place, element("p", _sentence(rows, names), class_="answer"),
        element("p", said), table(head, lines, "Difference of realized rates", range(1, len(head))),
        *figures([first, second], place, TOGETHER), level=2,
    )  # fmt: skip


def compared(batches: Sequence[Any], names: Sequence[str]) -> list[Element]:
    """Each further batch beside the first; nothing where there is one."""
    return [
        comparison(batches[0], other, f"comparison-{n}", (names[0], name))
        for n, (other, name) in enumerate(zip(batches[1:], names[1:], strict=True), 1)
    ]
