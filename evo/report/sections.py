"""The sections of a report: each takes a batch and returns a section of the page, None where it does not apply.

They read the folder alone, and run nothing of it. A further section is a function here and its name in `SECTIONS`.
"""

import csv
import hashlib
import io
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evo import reading
from evo.measure.columns import RUNS
from evo.measure.realization import means_of, stages_told
from evo.report import figures as drawn
from evo.report.causes import why
from evo.report.page import Element, data, element, section, table
from evo.terminal.batch import interval_name
from evo.wording import cell_name, interval, number, of_failure, rate_text, short_name

ROWS = 1000  # of the table of cells; all are in its CSV
GROUPS = 100  # of cells that share a sentence
RUNS_TOLD = 50  # of the history
SOURCE = 200_000  # bytes of a world's file
PRICE = ("expected", "drift", "mutation", "recombination", "environment", "change")
EARLIER = ("expected", "drift", "transmission", "change")  # of a version that had transmission in one piece

Section = Callable[[Any, str], Element | None]


def _terms(batch: Any) -> tuple[str, ...]:
    """Terms that are told of the property; none of a probe, which nobody lives."""
    if batch.spec.asked:
        return ()
    return PRICE if f"mutation.{batch.spec.scenario.property.trait}" in batch.runs().columns else EARLIER


def _shown_traits(batch: Any) -> list[str]:
    """Of the table: what selection sees, and the property."""
    seen = next(iter(batch.spec.world.traits)).name
    return list(dict.fromkeys((seen, batch.spec.scenario.property.trait)))


