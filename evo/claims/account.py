"""What a page owes a doubter: what is by construction and what is found, and what both sides could say."""

from typing import Any

from evo.batch.results import Batch
from evo.measure.intervals import wilson
from evo.scenario.spec import Cell
from evo.wording import markdown, rate_sentence


def closed_form(batch: Batch, cell: Cell, page: Any) -> list[str]:
    """The section on what is by construction and what is found; nothing where a page says neither."""
    theory = cell.spec.theory
    told = []
    made = cell.spec.world.theory
    if made is not None and theory is not None and theory.realized is not None and theory.holds:
        runs = batch.runs(cell)
        k, n = int(runs["established"].sum()), runs.height
        low, high = wilson(k, n)
        name = f"`{made.__module__.replace('.', '/')}.py: {made.__name__}`"
        agrees = "inside" if low <= theory.realized <= high else "outside"
        told.append(
            f"By closed form ({name}; {markdown(theory.regime)}) the property is established with chance "
            f"{theory.realized:.3g}; measured {rate_sentence(k, n, low, high)}: the closed form lies {agrees}."
        )
    if page.by_construction:
        told.append(f"By construction: {page.by_construction}")
    if page.found:
        told.append(f"Found: {page.found}")
    return ["## By construction, and found", "", *(line + "\n" for line in told)] if told else []


def sides(page: Any) -> list[str]:
    """What each side could say against the experiment."""
    if not (page.defender and page.doubter):
        return []
    return [
        "## What each side could say of it", "", f"Who makes the claim: {page.defender}", "",
        f"Who doubts it: {page.doubter}", "",
    ]  # fmt: skip
