"""What was measured: a row per cell, each cell in a sentence, and what changed the property."""

import csv
import io
from typing import Any

from evo.measure.columns import PARTS, RUNS
from evo.measure.realization import means_of, stages_told
from evo.report.page import Cell, Element, data, element, section, table
from evo.report.question import called
from evo.terminal.batch import interval_name
from evo.wording import number, rate_text, short_name, value_text

ROWS = 1000  # of the table of cells; all are in its CSV
GROUPS = 100  # of cells that share a sentence
PRICE = ("expected", "drift", *PARTS, "change")
IN_ONE = ("expected", "drift", "transmission", "change")  # where transmission is not split


def _terms(batch: Any) -> tuple[str, ...]:
    """Terms that are told of the property; none of a probe, which nobody lives."""
    if batch.spec.asked:
        return ()
    return PRICE if f"mutation.{batch.spec.scenario.property.trait}" in batch.runs().columns else IN_ONE


def _shown_traits(batch: Any) -> list[str]:
    """Of the table: what selection sees, and the property."""
    seen = next(iter(batch.spec.world.traits)).name
    return list(dict.fromkeys((seen, batch.spec.scenario.property.trait)))


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _head(batch: Any) -> list[str]:
    shift = " → deployed" if batch.spec.shifted else ""
    traits = [f"{name}, trained{shift}" for name in _shown_traits(batch)]
    return [*map(short_name, batch.spec.keys), "n", *stages_told(batch.spec), "rate realized (95 %)", *traits]


def _row(batch: Any, summary: dict[str, Any]) -> list[Cell]:
    shifted = batch.spec.shifted
    means = [means_of(summary, name) for name in _shown_traits(batch)]
    return [
        *((value_text(value), _number(value)) for key in batch.spec.keys for value in [summary["set"][key]]),
        str(summary["replicates"]),
        *(str(summary[stage]) for stage in stages_told(batch.spec)),
        (rate_text(summary), summary["rate"]),
        *((number(m["training"]) + (f" → {number(m['deployment'])}" if shifted else ""), m["training"]) for m in means),
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


def cells(batch: Any, place: str) -> Element:
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


def sentences(batch: Any, place: str) -> Element:
    groups: dict[str, list[str]] = {}
    for summary in batch.summaries():
        groups.setdefault(summary["why"], []).append(called(summary, batch))
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


def price(batch: Any, place: str) -> Element | None:
    prop, cells = batch.spec.scenario.property.trait, [] if batch.spec.asked else batch.summaries()
    rows: list[list[Cell]] = [
        [
            called(cell, batch),
            *((number(value), value) for term in _terms(batch) for value in [cell["price"][prop][term]]),
        ]
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


def meanings(batch: Any, place: str) -> Element:
    known = {column.name: column for column in RUNS}
    rows = [["n", "replicates", "populations of the cell that were evolved to their end"]]
    rows += [[name, "replicates", f"in how many: {known[name].meaning}"] for name in stages_told(batch.spec)]
    rows.append(
        ["rate realized", "share", f"realized / n, with {interval_name(batch.spec)}; none of n is an upper bound"]
    )
    trained = known["training.{trait}"]
    deployed = f" → {known['deployment.{trait}'].meaning}" if batch.spec.shifted else ""
    what = "TRAIT or PROBE" if batch.spec.world.probes else "TRAIT"
    rows.append([f"{what}, trained" + (" → deployed" if deployed else ""), trained.unit,
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
