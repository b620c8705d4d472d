"""What a page found, how far that holds, and the value at which it turns: its lines and its section."""

from typing import Any

import numpy as np

from evo.analyses.headline import Headline, estimated, realized
from evo.analyses.robustness import found
from evo.analyses.switch import Switch, moved, switch
from evo.batch.results import Batch
from evo.errors import ScenarioError
from evo.measure.robustness import DECIDED, GONE, HOLDS, TURNS, UNDECIDED, WEAKENS, Estimate, side, surely
from evo.scenario.spec import Cell
from evo.wording import cell_name, estimate_text, fixed, interval, markdown, short_name

TURNED = "it depends on what turns it"


def _listed(words: list[str]) -> str:
    """'a, b and c'."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _between(row: dict[str, Any]) -> str:
    """Where on the way to a change the conclusion turns, in words."""
    if "between" not in row:
        return ""
    near, far = row["between"]
    return f" (between {near:.2g} and {far:.2g} times what it is)"


def _both(headline: Headline, row: dict[str, Any]) -> str:
    """Of a difference of rates that is gone: whether all populations realize in both cells, or none, in words."""
    if row["says"] != GONE or headline.values is not realized or len(set(row.get("levels", ()))) != 1:
        return ""
    return {0.0: " (none in either)", 1.0: " (all in both)"}.get(row["levels"][0], "")


def _side(headline: Headline, number: Estimate) -> str:
    """On which side of its border a number lies, in words."""
    at = f"{headline.border:g}"
    return {1: f"above {at}", -1: f"below {at}", 0: f"undecided about {at}"}[side(number, headline.border)]


def _number(headline: Headline, batch: Batch, reference: Cell) -> str:
    """The headline's number: of a rate the count, of anything else what it is, with its interval."""
    value, low, high = found(headline, batch, reference)
    if headline.whole is None and headline.less is None:
        values = headline.values(batch, headline.cells(batch, reference)[0])
        if values.dtype == bool:
            count = f"{int(values.sum())} of {values.size} populations"
            return f"{headline.what}: {count}, 95 % interval {interval(low, high)}"
    number, _, ends = estimate_text(value, low, high).partition(" (")
    return f"{headline.what}: {number}" + (f", 95 % interval {ends.removesuffix(')')}" if ends else "")


def conclusion(headline: Headline, batch: Batch, reference: Cell, page: Any) -> str:
    """What was found, in the page's words for the side on which the number lies, and the number."""
    own = found(headline, batch, reference)
    words = {1: page.above, -1: page.below, 0: page.undecided}[side(own, headline.border)]
    return f"{words or 'The number is ' + _side(headline, own)} ({_number(headline, batch, reference)})"


def holds(headline: Headline, own: Estimate, far: list[dict[str, Any]]) -> str:
    """How far the conclusion holds, in a line; own: the number as found; far: the rows of `analyses.robustness`."""
    rows = [row for row in far if "says" in row]

    def those(says: str) -> list[str]:
        return [row["changed"] + _between(row) + _both(headline, row) for row in rows if row["says"] == says]

    n, unsure = len(rows), those(UNDECIDED)
    if side(own, headline.border) == 0:
        told = [f"nothing, for as it is the number is undecided; {len(unsure)} of {n} changes leave it so"]
        for sign, where in ((1, "above"), (-1, "below")):
            there = [
                row["changed"] for row in rows
                if row["says"] == DECIDED and side((row["value"], row["low"], row["high"]), headline.border) == sign
            ]  # fmt: skip
            if there:
                told.append(f"it lies {where} {headline.border:g} with {_listed(there)}")
        return "; ".join(told)
    told = [f"in {len(those(HOLDS))} of {n} changes"]
    for says, words in ((WEAKENS, "it weakens with"), (GONE, "it is gone with"), (UNDECIDED, "it is undecided with")):
        if those(says):
            told.append(f"{words} {_listed(those(says))}")
    if those(TURNS):
        told.append(f"{TURNED}: {_listed(those(TURNS))}")
    return "; ".join(told)


def _cells(headline: Headline, batch: Batch, reference: Cell) -> list[str]:
    """The cells that a headline's number is of, in words, without the fields that it is over."""
    names = [
        cell_name({key: value for key, value in cell.set.items() if key not in headline.over})
        for cell in headline.cells(batch, reference)
    ]
    return [name for name in names if name]


def _place(headline: Headline, batch: Batch, reference: Cell) -> str:
    names = _cells(headline, batch, reference)
    return "The" if not names else f"At {names[0]}, the" if len(names) == 1 else f"At {names[0]}, and {names[1]}, the"


