"""`evo why`: the verdict of each cell, and the numbers behind it."""

from typing import Any

from evo.measure.verdict import MEANING
from evo.terminal.console import console, table, titled
from evo.wording import cell_name, interval, number


def _mean(entry: dict[str, Any], digits: int = 3) -> tuple[str, str]:
    return number(entry["mean"], digits), interval(entry["low"], entry["high"], digits)


def print_why(spec: Any, cells: list[dict[str, Any]]) -> None:
    """Print one block per cell. cells: from `evo.measure.reasons.reasons`."""
    out = console()
    prop = spec.scenario.property.trait
    out.print(titled(spec.scenario.name, f": {spec.scenario.claim}"))
    out.print(f"property: mean {prop} of {spec.scenario.property.threshold:g} or more. Intervals are of 95 %.")
    hidden = ["selected_for", *(["generalizes"] if spec.deployment == spec.knobs else [])]
    for cell in cells:
        name = cell_name(cell["set"]) or spec.scenario.name
        out.print()
        out.print(titled(name, f", {cell['replicates']} replicates"))
        for verdict, count in cell["verdicts"].items():
            out.print(f"  {count} x {verdict}: {MEANING[verdict]}")
        rows = table("  measure", "value", "interval", "meaning")
        for when in ("start", "end"):
            rows.add_row(
                f"  insertion advantage, {when}", *_mean(cell["insertion_advantage"][when]),
                "expected offspring of an inserted carrier, less 1",
            )  # fmt: skip
        for stage, entry in cell["stages"].items():
            if stage not in hidden:
                rows.add_row(
                    f"  {stage}",
                    f"{entry['count']}",
                    interval(*entry["exact"]),
                    "replicates; exact rate",
                )
        for event, wait in cell["waiting"].items():
            median = "not reached" if wait["median"] is None else number(wait["median"], 4)
            limits = interval(wait["low"], wait["high"], 4) or (f"{wait['low']:.4g} or more" if wait["low"] else "")
            rows.add_row(f"  median wait, {event}", median, limits, "generations, Kaplan-Meier")
        for term, meaning in (
            ("expected", "expected selection: Cov(expected offspring, trait), summed"),
            ("drift", "drift: the rest of the selection differential"),
            ("transmission", "mutation and recombination"),
            ("change", "their sum: change of the mean from first to last generation"),
        ):
            rows.add_row(f"  {prop}: {term}", *_mean(cell["price"][prop][term]), meaning)
        for label, key, meaning in (
            ("intensity on fitness", "intensity", "differential / standard deviation, a generation"),
            ("intensity on the property", "intensity_property", "the same of the property, where it varies"),
            ("opportunity for selection", "opportunity", "variance of relative fitness"),
            ("effective population size", "effective_size", "(N - 1) / variance of gene copies passed on"),
        ):
            rows.add_row(f"  {label}", *_mean(cell["breeding"][key]), meaning)
        if cell["information"]:
            found = cell["information"]
            rows.add_row(
                "  information gained", f"{found['bits']:.3g} bits", interval(found["low"], found["high"]),
                f"over neutral drift; chance gives {found['null']:.2g}, p = {found['p_value']:.2g}",
            )  # fmt: skip
        out.print(rows)
        _print_gradients(out, cell["gradients"])
    out.print("\nverdicts are defined in docs/measures.md")


def _print_gradients(out: Any, gradients: list[dict[str, Any]]) -> None:
    if not gradients:
        out.print("  no selection gradients: the property never varied on its way up")
        return
    rows = table("  selection gradient on", "beta", "standard error", "per standard deviation")
    aliased = [row["trait"] for row in gradients if row["aliased"]]
    for row in gradients:
        if row["beta"] is not None:
            rows.add_row(f"  {row['trait']}", number(row["beta"]), number(row["se"], 2), number(row["standardized"], 2))
    out.print(rows)
    if aliased:
        out.print(
            f"  the covariance matrix is singular: {', '.join(aliased)} cannot be told apart from the traits above, "
            "whose gradients are theirs too"
        )
