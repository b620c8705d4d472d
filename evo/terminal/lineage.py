"""`evo lineage`: the line of descent, in a few sentences and a table."""

from collections import Counter
from typing import Any

from evo.measure.descent import SAYS
from evo.terminal.console import console, table
from evo.wording import cell_name, interval, number

_MOST = 40  # rows of the table; of a longer line those with the largest effects
_WHOSE = {
    "commonest": "the last population's commonest genome",
    "best": "the fittest of the last population",
    "carrier": "the fittest carrier of the property in the last population",
}


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def print_line(line: Any) -> None:
    """Print where the line begins and ends, and its steps with their effects. line: `analyses.lineage.Line`."""
    out, prop = console(), line.cell.spec.scenario.property.trait
    where = cell_name(line.cell.set) or line.batch.spec.scenario.name
    seed = line.cell.spec.scenario.batch.seed
    out.print(f"{where}: replicate {line.replicate}, seed {seed}, cell {line.cell.key}")
    same = "the same as the record, bit for bit" if line.same else "NOT the same as the record"
    out.print(f"Evolved again with parent links: {same}.")
    kinds = Counter(change.kind for change in line.changes)
    counts = " and ".join(_counted(kinds[kind], kind) for kind in ("mutation", "crossing") if kind in kinds)
    out.print(
        f"The line of {_WHOSE[line.of]}: from a founder to generation {line.followed.last} with "
        f"{counts or 'no change of the genome'}."
    )
    says = Counter(fitness.says for fitness, _ in line.effects)
    if says:
        out.print("Of these " + ", ".join(f"{says[name]} {name}" for name in SAYS if says[name]) + ".")
    out.print(_ancestor(line))
    out.print(_how(line))
    _print_steps(out, line, prop)


def _ancestor(line: Any) -> str:
    followed = " (by the parent followed at each crossing)" if line.followed.ancestors.born_bits.shape[0] else ""
    if line.ancestor_at is None:
        return f"The last population has no common ancestor: it descends from several founders{followed}."
    ago = _counted(line.followed.last - line.ancestor_at, "generation")
    at = line.ancestor_at
    return f"The common ancestor of the last population lived in generation {at}, {ago} before it{followed}."


def _how(line: Any) -> str:
    """How effects were found."""
    lives, company = line.lived.lives, line.lived.company
    text = "Effects: the genome after a step less the one before, both lived in that generation's environment"
    if company > 1:
        text += f", among {company - 1} others with the genome before"
    if not lives.size or lives.max() == 1:
        return text + "; no chance is in a life."
    return text + f" from the same random numbers; mean of {lives.max()} lives of each, 95 % intervals."


def _print_steps(out: Any, line: Any, prop: str) -> None:
    rows = line.table()
    noisy = line.lived.lives.size and line.lived.lives.max() > 1
    limits = ["interval"] if noisy else []
    names = ["effect", *limits, "", prop, f"effect on {prop}", *limits]
    steps = table("generation", "kind", "fitness", *names, "changed")
    shown = rows if rows.height <= _MOST else _largest(rows)
    for row in shown.iter_rows(named=True):
        steps.add_row(
            str(row["generation"]), row["kind"], number(row["fitness"], 4),
            *_told(row, "effect", noisy), row["says"] or "", number(row["property"], 4),
            *_told(row, "property_effect", noisy), row["changed"],
        )  # fmt: skip
    if rows.height > _MOST:
        steps_in_all = rows.height - 1
        out.print(f"The founder and the {_MOST - 1} steps with the largest effects, of {steps_in_all}; all with --csv:")
    out.print(steps)


def _told(row: dict[str, Any], key: str, noisy: bool) -> list[str]:
    """An effect, and its interval where there is one."""
    return [number(row[key]), *([interval(row[f"{key}_low"], row[f"{key}_high"])] if noisy else [])]


def _largest(rows: Any) -> Any:
    """The founder and the steps with the largest effects, in their order."""
    order = rows.with_row_index("at").with_columns(size=rows["effect"].abs().fill_null(float("inf")))
    return order.sort("size", descending=True, maintain_order=True).head(_MOST).sort("at").drop("at", "size")
