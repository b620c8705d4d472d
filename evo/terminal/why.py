"""`evo why`: the verdict of each cell, and the numbers behind it."""

from typing import Any

from evo.measure.realization import NO_CARRIER, stages_told
from evo.measure.verdict import UNDECIDED, of_environment
from evo.measure.verdict import meaning as meaning_of
from evo.terminal.console import console, table, titled
from evo.wording import cause_text, cell_name, counted, interval, kept_text, knobs_text, number, percent, undecided_text

CHANGED = {
    "blind": "selection does not see the property",
    "supplied": "a carrier among the offspring of every generation",
}


def changed(name: str, arm: dict[str, Any]) -> str:
    """What is changed in an arm, in words."""
    if "knobs" not in arm:
        return CHANGED[name]
    return f"the environment: {knobs_text(arm['knobs'])}"


def _mean(entry: dict[str, Any], digits: int = 3) -> tuple[str, str]:
    return number(entry["mean"], digits), interval(entry["low"], entry["high"], digits)


def _is_searched(cell: dict[str, Any], spec: Any) -> bool:
    """Whether a cell is of an optimizer without parents and offspring."""
    own = spec.scenario.optimizer.kind if spec.scenario.optimizer else "genetic"
    return bool(cell["set"].get("optimizer.kind", own) != "genetic")


def _print_verdict(out: Any, cell: dict[str, Any], spec: Any) -> None:
    """The verdict, the shares that it follows from, and the arms that these do."""
    if cell["verdict"] != UNDECIDED:
        out.print(f"  {cause_text(cell['verdict'], cell['arms'])}: {meaning_of(cell['verdict'], cell['arms'])}")
    elif cell["between"]:
        out.print("  undecided " + undecided_text(cell, "'"))
    else:
        none = "optimizers without parents and offspring have no arms" if _is_searched(cell, spec) else ""
        out.print(f"  {UNDECIDED}: {none or meaning_of(UNDECIDED, cell['arms'])}")
    if len(cell["shares"]) > 1:
        ordered = sorted(cell["shares"].items(), key=lambda s: -s[1])
        shares = ", ".join(f"{cause_text(name, cell['arms'])} {share:.0%}" for name, share in ordered)
        out.print(f"  of the populations: {shares}")
        if kept := kept_text(cell):
            out.print(f"  {kept}")
    if lost := cell["outcompeted"]["count"]:
        again = cell["outcompeted"]["supplied"]
        lack = cell["replicates"] - cell["stages"]["realized"]["count"]
        rest = "" if again is None else f"; {again} of these have it, supplied in time"
        out.print(f"  outcompeted: {lost} of the {lack} that lack it, taken by what rules it out{rest}")
    rows = table("  arm", "realized", "difference", "interval", "p", "what is changed")
    rows.add_row("  as it is", f"{cell['stages']['realized']['count']} of {cell['replicates']}", "", "", "", "nothing")
    for name, arm in cell["arms"].items():
        rows.add_row(
            f"  {name}", f"{arm['realized']} of {arm['replicates']}", f"{arm['difference']:+.3g}",
            interval(arm["low"], arm["high"]), f"{arm['p']:.2g}", changed(name, arm),
        )  # fmt: skip
    out.print(rows)
    if of_environment(cell["arms"]):
        out.print("  arms of environment: what tells the property from its rivals is given from the start, or never")


def _print_funnel(rows: Any, cell: dict[str, Any], spec: Any) -> None:
    """The stages and waiting times of a cell."""
    found = cell["advantage"]
    says = {"for": "selected for", "against": "selected against", None: "not possible"}
    if spec.world.carrier is None:
        rows.add_row("  insertion advantage", "-", "", NO_CARRIER)
    else:
        what = "expected offspring of an inserted carrier, less 1"
        if _is_searched(cell, spec):
            what = "how much oftener than not a carrier outscores what is delivered, 2 P - 1"
        told = says.get(found["says"], "neither for nor against")
        rows.add_row("  insertion advantage, start", *_mean(found), f"{told}: {what}")
        end = cell["insertion_advantage"]["end"]
        rows.add_row("  insertion advantage, end", *_mean(end), "the same among the last")
    for stage in stages_told(spec):
        entry = cell["stages"][stage]
        rows.add_row(f"  {stage}", f"{entry['count']}", interval(*entry["exact"]), "replicates; exact rate")
    for event, wait in cell["waiting"].items():
        median = "not reached" if wait["median"] is None else number(wait["median"], 4)
        limits = interval(wait["low"], wait["high"], 4) or (f"{wait['low']:.4g} or more" if wait["low"] else "")
        when = ", of recorded ones" if spec.asked else ""
        rows.add_row(f"  median wait, {event}", median, limits, f"generations{when}, Kaplan-Meier")