_RULE = (
    "The conclusion is the side of {at} on which the number lies, with its interval of 95 %. It *turns* where the "
    "interval of the changed number lies wholly on the other side. It *is gone* where the number has surely moved "
    "towards {at} and its interval holds {at}; it *weakens* where it has moved so and stays on its side. It is "
    "*undecided* where the interval holds {at} and the number has not surely moved: the row's populations are then too "
    "few to say. Else it *holds*."
)
_NONE = (
    "As it is the interval of 95 % holds {at}, so that there is no conclusion that could hold. A row is *undecided* "
    "where that stays so, which says little of a row of few populations, and *decided* where the interval of the "
    "changed number lies wholly on one side."
)


def how_far(headline: Headline, batch: Batch, reference: Cell, far: list[dict[str, Any]]) -> list[str]:
    """The section on how far the conclusion holds; reference: the cell that answers; far: as for `holds`."""
    looks = sum("says" in row for row in far)
    if not looks:
        return []
    own, sure = found(headline, batch, reference), 100 * surely(looks)
    lines = [
        "## How far it holds", "",
        f"{_place(headline, batch, reference)} {headline.what} is {estimate_text(*own)}: {_side(headline, own)}. "
        "The same is asked again, with one thing changed:", "",
        f"| changed | {headline.what} ({sure:.1f} %) | populations | the conclusion |", "|---|---|---|---|",
    ]  # fmt: skip
    for row in far:
        if "says" not in row:
            lines.append(f"| {row['changed']} | {markdown(row['refused'])} | | |")
            continue
        number = (row["value"], row["low"], row["high"])
        says = f"{row['says']}, {_side(headline, number)}" if row["says"] == DECIDED else row["says"] + _between(row)
        says += _both(headline, row)
        many = f"{row['replicates']}" + (f" in each of {row['cells']} cells" if row["cells"] > 1 else "")
        levels = f", {' less '.join(fixed(level) for level in row['levels'])}" if "levels" in row else ""
        told = estimate_text(*number, apart=headline.border)
        lines.append(f"| {row['changed']} | {told}{levels} | {many} | {says} |")
    rule, many = _RULE if side(own, headline.border) else _NONE, "1 look" if looks == 1 else f"{looks} looks"
    lines += [
        "",
        rule.format(at=f"{headline.border:g}")
        + f" Intervals of rows allow for {many} (Bonferroni; [measures](../measures.md)).",
        "",
    ]
    return lines


def depends(headline: Headline, batch: Batch, reference: Cell, field: str) -> str:
    """At which value of a swept field the headline's number crosses its border, in a sentence with its interval.

    The other fields are as in the cell that the headline is of, and told unless its number is over them.
    """
    if headline.less:
        why = "must be left out, for the page's number is a difference of two cells"
        raise ScenarioError(f"{batch.spec.origin}: page.depends_on = {field}: {why}")
    along = switch(headline, batch, reference, field)
    first, last = along.at[0], along.at[-1]
    told = cell_name({key: value for key, value in along.others.items() if key not in headline.over})
    swept = f"swept from {first:g} to {last:g}" + (f", at {told}" if told else "")
    value, low, high = along.place()
    if not first <= value <= last:
        ends = " and ".join(f"{fixed(float(along.samples[n].mean()))} at {along.at[n]:g}" for n in (0, -1))
        return f"`{field}`, but the {headline.what} does not cross {headline.border:g}: it is {ends} ({swept})"
    cut = "; the interval is cut off at the end of the sweep" if low < first or high > last else ""
    where = f"{value:.2g} ({interval(max(low, first), min(high, last))}{cut}; {swept})"
    return f"`{field}`: the {headline.what} crosses {headline.border:g} at {where}"


def in_time(before: Switch, after: Switch) -> list[str]:
    """Whether the place at which a number crosses its border is a matter of time, as a section."""
    what, border, name = before.headline.what, before.headline.border, short_name(before.field)
    was, now, (by, least, most) = before.place(), after.place(), moved(before, after)
    if np.isfinite(by):
        said = "has moved" if least > 0.0 or most < 0.0 else "has not surely moved"
        crosses = (
            f"the {what} crosses {border:g} at {estimate_text(*now)}, where it was {estimate_text(*was)}: the place "
            f"{said}, by {estimate_text(by, least, most)}"
        )
    else:
        crosses = f"the {what} does not surely cross {border:g} between {name} {after.at[0]:g} and {after.at[-1]:g}"
    asked = [samples for at, samples in zip(before.at, before.samples, strict=True) if at in after.at]
    rows = [
        f"| {at:g} | {estimate_text(*estimated(young, 0.95, before.headline.bounds))} "
        f"| {estimate_text(*estimated(old, 0.95, before.headline.bounds))} |"
        for at, young, old in zip(after.at, asked, after.samples, strict=True)
    ]
    return [
        "## A matter of time?", "",
        f"After {after.generations} generations instead of {before.generations}, {crosses}.", "",
        f"| {name} | {what} after {before.generations} | after {after.generations} |", "|---|---|---|", *rows, "",
        f"Those of {after.generations} generations are {after.samples[0].size} populations each, evolved anew.", "",
    ]  # fmt: skip
