"""The text of a claim's page, from the records and from what its scenario says."""

from typing import Any

from evo.analyses.headline import realized
from evo.analyses.robustness import found
from evo.analyses.switch import Switch
from evo.batch.results import Batch
from evo.claims.answer import dependence, reference, reference_cell
from evo.claims.construction import construction
from evo.claims.finding import Finding, finding_of
from evo.claims.holding import conclusion, depends, holds, how_far, in_time
from evo.measure.verdict import UNDECIDED, meaning, of_environment
from evo.scenario.spec import Cell
from evo.wording import (
    cause_text,
    cell_name,
    difference_text,
    kept_text,
    knobs_text,
    markdown,
    rate_text,
    undecided_text,
)

FOUND, BUILT = "**Found:** ", "**By construction:** "
ANSWER, HOLDS, DEPENDS = "**Measured:** ", "**Holds:** ", "**Depends on:** "
WITHDRAWN = "**Withdrawn:** "
ALL_BY_CONSTRUCTION = "*All of this follows from the knobs: the page is arithmetic, of a kind that people get wrong.*"
OF_CARRIERS = (
    "*blind* is evolved again with selection that does not see the property, *supplied* with a carrier in every "
    "generation, both from the same random streams."
)
OF_ENVIRONMENT = (
    "no carrier can be built by hand, so these are arms of environment: *blind* is evolved again where nothing ever "
    "tells the property from its rivals, *supplied* where that is given from the start, both from the same random "
    "streams, with the knobs named above."
)
_AS_IT_IS = {
    "blind": "nothing in its training tells the property from its rivals",
    "supplied": "its training tells the property from its rivals from the start",
}
LONG = 26  # lines of a table from which on it is folded


def _table(batch: Batch) -> list[str]:
    shifted = batch.spec.at_stake
    head = ["cell", "realized", "rate (95 %)", *(["kept after the shift"] if shifted else [])]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for s in batch.summaries():
        cells = [markdown(cell_name(s["set"])) or "all", f"{s['realized']} of {s['replicates']}", rate_text(s)]
        lines.append("| " + " | ".join([*cells, *([str(s["generalizes"])] if shifted else [])]) + " |")
    if len(lines) > LONG:  # folded away, or the page is nothing but its table
        return ["<details><summary>All cells</summary>", "", *lines, "", "</details>"]
    return lines


def _why(batch: Batch, own: dict[str, Any], told: list[str]) -> str:
    """What the arms say of the cell that answers the claim, and what could not be evolved.

    own : the cell, of `explain_batch`; told : the sentences of it
    """
    where, n, cell = cell_name(own["set"]), own["replicates"], reference_cell(batch)
    again = min((arm["replicates"] for arm in own["arms"].values()), default=n)
    lines = ["| arm | realized | less or more than as it is (95 %) |", "|---|---|---|"]
    lines.append(f"| as it is | {own['stages']['realized']['count']} of {n} | |")
    if again < n:
        first = batch.runs(cell).sort("replicate").head(again)
        lines.append(f"| as it is, the first {again} | {int(first['realized'].sum())} of {again} | |")
    knobs, same = cell.spec.knobs, []
    for name, arm in own["arms"].items():
        if "knobs" in arm and all(knobs[knob] == value for knob, value in arm["knobs"].items()):
            same.append(f"The experiment is *{name}* as it is: {_AS_IT_IS[name]}.")
            continue
        what = f"{name}, {knobs_text(arm['knobs'])}" if "knobs" in arm else name
        lines.append(f"| {what} | {arm['realized']} of {arm['replicates']} | {difference_text(arm)} |")
    said = [markdown(_capital(sentence.removeprefix(f"{batch.folder}: "))) + "." for sentence in told]
    page = batch.spec.scenario.page
    if page and page.arms_cannot:
        return "\n".join(
            [_lead(where, again, n), "", *lines, "", f"**The arms cannot tell:** {page.arms_cannot}", *said]
        )
    if not own["shares"]:
        verdict = []
    elif own["verdict"] == UNDECIDED:
        verdict = [f"*Undecided* {undecided_text(own, '*')}."]
    else:
        verdict = [
            f"**{cause_text(own['verdict'], own['arms']).capitalize()}**: {meaning(own['verdict'], own['arms'])}."
        ]
    if len(own["shares"]) > 1:
        shares = ", ".join(f"{cause_text(name, own['arms'])} {share:.0%}" for name, share in own["shares"].items())
        verdict.append("; ".join(filter(None, (f"Of the populations: {shares}", kept_text(own)))) + ".")
    if not own["arms"]:
        return "\n\n".join(["Here neither arm tells anything.", *verdict, *said])
    return "\n".join([_lead(where, again, n), "", *lines, "", *(text + "\n" for text in same), *verdict, *said])