def _print_supply(rows: Any, supply: dict[str, Any] | None) -> None:
    """What variation supplies, where it was watched."""
    if supply is None:
        return
    if share := supply["share"]:
        value = number(share["rate"]) if share["count"] else f"below {number(share['high'])}"
        rows.add_row(
            "  supply", value, interval(share["low"], share["high"]) if share["count"] else "",
            f"offspring with the property, of {share['of']:,} whose parents lack it",
        )  # fmt: skip
    if steps := supply.get("steps"):
        rows.add_row("  mutations to a carrier", _steps(**steps), "", "the least, from the commonest founder")
    if steps := supply.get("steps_end"):
        whom = "the same from the commonest of the last, of the first replicate that lacks the property"
        rows.add_row("  mutations to a carrier, end", _steps(**steps), "", whom)
    if effects := supply["effects"]:
        told = ", ".join(f"{name} {percent(entry['rate'])}" for name, entry in effects.items())
        rows.add_row("  single mutations", "", "", f"{told}, of {effects['neutral']['of']:,}")


def _steps(least: int | None, low: int | None, high: int | None) -> str:
    """The least number of mutations to a carrier, or its limits."""
    if least is not None:
        return str(least)
    return "none lead there" if low is None else f"{low} or more" if high is None else f"{low} to {high}"


def print_why(spec: Any, cells: list[dict[str, Any]]) -> None:
    """Print one block per cell. cells: from `evo.measure.reasons.reasons`."""
    out = console()
    prop = spec.scenario.property.trait
    out.print(titled(spec.scenario.name, f": {spec.scenario.claim}"))
    out.print(f"property: mean {prop} of {spec.scenario.property.threshold:g} or more. Intervals are of 95 %.")
    if spec.asked:
        out.print(
            f"{prop} is a probe, known at recorded generations only; Price terms and gradients are told of traits that "
            "are lived, in --json."
        )
    for cell in cells:
        name = cell_name(cell["set"]) or spec.scenario.name
        out.print()
        out.print(titled(name, f", {counted(cell['replicates'], 'replicate')}"))
        _print_verdict(out, cell, spec)
        rows = table("  measure", "value", "interval", "meaning")
        _print_funnel(rows, cell, spec)
        price = {} if spec.asked else cell["price"][prop]
        for term, meaning in (
            ("expected", "expected selection: Cov(expected offspring, trait), summed"),
            ("drift", "drift: the rest of the selection differential"),
            ("mutation", "mutation: offspring less what they were before they mutated"),
            ("recombination", "recombination: crossed genomes less their parents"),
            ("environment", "environment: the same genomes in other knobs, company or luck"),
            ("transmission", "transmission: offspring less their parents"),
            ("change", "their sum: change of the mean from first to last generation"),
            ("between", "of all selection, what is between demes or groups"),
            ("within", "and within them"),
        ):
            if term in price and not (term == "transmission" and "mutation" in price):
                rows.add_row(f"  {prop}: {term}", *_mean(price[term]), meaning)
        for label, key, meaning in (
            ("intensity on fitness", "intensity", "differential / standard deviation, a generation"),
            *(
                []
                if spec.asked
                else [("intensity on the property", "intensity_property", "the same of the property, where it varies")]
            ),
            ("opportunity for selection", "opportunity", "variance of relative fitness"),
            ("effective population size", "effective_size", _size_from(cell, spec.scenario.population.groups > 1)),
        ):
            rows.add_row(f"  {label}", *_mean(cell["breeding"][key]), meaning)
        if cell["breeding"]["f_st"] is not None:
            rows.add_row("  F_ST", number(cell["breeding"]["f_st"]), "", "share of neutral diversity between demes")
        if cell["breeding"]["relatedness"] is not None:
            kin = number(cell["breeding"]["relatedness"])
            rows.add_row("  relatedness", kin, "", "of two of a group, by neutral markers")
        if cell["breeding"]["linkage"] is not None:
            rows.add_row("  linkage", number(cell["breeding"]["linkage"]), "", "r squared of neighbouring loci")
        _print_supply(rows, cell["supply"])
        if cell["information"]:
            found = cell["information"]
            rows.add_row(
                "  information gained", f"{found['bits']:.3g} bits", interval(found["low"], found["high"]),
                f"over neutral drift; chance gives {found['null']:.2g}, p = {found['p_value']:.2g}",
            )  # fmt: skip
        out.print(rows)
        _print_gradients(out, cell["gradients"])
    out.print("\nverdicts are defined in docs/measures.md")


def _size_from(cell: dict[str, Any], grouped: bool) -> str:
    """What the effective size is told from. grouped: whether there are demes or groups."""
    if cell["breeding"]["effective_size"]["mean"] is None:
        of_groups = "of demes or groups neutral markers alone tell it, which arms evolve"
        return f"not known: {of_groups if grouped else 'without parents there is none'}"
    return "(N - 1) / variance of gene copies passed on" if cell["supply"] is None else "what neutral markers lose"


def _print_gradients(out: Any, gradients: list[dict[str, Any]]) -> None:
    if not gradients:
        out.print("  no selection gradients: the property never varied on its way up")
        return
    rows = table("  selection gradient on", "beta", "interval", "per standard deviation")
    aliased = [row["trait"] for row in gradients if row["aliased"]]
    for row in gradients:
        if row["beta"] is not None:
            limits = interval(row["low"], row["high"])
            rows.add_row(f"  {row['trait']}", number(row["beta"]), limits, number(row["standardized"], 2))
    out.print(rows)
    if aliased:
        out.print(
            f"  the covariance matrix is singular: {', '.join(aliased)} cannot be told apart from the traits above, "
            "whose gradients are theirs too"
        )
