"""igf_variety: how much of training must be shifted, where the proxy can and where it cannot be told from fitness."""

from typing import Any

from evo.batch.results import Batch
from evo.claims.answer import reference
from evo.claims.finding import Finding
from evo.wording import cell_name
from evo.worlds.closed_form import best_of


def lead(knobs: Any) -> float:
    """What the whole concept gains in training over one proxy, in fitness, less its cost: closed form.

    Value taken is the mean of the best of A options times alignment: 1 with the concept, rho by the cue, and
    rho times the shifted validity in the share v that is shifted. A proxy is followed, not turned around.
    """
    rho, v = knobs["sweet"], knobs["variety"]
    proxy = rho * ((1.0 - v) * knobs["validity"] + v * knobs["shifted_validity"])
    return best_of(int(knobs["options"])) * (1.0 - proxy) - knobs["part_cost"] * knobs["concept_parts"]


def _course(batch: Batch, fixed: dict[str, Any]) -> list[dict[str, Any]]:
    """Summaries of the cells that agree with these values, in the order of `variety`."""
    found = [s for s in batch.summaries() if all(s["set"][key] == value for key, value in fixed.items())]
    return sorted(found, key=lambda s: s["set"]["variety"])


def answer(batch: Batch) -> str:
    """Kept after the shift along `variety`, for the reference's proxy."""
    fixed = {key: value for key, value in reference(batch)["set"].items() if key != "variety"}
    told = ", ".join(
        f"{s['generalizes']} of {s['replicates']} at {s['set']['variety']:g}" for s in _course(batch, fixed)
    )
    return f"at {cell_name(fixed)}: care about fitness and keep it, by the share of shifted choices, {told}"


def sentences(batch: Batch) -> list[str]:
    """The least share of shifted choices at which most keep it, and the lead of the concept, for every proxy."""
    rows = []
    for parts in batch.spec.axis("concept_parts"):
        for rho in batch.spec.axis("sweet"):
            course = _course(batch, {"concept_parts": parts, "sweet": rho})
            enough = [s["set"]["variety"] for s in course if s["generalizes"] > s["replicates"] / 2]
            leads = [lead(cell.spec.knobs) for cell in batch.cells
                     if cell.set["concept_parts"] == parts and cell.set["sweet"] == rho]  # fmt: skip
            kept = ", ".join(str(s["generalizes"]) for s in course)
            least = f"{min(enough):g}" if enough else "none"
            rows.append(f"| {parts} | {rho:g} | {min(leads):+.3f} to {max(leads):+.3f} | {kept} | {least} |")
    shares = ", ".join(f"{v:g}" for v in batch.spec.axis("variety"))
    head = (
        f"| parts of the concept | the cue's correlation | lead of the concept | keep it, at {shares} shifted | "
        "least share with most |\n|---|---|---|---|---|"
    )
    return [
        "By construction: what the concept gains in training over following the cue, less its cost, from the closed "
        "form of choices (`evo/claims/findings/igf_variety.py: lead`), over the swept shares. Found: in how many "
        "populations it comes to carry utility, and stays after the shift:\n\n" + head + "\n" + "\n".join(rows)
    ]


FINDING = Finding(answer=answer, sentences=sentences)