def _lead(where: str, again: int, n: int) -> str:
    """What the table of arms is of: the cell, and the first populations of n where these are not all."""
    who = f"the first {again} populations e" if again < n else "e"
    place = f"At {where}, {who}" if where else _capital(who)
    return f"{place}volved again from the same random streams, with one thing changed:"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _what_arms_ask(batch: Batch, finding: Finding, own: dict[str, Any]) -> str:
    """What "it" is in this section, where it is not the number that the page concludes from; else empty."""
    wanted, headline = batch.spec.scenario.property, finding.headline
    asked = f"is realized in training, a mean `{wanted.trait}` of {wanted.threshold:g} or more"
    if own["arms"] and (headline.values is not realized or headline.less or headline.whole):
        kept = f"{reference(batch)['generalizes']} of {own['replicates']}"
        after = f" After the shift {kept} still have it." if batch.spec.at_stake else ""
        return f"Arms ask whether the property {asked}. That is not the number above.{after}\n\n"
    return ""


def page_text(
    batch: Batch,
    own: dict[str, Any],
    told: list[str],
    far: list[dict[str, Any]],
    switches: tuple[Switch, Switch] | None = None,
) -> str:
    """The whole page.

    own : the cell that answers, of `explain_batch`; told : the sentences of it; far : rows of `robustness`; switches :
    along the field that the claim depends on, as it is and for longer, see `analyses.switch`
    """
    s, page, cell = batch.spec.scenario, batch.spec.scenario.page, reference_cell(batch)
    assert page is not None
    finding = finding_of(s.name)
    over = finding.headline.over
    lines = [
        *_answers(batch, cell, far),
        *(
            sentence + "\n"
            for sentence in [
                *dependence(batch, *finding.measured(batch), finding.measures_headline(batch), over),
                *finding.sentences(batch),
            ]
        ),
        *construction(batch, page),
        "## Why",
        "",
        _what_arms_ask(batch, finding, own) + _why(batch, own, told) + "\n",
        f"![{markdown(s.claim)}](../images/claims/{s.name}.png)",
        "",
        *how_far(finding.headline, batch, cell, far),
        *(in_time(*switches) if switches else []),
        *_sides(page),
        *_experiment(batch, page),
        "## Measured",
        "",
        *_table(batch),
        "",
        "Arms and verdicts are defined in [measures](../measures.md): "
        + (OF_ENVIRONMENT if of_environment(own["arms"]) else OF_CARRIERS),
        "",
        "## What it does not show",
        "",
        page.not_shown,
        "",
        "*Written by `evo claims`; every number on this page is computed from the records by that command.*",
        "",
    ]
    return "\n".join(lines)


def _answers(batch: Batch, cell: Cell, far: list[dict[str, Any]]) -> list[str]:
    """The claim, who says it, what was measured, how far that holds and on what it depends."""
    s, page = batch.spec.scenario, batch.spec.scenario.page
    assert page is not None
    finding = finding_of(s.name)
    headline, all_of_it = finding.headline, bool(page.by_construction and not page.found)
    return [
        f"# {s.name}",
        "",
        f"> {markdown(s.claim)}",
        "",
        f"Source: {markdown(s.source)}",
        "",
        page.sides,
        "",
        *([ALL_BY_CONSTRUCTION, ""] if all_of_it else []),
        f"{WITHDRAWN}{page.withdrawn}"
        if page.withdrawn
        else f"{BUILT if all_of_it or page.built else FOUND}{conclusion(headline, batch, cell, page)}.",
        "",
        *([f"{HOLDS}{holds(headline, found(headline, batch, cell), far)}.", ""] if far else []),
        *([f"{DEPENDS}{depends(headline, batch, cell, page.depends_on)}.", ""] if page.depends_on else []),
        f"{ANSWER}{finding.answer(batch)}.",
        "",
    ]


def _experiment(batch: Batch, page: Any) -> list[str]:
    """How it is formalized, and what would speak for it and against."""
    s, population = batch.spec.scenario, batch.spec.scenario.population
    counts = {"size": f"{population.size} individuals", "generations": f"{population.generations} generations"}
    size, time = (f"swept {name}" if f"population.{name}" in s.sweep else told for name, told in counts.items())
    tuned = s.tuning is not None and any("selection.parameter" in chosen for chosen in s.tuning.chosen.values())
    parameter = None if tuned else s.selection.parameter
    selection = s.selection.scheme + ("" if parameter is None else f" {parameter:g}")
    return [
        "## How it is formalized",
        "",
        page.formalized,
        "",
        f"World `{batch.spec.world.name}`, {size}, {time}, "
        f"{selection} selection; property: mean `{s.property.trait}` of {s.property.threshold:g} or more. "
        f"{s.batch.replicates} replicates a cell, seed {s.batch.seed}: "
        f"`evo run {s.name} --replicates {s.batch.replicates}`.",
        "",
        "## What would speak for it, and what against",
        "",
        f"For: {page.speaks_for}",
        "",
        f"Against: {page.speaks_against}",
        "",
    ]


def _sides(page: Any) -> list[str]:
    """What each side could say against the experiment."""
    if not (page.defender and page.doubter):
        return []
    return [
        "## What each side could say of it", "", f"Who makes the claim: {page.defender}", "",
        f"Who doubts it: {page.doubter}", "",
    ]  # fmt: skip
