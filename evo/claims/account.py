"""What a page owes a doubter: how far the conclusion holds, and what both sides could say."""

from typing import Any

from evo.measure.robustness import HOLDS, LEVEL, TURNS, WEAKENS
from evo.wording import cell_name, interval, markdown


def _judged(far: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What was changed, by what that did to the conclusion."""
    return {says: [row["changed"] for row in far if row.get("says") == says] for says in (HOLDS, WEAKENS, TURNS)}


def holds(far: list[dict[str, Any]]) -> str:
    """How far the conclusion holds, in a line; far: the rows of `analyses.robustness`."""
    judged = _judged(far)
    n = sum(map(len, judged.values()))
    text = f"in {len(judged[HOLDS])} of {n} changes"
    if judged[WEAKENS]:
        text += f"; weakens with {', '.join(judged[WEAKENS])}"
    if judged[TURNS]:
        text += f"; turns with {', '.join(judged[TURNS])}, on which it depends"
    return text


def how_far(own: dict[str, Any], far: list[dict[str, Any]]) -> list[str]:
    """The section on how far it holds. own: the cell, of `explain_batch`."""
    looks = sum("says" in row for row in far)
    if not looks:
        return []
    sure = 100 * (1 - LEVEL / looks)
    where = cell_name(own["set"])
    k, n = own["stages"]["realized"]["count"], own["replicates"]
    lines = [
        "## How far it holds", "",
        f"{'At ' + where + ', ' if where else ''}{k} of {n} realize the property. Again, with one thing changed:", "",
        f"| changed | realized | rate ({sure:.1f} %) | the conclusion |", "|---|---|---|---|",
    ]  # fmt: skip
    for row in far:
        if "says" in row:
            rate = f"{row['rate']:.2g} ({interval(row['low'], row['high'])})"
            lines.append(f"| {row['changed']} | {row['realized']} of {row['replicates']} | {rate} | {row['says']} |")
        else:
            lines.append(f"| {row['changed']} | cannot be: {markdown(row.get('refused', 'no replicate'))} | | |")
    lines += [
        "",
        "The conclusion is which outcome most populations have. It *turns* where the interval lies on the other side "
        "of one half, *weakens* where it is nearer to one half than it was, else *holds*; intervals allow for "
        f"{looks} looks ([measures](../measures.md)).",
        "",
    ]
    return lines


def sides(page: Any) -> list[str]:
    """What each side could say against the experiment."""
    if not (page.defender and page.doubter):
        return []
    return [
        "## What each side could say of it", "", f"Who makes the claim: {page.defender}", "",
        f"Who doubts it: {page.doubter}", "",
    ]  # fmt: skip
