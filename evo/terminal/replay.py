"""`evo replay`: what one replicate did."""

from typing import Any

from evo.terminal.console import console, table
from evo.wording import cell_name, number


def print_replay(batch: Any, answer: dict[str, Any]) -> None:
    """Print whether the replicate came out as stored, when its property arose, and its traits at the end."""
    out = console()
    where = cell_name(answer["set"]) or batch.spec.scenario.name
    out.print(f"{where}: replicate {answer['replicate']}, seed {answer['seed']}, cell {answer['cell']}")
    if answer["failed"]:
        when = f" in generation {answer['generation']}" if answer["generation"] >= 0 else ""
        out.print(f"failed{when}: {answer['failed']}")
        return
    found = {None: "not stored in the batch", True: "identical to the record", False: "NOT identical to the record"}
    row = answer["run"]
    out.print(f"{found[answer['identical']]}; ended in generation {row['ended_at']}")
    for stage in ("arose", "established"):
        at = row[f"{stage}_at"]
        out.print(f"{stage}: {'never' if at is None else f'generation {at}'}")
    out.print(f"realized: {'yes' if row['realized'] else 'no'}")
    traits = table("trait or probe" if batch.spec.world.probes else "trait", "training", "deployment", "unit")
    for trait in (*batch.spec.world.traits, *batch.spec.world.probes):
        places = (number(row[f"{place}.{trait.name}"], 6) for place in ("training", "deployment"))
        traits.add_row(trait.name, *places, trait.unit)
    out.print(traits)