def _value(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _called(summary: dict[str, Any], batch: Any) -> str:
    return cell_name(summary["set"]) or batch.spec.scenario.name


# --- what is asked, and the answer


def answer(batch: Any) -> str:
    """The result in one sentence, with its interval; of several cells, that of the lowest and of the highest rate."""
    summaries = batch.summaries()

    def told(summary: dict[str, Any]) -> str:
        count = f"{summary['realized']} of {summary['replicates']} replicates"
        return f"in {count} (95 % interval {interval(summary['low'], summary['high'])})"

    def where(chosen: dict[str, Any]) -> str:
        same = sum(summary["rate"] == chosen["rate"] for summary in summaries) - 1
        also = f" (and as often in {same} other cell{'s' if same > 1 else ''})" if same else ""
        return f"with {_called(chosen, batch)}{also}: {told(chosen)}"

    low, high = (choose(summaries, key=lambda summary: summary["rate"]) for choose in (min, max))
    if len(summaries) == 1:
        return f"The property is realized {told(low)}."
    if low["rate"] == high["rate"]:
        return f"The property is realized as often in every cell; {where(low)}."
    return f"The property is realized most often {where(high)}; and least often {where(low)}."


def missing(batch: Any) -> list[str]:
    """What is not there of what the scenario asks for, a sentence each."""
    wanted, until = batch.spec.scenario.batch.replicates, batch.spec.scenario.batch.until
    runs, failures, cells = batch.runs(), batch.failures(), len(batch.cells)
    said = []
    lacking = 0 if until else wanted * cells - len(failures) - runs.height
    if lacking > 0:
        said.append(
            f"This batch is not finished: {lacking} of {wanted * cells} replicates are missing; what is here is of the "
            "others."
        )
    if failures:
        said.append(f"{len(failures)} replicates failed and are left out; the first: {of_failure(failures[0])}.")
    return said


def _question(batch: Any, place: str) -> Element:
    s = batch.spec.scenario
    size = f"{batch.runs().height} populations in {len(batch.summaries())} cells"
    each = f"each of {s.population.size} individuals over {s.population.generations} generations"
    if any(key in ("population.size", "population.generations") for key in batch.spec.keys):
        each = "of swept sizes or lengths"
    return section(
        "Question and answer", place,
        element("blockquote", element("p", s.claim)),
        element("p", f"Source: {s.source}", class_="soft") if s.source else None,
        element("p", answer(batch), class_="answer"),
        element("p", f"Counted in {size}, {each}; {interval_name(batch.spec)}."),
        *(element("p", said) for said in missing(batch)),
    )  # fmt: skip


def _realized(batch: Any, place: str) -> Element:
    s, world = batch.spec.scenario, batch.spec.world
    seen, trait = next(iter(world.traits)), world.told(s.property.trait)
    kind = "a probe" if batch.spec.asked else "a trait"
    said = [
        f"The property is “{trait.name}” of the world “{world.name}”: {trait.meaning or kind} ({trait.unit}). "
        f"Selection never sees it; it sees fitness ({seen.name}: {seen.meaning}).",
        f"A replicate is one population, evolved once. It realizes the property where the mean of {trait.name} over "
        f"its individuals is {s.property.threshold:g} or more in its last generation, in training.",
    ]
    if batch.spec.asked:
        said.append(
            f"{trait.name} is a probe, of which every agent is asked at recorded generations only: when it arose and "
            "was established is known to these alone, and what changed the mean is told of the traits that are lived."
        )
    for bound, word in ((s.property.stop_above, "reaches"), (s.property.stop_below, "falls to")):
        if bound is not None:
            said.append(f"A replicate ends early when that mean {word} {bound:g}.")
    differ = [
        f"{knob.name} {batch.spec.deployment[knob.name]:g} instead of {batch.spec.changed[knob.name]:g}"
        for knob in world.knobs
        if batch.spec.deployment[knob.name] != batch.spec.changed[knob.name]
    ]
    if s.change:
        what = ", ".join(f"{name} {value:g}" for name, value in s.change.knobs.items())
        said.append(f"Training changes: from generation {s.change.at} on, {what}.")
    if differ:
        said.append(
            f"Deployment is the same world with {', '.join(differ)}. Nobody evolves there: the last generation is "
            "measured in it. The property generalizes where it is realized in training and at the threshold there too."
        )
    return section("What “realized” means", place, *(element("p", text) for text in said))


# --- what was measured


def _head(batch: Any) -> list[str]:
    shift = " > deployed" if batch.spec.shifted else ""
    traits = [f"{name}, trained{shift}" for name in _shown_traits(batch)]
    return [*map(short_name, batch.spec.keys), "n", *stages_told(batch.spec), "rate realized (95 %)", *traits]


def _row(batch: Any, summary: dict[str, Any]) -> list[str]:
    shifted = batch.spec.shifted
    means = [means_of(summary, name) for name in _shown_traits(batch)]
    return [
        *(_value(summary["set"][key]) for key in batch.spec.keys),
        str(summary["replicates"]),
        *(str(summary[stage]) for stage in stages_told(batch.spec)),
        rate_text(summary),
        *(number(m["training"]) + (f" > {number(m['deployment'])}" if shifted else "") for m in means),
    ]


def _as_csv(batch: Any) -> bytes:
    """All numbers of the cells, unrounded."""
    held = io.StringIO()
    writer = csv.writer(held)
    keys, prop = batch.spec.keys, batch.spec.scenario.property.trait
    plain = [
        "replicates", "selected_for", "arose", "established", "realized", "generalizes", "rate", "low", "high",
        "insertion_advantage", "insertion_advantage_end", "arose_at_median", "established_at_median",
    ]  # fmt: skip
    traits = [trait.name for trait in (*batch.spec.world.traits, *batch.spec.world.probes)]
    writer.writerow([
        *(f"set.{key}" for key in keys), *plain,
        *(f"{where}.{name}" for name in traits for where in ("training", "deployment")),
        *(f"{term}.{prop}" for term in _terms(batch)),
    ])  # fmt: skip
    for summary in batch.summaries():
        writer.writerow([
            *(summary["set"][key] for key in keys), *(summary[name] for name in plain),
            *(means_of(summary, name)[where] for name in traits for where in ("training", "deployment")),
            *(summary["price"][prop][term] for term in _terms(batch)),
        ])  # fmt: skip
    return held.getvalue().encode()


def _cells(batch: Any, place: str) -> Element:
    summaries, head = batch.summaries(), _head(batch)
    link = element(
        "a", "all cells with all digits, as CSV", href=data(_as_csv(batch), "text/csv"),
        download=f"{batch.folder.name}.csv",
    )  # fmt: skip
    left = f"The first {ROWS} of {len(summaries)} cells; " if len(summaries) > ROWS else "The same as a file: "
    rows = [_row(batch, summary) for summary in summaries[:ROWS]]
    return section(
        "Cells", place,
        element("p", f"A row for each cell; {interval_name(batch.spec)}. What the columns mean is said below."),
        table(head, rows, "Cells: stages reached and rates", range(len(head))),
        element("p", left, link, ".", class_="soft"),
    )  # fmt: skip


def _sentences(batch: Any, place: str) -> Element:
    groups: dict[str, list[str]] = {}
    for summary in batch.summaries():
        groups.setdefault(summary["why"], []).append(_called(summary, batch))
    told: list[Element] = []
    for said, cells in list(groups.items())[:GROUPS]:
        names = "; ".join(cells[:GROUPS]) + (f"; and {len(cells) - GROUPS} more" if len(cells) > GROUPS else "")
        told += [element("dt", names), element("dd", said[:1].upper() + said[1:])]
    rest = sum(len(cells) for cells in list(groups.values())[GROUPS:])
    return section(
        "Each cell in a sentence", place,
        element("dl", *told),
        element("p", f"And {rest} more cells.") if rest else None,
    )  # fmt: skip


def _price(batch: Any, place: str) -> Element | None:
    prop, cells = batch.spec.scenario.property.trait, [] if batch.spec.asked else batch.summaries()
    rows = [
        [_called(cell, batch), *(number(cell["price"][prop][term]) for term in _terms(batch))]
        for cell in cells[:ROWS]
        if cell["price"][prop]["expected"] is not None
    ]
    if not rows:
        return None
    said = (
        f"The change of the mean of {prop} from the founders to the last generation, summed over the run, as means "
        "over replicates: what selection was expected to do, what chance added (drift), and what became of it on the "
        "way to the offspring. They add up to the change (Price 1970)."
    )
    head = ["cell", "expected selection", *_terms(batch)[1:]]
    numbers = range(1, len(head))
    return section("What changed the property", place, element("p", said), table(head, rows, said, numbers))


def _figures(batch: Any, place: str) -> Element:
    return section("Figures", place, *drawn.figures(batch))


# --- what it was made of, and how to make it again


def _scenario(batch: Any, place: str) -> Element:
    world = batch.spec.world
    knobs = [
        [
            knob.name, f"{batch.spec.knobs[knob.name]:g}", f"{batch.spec.deployment[knob.name]:g}",
            f"{knob.low:g} to {knob.high:g}", knob.unit, knob.meaning,
        ]
        for knob in world.knobs
    ]  # fmt: skip
    traits, probes = ([[one.name, one.unit, one.meaning] for one in many] for many in (world.traits, world.probes))
    text = (batch.folder / "scenario.toml").read_text(encoding="utf-8", errors="replace")
    return section(
        "Scenario", place,
        element("p", f"World “{world.name}”: {world.summary}. Its knobs, before any sweep:"),
        table(["knob", "training", "deployment", "allowed", "unit", "meaning"], knobs, "Knobs of the world", (1, 2)),
        element("p", "What is measured of each agent, its traits; the first is what selection sees:"),
        table(["trait", "unit", "meaning"], traits, "Traits of the world"),
        element("p", "What agents are asked at recorded generations, its probes:") if probes else None,
        table(["probe", "unit", "meaning"], probes, "Probes of the world") if probes else None,
        element("p", "The whole scenario, every field written out, as it runs again:"),
        element("pre", element("code", text)),
        _source(batch.folder),
    )  # fmt: skip


def _kept_source(folder: Path) -> tuple[str, str]:
    """Name of a world's kept file and its sha256, as the folder says; both empty where there is none."""
    try:
        said = reading.parsed(reading.content(folder / "world.json"))["world"]["source"]
        return Path(str(said["file"])).name, str(said["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", ""


def _source(folder: Path) -> Element | None:
    """The file of a world given by path, as text; nothing that a link in the folder leads to."""
    name, digest = _kept_source(folder)
    file = folder / "world" / name
    if not name or file.is_symlink() or file.parent.is_symlink() or not file.is_file() or file.stat().st_size > SOURCE:
        return None
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        return None
    text = content.decode("utf-8", "replace")
    return element("details", element("summary", f"The world's file, {name}"), element("pre", element("code", text)))


def _meanings(batch: Any, place: str) -> Element:
    known = {column.name: column for column in RUNS}
    rows = [["n", "replicates", "populations of the cell that were evolved to their end"]]
    rows += [[name, "replicates", f"in how many: {known[name].meaning}"] for name in stages_told(batch.spec)]
    rows.append(
        ["rate realized", "share", f"realized / n, with {interval_name(batch.spec)}; none of n is an upper bound"]
    )
    trained = known["training.{trait}"]
    deployed = f" > {known['deployment.{trait}'].meaning}" if batch.spec.shifted else ""
    what = "TRAIT or PROBE" if batch.spec.world.probes else "TRAIT"
    rows.append([f"{what}, trained" + (" > deployed" if deployed else ""), trained.unit,
                 f"{trained.meaning}{deployed}; means over replicates"])  # fmt: skip
    for term in _terms(batch):
        name = "expected selection" if term == "expected" else term
        column = known[f"{term}.{{trait}}"]
        rows.append([name, column.unit, column.meaning])
    note = "z is the trait, w the offspring of an individual relative to the mean, e what w is expected to be."
    return section(
        "What the numbers mean", place,
        table(["number", "unit", "meaning"], rows, "Meaning of the columns"),
        element("p", f"{note} Formulas, sources and the code of each are in docs/measures.md of evo.", class_="soft"),
    )  # fmt: skip


def _plain(value: Any) -> str:
    """A word or list of words of the history, whatever a folder from elsewhere has in that place."""
    if isinstance(value, list):
        return shlex.join(map(str, value))
    return value if isinstance(value, str) else "-" if value is None else json.dumps(value, default=str)


def _run_of(entry: dict[str, Any]) -> list[str]:
    """A run of the history: when, what, by which evo, on what."""

    def part(name: str) -> dict[str, Any]:
        return found if isinstance(found := entry.get(name), dict) else {}

    versions = ", ".join(f"{name} {_plain(version)}" for name, version in part("versions").items())
    evo, machine = part("evo"), part("machine")
    commit = _plain(entry.get("commit"))[:12]
    return [
        _plain(entry.get("started")), _plain(entry.get("command")), _plain(entry.get("new_replicates")),
        _plain(entry.get("seconds")), _plain(entry.get("seed")),
        f"{_plain(evo.get('version'))}, revision {_plain(evo.get('revision'))}, commit {commit}", versions,
        f"{_plain(machine.get('system'))} {_plain(machine.get('processor'))}, {_plain(machine.get('cores'))} cores",
    ]  # fmt: skip


def _provenance(batch: Any, place: str) -> Element:
    history = batch.provenance()
    head = ["begun (UTC)", "command", "new replicates", "seconds", "seed", "evo", "versions", "machine"]
    some = f"The last {RUNS_TOLD} of {len(history)} runs" if len(history) > RUNS_TOLD else "Every run"
    facts = [
        ["records", f"sha256 {batch.digest()}", "digest of all records, however they were split or computed"],
        ["batch", f"{batch.spec.batch_hash}", "hash of everything that decides the records but their number"],
    ]
    name, source = _kept_source(batch.folder)
    if name:
        facts.append([name, f"sha256 {source}", "the world's file, which the folder keeps"])
    return section(
        "Where it comes from", place,
        table(["what", "value", "meaning"], facts, "Digests"),
        element("p", f"{some} that evolved something of it:") if history else
        element("p", "The folder does not say which runs evolved it."),
        table(head, [_run_of(entry) for entry in history[-RUNS_TOLD:]], "Runs", (2, 3, 4)) if history else None,
    )  # fmt: skip


def _again(batch: Any, place: str) -> Element:
    s = batch.spec.scenario
    own, file = _kept_source(batch.folder)[0], f"{s.name}.toml"
    beside: list[Element | str] = (
        [", and the world's file beside it as ", element("code", f"world/{own}")] if own else []
    )
    steps = [
        element("li", "Install evo; of the same version and revision for the same records to the last bit."),
        element("li", "Save the scenario above as ", element("code", file), *beside, "."),
        element("li", "Run it: ", element("code", f"evo run {file}" + (" --trust" if own else "")), ". "
                "It prints the folder of the results; ", element("code", "evo digest FOLDER"),
                " must print the digest above, if as many replicates were evolved."),
        element("li", "With the folder itself at hand: ", element("code", "evo why FOLDER"), " tells why, ",
                element("code", "evo figures FOLDER"), " draws, ",
                element("code", "evo replay FOLDER CELL REPLICATE"), " evolves one replicate again and compares."),
    ]  # fmt: skip
    trust = (
        "This world is a Python file of its author: --trust runs it. Read it first."
        if own
        else "Scenario files run no code of their own."
    )
    return section(
        "How to repeat it", place, element("ol", *steps), element("p", trust),
        element("p", "Every replicate draws from streams that follow from the seed, the cell and its number alone, so "
                "that more replicates or cells leave these as they are."),
    )  # fmt: skip


SECTIONS: dict[str, tuple[str, Section]] = {
    "question": ("Question and answer", _question),
    "realized": ("What “realized” means", _realized),
    "cells": ("Cells", _cells),
    "sentences": ("Each cell in a sentence", _sentences),
    "why": ("Why", why),
    "price": ("What changed the property", _price),
    "figures": ("Figures", _figures),
    "meanings": ("What the numbers mean", _meanings),
    "scenario": ("Scenario", _scenario),
    "provenance": ("Where it comes from", _provenance),
    "again": ("How to repeat it", _again),
}


def of_batch(batch: Any, number: int) -> tuple[Element, Element]:
    """A batch's part of the page, and its line of the table of contents. number: its place, from 1."""
    start = f"batch-{number}"
    made = {name: (title, build(batch, f"{start}-{name}")) for name, (title, build) in SECTIONS.items()}
    found = {name: (title, part) for name, (title, part) in made.items() if part is not None}
    s = batch.spec.scenario
    head = element("h2", s.name)
    folder = element("p", f"Results folder: {batch.folder.name}", class_="soft")
    part = element("article", head, folder, *(part for _, part in found.values()), id=start)
    links = [element("li", element("a", title, href=f"#{start}-{name}")) for name, (title, _) in found.items()]
    return part, element("li", element("a", s.name, href=f"#{start}"), element("ul", *links))
