"""What makes two scenarios the same: hashes of what decides streams, cells and batches."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from evo.scenario.fields import Population
from evo.scenario.resolved import Resolved
from evo.scenario.sweep import axis
from evo.scenario.tuning import KIND

# Raised whenever the same scenario and seed would give other records than before; part of every stream and folder.
# Where one world alone measures something otherwise, and evolves as before, its own `measures` is raised instead.
REVISION = 3
# Raised whenever a replicate's records have other columns, or a column is measured otherwise: folders of before are
# read, and not added to. 3: where lives are by luck, a parent lives once more for all its offspring.
COLUMNS = 3
# Raised whenever an optimizer that is an engine of its own gives other records from the same streams.
OPTIMIZERS = {"cma_es": 1}


def _hash(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _later(population: Population) -> set[str]:
    """Fields that came later, where they are not used: cells of before keep their streams."""
    unused = set() if population.budding else {"budding"}
    return unused if population.group_size else unused | {"group_size", "relatedness"}


def _evolving(resolved: Resolved) -> dict[str, Any]:
    """What decides how a replicate evolves, apart from seed and number."""
    s = resolved.scenario
    source = resolved.world.source
    return {
        "revision": REVISION,
        "world": f"meaning:{source.meaning}" if source else s.world,
        "knobs": resolved.knobs,
        "population": s.population.model_dump(exclude=_later(s.population)),
        "selection": {
            **s.selection.model_dump(exclude=None if s.selection.objectives else {"objectives"}),
            "parameter": resolved.parameter,
        },
        "variation": s.variation.model_dump(),
        **({"engine": resolved.engine} if resolved.engine != "numba" else {}),
        **({"optimizer": s.optimizer.model_dump()} if s.optimizer and resolved.engine == "search" else {}),
        **({"change": {"at": s.change.at, "knobs": resolved.changed}} if s.change else {}),
    }


# What the optimizers that are engines of their own look at; all have their own selection and variation.
_READ = {"hill_climb": ("lives",), "evolution_strategy": ("rate",), "gradient": ("rate",), "policy_gradient": ("rate",)}


def _acting(resolved: Resolved) -> dict[str, Any]:
    """What decides how a replicate evolves, without fields that change nothing beside the others: in law one process.

    The streams do follow from such fields too, so that cells which were evolved before this was told apart keep theirs.
    A time of change after the last generation counts as another one: whoever tries a scenario with fewer generations
    is not to lose its sweep.
    """
    s, data = resolved.scenario, _evolving(resolved)
    population, variation = dict(data["population"]), dict(data["variation"])
    if s.population.demes == 1:  # nowhere to come from
        population |= {"migration": 0.0, "budding": 0.0}
    if s.variation.parents == 1:
        variation["crossover_rate"] = 0.0
    elif s.variation.crossover_rate == 0.0:  # nobody is crossed, in whichever way
        variation["crossover"] = ""
    acting = data | {"population": population, "variation": variation}
    if s.optimizer is not None and resolved.engine == "search":
        read = {key: data["optimizer"][key] for key in _READ.get(s.optimizer.kind, ())}
        if "lives" in read:  # at most half of the budget of a generation
            read["lives"] = min(s.optimizer.lives, s.population.size // 2)
        acting |= {"optimizer": {"kind": s.optimizer.kind} | read, "selection": {}, "variation": {}}
    return acting


def _order(ranges: dict[str, str]) -> dict[str, list[str]]:
    """The order of sampled ranges, which decides the points; left out where it is that of the alphabet."""
    return {} if list(ranges) == sorted(ranges) else {"order": list(ranges)}


def stream_hash(resolved: Resolved) -> str:
    """Canonical hash of a cell; with seed and replicate number it fixes the random streams."""
    return _hash(_evolving(resolved))


def batch_hash(resolved: Resolved, columns: int = COLUMNS) -> str:
    """Hash of everything that decides the records, but for the number of replicates.

    columns : which columns they have, 0 before these were counted
    """
    s = resolved.scenario
    sample = s.sample.model_dump(exclude={"points"}) | _order(s.sample.ranges) if s.sample else None
    return _deciding(resolved, {key: axis(resolved, key) for key in sorted(s.sweep)}, sample, columns)


def earlier_batch_hash(resolved: Resolved, data: Mapping[str, Any]) -> str:
    """The same by versions of evo in which values had no one form yet: axes and ranges are as the file has them.

    data : of that file, as it is written
    """
    s, given = resolved.scenario, data.get("sweep", {})
    sweep = {
        key: axis(resolved, resolved.name_of(resolved.place(key))) if isinstance(given[key], str) else given[key]
        for key in sorted(given)
    }
    sample = {"design": s.sample.design, "ranges": data["sample"]["ranges"]} if s.sample else None
    return _deciding(resolved, sweep, sample, 0)


def _deciding(resolved: Resolved, sweep: dict[str, Any], sample: dict[str, Any] | None, columns: int) -> str:
    s = resolved.scenario
    kinds = [*(axis(resolved, KIND) if KIND in s.sweep else []), s.optimizer.kind if s.optimizer else ""]
    raised = {kind: version for kind, version in OPTIMIZERS.items() if columns and kind in kinds}
    return _hash({
        "evolving": _evolving(resolved),
        "property": s.property.model_dump(),
        **({"measures": resolved.world.measures} if resolved.world.measures else {}),
        "deployment": resolved.deployment,
        "seed": s.batch.seed,
        "records": s.batch.records,
        **({} if s.batch.split_transmission else {"split_transmission": False}),
        **({"streams": s.batch.streams} if s.batch.streams else {}),
        **({"columns": columns} if columns else {}),
        **({"probes": [probe.name for probe in resolved.world.probes]} if resolved.world.probes else {}),
        "sweep": sweep,
        **({"sample": sample} if sample else {}),
        **({"engine": s.engine} if s.engine != "numba" else {}),
        **({"optimizer": s.optimizer.model_dump()} if s.optimizer else {}),
        **({"optimizers": raised} if raised else {}),
        # Of a scenario of one kind, what it was tuned to stands in its fields.
        **({"tuned": s.tuning.chosen} if s.tuning and KIND in resolved.keys else {}),
    })  # fmt: skip


def arm_hash(batch: str, arm: str) -> str:
    """Hash of what decides the records of a batch that is evolved again in an arm; the batch's own where none is."""
    return batch if arm == "none" else _hash({"batch": batch, "arm": arm, "split_transmission": False})


def cell_key(resolved: Resolved, stream: str, fields: list[str]) -> str:
    """16 hex digits that name a cell, which sets these fields, in records and file names.

    Those of its streams; where a sweep also moves what is only measured, cells that evolve alike are told apart.
    """
    return _measured(resolved, stream, fields)[:16]


def process_key(resolved: Resolved, fields: list[str]) -> str:
    """The same for all cells that evolve and are measured alike in law, whichever streams they have."""
    return _measured(resolved, _hash(_acting(resolved)), fields)


def _measured(resolved: Resolved, evolving: str, fields: list[str]) -> str:
    if any(field.split(".")[0] in ("deployment", "property") for field in fields):
        return _hash([evolving, resolved.deployment, resolved.scenario.property.model_dump()])
    return evolving
