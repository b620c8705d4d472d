"""Run claims and write their pages: docs/claims/NAME.md, a figure each, and the table docs/claims.md."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from evo import reading
from evo.analyses.robustness import robustness
from evo.analyses.why import explain_batch
from evo.batch.disk import write_atomically
from evo.batch.results import Batch
from evo.batch.run import run
from evo.claims.account import holds, how_far, sides
from evo.claims.answer import dependence, reference_cell
from evo.claims.construction import construction
from evo.claims.finding import finding_of
from evo.errors import ScenarioError
from evo.measure.verdict import UNDECIDED, meaning, of_environment
from evo.places import scenario_files
from evo.scenario.library import load
from evo.scenario.spec import Spec
from evo.wording import cell_name, closest, difference_text, knobs_text, markdown, rate_text, undecided_text

ANSWER, HOLDS = "**Measured:** ", "**Holds:** "
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
LONG = 26  # lines of a table from which on it is folded


def claims() -> dict[str, Path]:
    """Scenarios that have a page, by name, in the order of their numbers."""
    known: dict[str, tuple[int, Path]] = {}
    for name, path in scenario_files().items():
        try:
            data = reading.tables(path)
        except (OSError, ValueError):
            continue  # told when it is run
        if isinstance(data.get("page"), dict):
            known[name] = (data["page"].get("number", 0), path)
    return {name: path for name, (_, path) in sorted(known.items(), key=lambda item: (item[1][0], item[0]))}


def chosen(names: tuple[str, ...]) -> list[Spec]:
    """The claims of these names, all where there is none.

    Raises
    ------
    ScenarioError : no claim of that name, or its page refers to a cell that it does not sweep
    """
    known = claims()
    for name in names:
        if name not in known:
            raise ScenarioError(f"{name}: is not a claim (a scenario with a [page]); {closest(name, list(known))}")
    specs = [load(known[name]) for name in (names or known)]
    for spec in specs:
        swept = {key: spec.axis(key) for key in spec.scenario.sweep}
        for key, value in (spec.scenario.page.reference if spec.scenario.page else {}).items():
            if value not in swept.get(key, []):
                raise ScenarioError(f"{spec.origin}: page.reference.{key} = {value}: must be a swept value; {swept}")
    return specs


def write_claim(
    spec: Spec,
    docs: Path,
    *,
    full: bool = False,
    jobs: int | None = None,
    out: Path | str = "results",
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Run one claim and write its page and figure; returns the page's file. full: the replicates of the docs."""
    page = spec.scenario.page
    assert page is not None
    batch = run(spec, replicates=page.full_replicates if full else None, jobs=jobs, out=out, progress=progress)
    told: list[str] = []
    key = reference_cell(batch).key
    (own,) = explain_batch(batch, among={key}, progress=progress, told=told.append, jobs=jobs)
    far = robustness(batch, reference_cell(batch), jobs=jobs, progress=progress)
    name = spec.scenario.name
    image = docs / "images" / "claims" / f"{name}.png"
    for folder in (docs / "claims", image.parent):
        folder.mkdir(parents=True, exist_ok=True)
    _draw(batch, page.figure, image)
    path = docs / "claims" / f"{name}.md"
    put(path, _text(batch, page, own, told, far))
    return path


def put(path: Path, text: str) -> None:
    """Write a page, whole or not at all."""
    write_atomically(path, lambda aside: aside.write_text(text, encoding="utf-8"))


def _draw(batch: Batch, kind: str, path: Path) -> None:
    from matplotlib import rc_context

    from evo.figures.every import draw_all
    from evo.figures.style import STYLE, save

    own = finding_of(batch.spec.scenario.name).draw if kind == "own" else None
    if own is not None:
        with rc_context(STYLE):
            figure = own(batch)
        save(figure, path, 120)
        return
    found = draw_all(batch, [kind] if kind != "own" else ["realized"]) or draw_all(batch, ["realized"])
    save(next(iter(found.values())), path, 150, exact=True)


def _table(batch: Batch) -> list[str]:
    shifted = batch.spec.shifted
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
    where, n = cell_name(own["set"]), own["replicates"]
    lines = ["| arm | realized | less or more than as it is (95 %) |", "|---|---|---|"]
    lines.append(f"| as it is | {own['stages']['realized']['count']} of {n} | |")
    for name, arm in own["arms"].items():
        what = f"{name}, {knobs_text(arm['knobs'])}" if "knobs" in arm else name
        lines.append(f"| {what} | {arm['realized']} of {arm['replicates']} | {difference_text(arm)} |")
    said = [markdown(sentence.removeprefix(f"{batch.folder}: ")) + "." for sentence in told]
    if not own["shares"]:
        verdict = []
    elif own["verdict"] == UNDECIDED:
        verdict = [f"*Undecided* {undecided_text(own, '*')}."]
    else:
        verdict = [f"**{own['verdict'].capitalize()}**: {meaning(own['verdict'], own['arms'])}."]
    if len(own["shares"]) > 1:
        shares = ", ".join(f"{name} {share:.0%}" for name, share in own["shares"].items())
        verdict.append(f"Of the populations: {shares}.")
    lead = (
        f"At {where}, evolved again from the same random streams:" if where else "Evolved again, as it was but for one:"
    )
    return "\n".join([lead, "", *(lines if own["arms"] else []), "", *verdict, *said])


def _text(batch: Batch, page: Any, own: dict[str, Any], told: list[str], far: list[dict[str, Any]]) -> str:
    s = batch.spec.scenario
    population = s.population
    selection = s.selection.scheme + ("" if s.selection.parameter is None else f" {s.selection.parameter:g}")
    finding = finding_of(s.name)
    sentences = [*dependence(batch, *finding.measure(batch)), *finding.sentences(batch)]
    lines = [
        f"# {s.name}",
        "",
        f"> {markdown(s.claim)}",
        "",
        f"Source: {markdown(s.source)}",
        "",
        page.sides,
        "",
        *([ALL_BY_CONSTRUCTION, ""] if page.by_construction and not page.found else []),
        f"{ANSWER}{finding.answer(batch)}.",
        "",
        *([f"{HOLDS}{holds(far)}.", ""] if far else []),
        *(sentence + "\n" for sentence in sentences),
        *construction(batch, page),
        "## Why",
        "",
        _why(batch, own, told) + "\n",
        f"![{markdown(s.claim)}](../images/claims/{s.name}.png)",
        "",
        *how_far(own, far),
        *sides(page),
        "## How it is formalized",
        "",
        page.formalized,
        "",
        f"World `{batch.spec.world.name}`, {population.size} individuals, {population.generations} generations, "
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
