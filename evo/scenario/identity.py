"""What makes two scenarios the same: hashes of what decides streams, cells and batches."""

import hashlib
import json
from typing import Any

from evo.scenario.resolved import Resolved
from evo.scenario.sweep import axis

# Raised whenever the same scenario and seed would give other records than before; part of every stream and folder.
REVISION = 3
# Raised whenever a replicate's records have other columns: folders of before are read, and not added to.
COLUMNS = 2


def _hash(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _evolving(resolved: Resolved) -> dict[str, Any]:
    """What decides how a replicate evolves, apart from seed and number."""
    s = resolved.scenario
    source = resolved.world.source
    return {
        "revision": REVISION,
        "world": f"meaning:{source.meaning}" if source else s.world,
        "knobs": resolved.knobs,
        "population": s.population.model_dump(exclude=None if s.population.budding else {"budding"}),
        "selection": {
            **s.selection.model_dump(exclude=None if s.selection.objectives else {"objectives"}),
            "parameter": resolved.parameter,
        },
        "variation": s.variation.model_dump(),
        **({"engine": resolved.engine} if resolved.engine != "numba" else {}),
        **({"optimizer": s.optimizer.model_dump()} if s.optimizer and resolved.engine == "search" else {}),
        **({"change": {"at": s.change.at, "knobs": resolved.changed}} if s.change else {}),
    }


def _order(ranges: dict[str, str]) -> dict[str, list[str]]:
    """The order of sampled ranges, which decides the points; left out where it is that of the alphabet."""
    return {} if list(ranges) == sorted(ranges) else {"order": list(ranges)}


def stream_hash(resolved: Resolved) -> str:
    """Canonical hash of a cell; with seed and replicate number it fixes the random streams."""
    return _hash(_evolving(resolved))


def batch_hash(resolved: Resolved) -> str:
    """Hash of everything that decides the records, but for the number of replicates."""
    s = resolved.scenario
    return _hash({
        "evolving": _evolving(resolved),
        "property": s.property.model_dump(),
        "deployment": resolved.deployment,
        "seed": s.batch.seed,
        "records": s.batch.records,
        "columns": COLUMNS,
        "sweep": {key: axis(resolved, key) for key in sorted(s.sweep)},
        **({"sample": s.sample.model_dump(exclude={"points"}) | _order(s.sample.ranges)} if s.sample else {}),
        **({"engine": s.engine} if s.engine != "numba" else {}),
        **({"optimizer": s.optimizer.model_dump()} if s.optimizer else {}),
    })  # fmt: skip


def arm_hash(batch: str, arm: str) -> str:
    """Hash of what decides the records of a batch that is evolved again in an arm; the batch's own where none is."""
    return batch if arm == "none" else _hash({"batch": batch, "arm": arm})


def cell_key(resolved: Resolved, stream: str, fields: list[str]) -> str:
    """16 hex digits that name a cell, which sets these fields, in records and file names.

    Those of its streams; where a sweep also moves what is only measured, cells that evolve alike are told apart.
    """
    if any(field.split(".")[0] in ("deployment", "property") for field in fields):
        stream = _hash([stream, resolved.deployment, resolved.scenario.property.model_dump()])
    return stream[:16]
