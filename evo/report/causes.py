"""The section of a report that tells why: each cell as it is, blind and supplied, and the verdict that follows."""

from typing import Any

from evo.analyses.why import explain_batch
from evo.batch.arms import ARMS
from evo.measure.verdict import UNDECIDED, meaning, of_environment
from evo.report.page import Element, element, section, table
from evo.wording import cause_text, cell_name, difference_text, knobs_text, undecided_text

ROWS = 1000  # of the table
SAID = "The same populations, evolved again from the same random streams with one thing changed. "
CARRIERS = (
    "Blind: selection does not see the property. Supplied: a carrier is put among the offspring of every generation. "
)
ENVIRONMENT = (
    "These are arms of environment, for no carrier can be built by hand. Blind: nothing ever tells the property from "
    "its rivals. Supplied: what tells it from them is there from the start. "
)
FOLLOWS = (
    "The difference is to the rate as it is, with its 95 % interval for pairs. The shares follow from the three rates, "
    "and where the environment shifts from those kept after it, and sum to one; the verdict is the largest, where it "
    "leads all others by an interval of 95 %."
)
HEAD = ("cell", "as it is", "blind", "difference", "supplied", "difference", "of the populations", "verdict")


def _verdict(cell: dict[str, Any]) -> str:
    if cell["verdict"] != UNDECIDED or not cell["between"]:
        return cause_text(cell["verdict"], cell["arms"])
    return f"undecided {undecided_text(cell)}"


def _row(cell: dict[str, Any], name: str) -> list[str]:
    arms = []
    for one in (cell["arms"].get(arm) for arm in ARMS):
        arms += [f"{one['realized']} of {one['replicates']}", difference_text(one)] if one else ["-", ""]
    shares = ", ".join(f"{cause_text(cause, cell['arms'])} {share:.0%}" for cause, share in cell["shares"].items())
    return [name, f"{cell['stages']['realized']['count']} of {cell['replicates']}", *arms, shares, _verdict(cell)]


def _changes(cells: list[dict[str, Any]]) -> list[str]:
    """Which knobs the arms change, a sentence each."""
    told = dict.fromkeys(
        f"{arm.capitalize()} is evolved with {knobs_text(one['knobs'])}."
        for cell in cells
        for arm, one in cell["arms"].items()
        if "knobs" in one
    )
    return list(told)


def why(batch: Any, place: str) -> Element | None:
    """What the arms say, where `evo why` has evolved them."""
    cells = [cell for cell in explain_batch(batch, arms=()) if cell["arms"]]
    if not cells:
        return None
    rows = [_row(cell, cell_name(cell["set"]) or batch.spec.scenario.name) for cell in cells[:ROWS]]
    found = dict.fromkeys(cause for cell in cells for cause in (*cell["shares"], cell["verdict"]))
    arms = cells[0]["arms"]
    environment = of_environment(arms)
    said = [SAID + (ENVIRONMENT if environment else CARRIERS) + FOLLOWS, *(_changes(cells) if environment else [])]
    meanings = [(cause_text(cause, arms), meaning(cause, arms)) for cause in found]
    return section(
        "Why", place, *(element("p", text) for text in said), table(list(HEAD), rows, "Arms and verdicts", range(1, 6)),
        table(["verdict", "what it means"], meanings, "Verdicts"),
    )  # fmt: skip
