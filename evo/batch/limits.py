"""What a batch would take, from its numbers alone, before anything is made: cells, memory, disk, time.

What cannot fit is refused with the estimate; estimates of room are low rather than high, so that nothing is refused
that would have fitted. What is merely long is said.
"""

import math
from contextlib import suppress
from pathlib import Path
from typing import Any

from evo.errors import ScenarioError
from evo.kernels.genome import words_for
from evo.kernels.operators import ALL_SCHEMES
from evo.measure.sequential import FIRST, MOST, narrowest
from evo.places import MOST_JOBS, memory, room
from evo.scenario.spec import Cell, Spec
from evo.scenario.values import Kind, canonical
from evo.wording import counted, show, wrong

LONG = 3600.0  # seconds from which on the time is said
_NS = {"numba": 80.0, "classes": 80.0, "search": 1000.0, "deap": 40_000.0}  # per individual and generation, measured
_PACKED = 0.2  # bytes of a Parquet file per byte of its numbers, measured: 0.2 to 0.8


def _sizes(spec: Spec) -> tuple[int, int]:
    """Bytes of a replicate's row, and of its recorded generations, as numbers."""
    s, traits = spec.scenario, len(spec.world.traits)
    pairs = traits * (traits + 1) // 2
    probes = 14 * len(spec.world.probes)
    row = 8 * (15 + len(spec.keys) + len(spec.world.knobs) + 8 * traits + pairs + probes)
    record = 8 * (6 + 7 * traits + pairs - traits + probes)
    stops = s.property.stop_above is not None or s.property.stop_below is not None  # perhaps at the first
    return row, record * (1 if stops else min(s.batch.records, s.population.generations + 1))


def _population(spec: Spec) -> int:
    """Bytes that one replicate needs while it evolves."""
    n, traits, probes = spec.scenario.population.size, len(spec.world.traits), len(spec.world.probes)
    layout = spec.world.layout(spec.knobs)
    loci, reals = sum(block.count for block in layout.loci), sum(block.count for block in layout.reals)
    words = words_for(loci)
    each = {
        "numba": 16 * (words + reals) + 24 * traits + 8 * probes + 8 * spec.scenario.variation.parents + 72,
        "search": 8 * (3 * (loci + reals) + words + reals + traits) + 200,
        "deap": 1000,
        "classes": 0,
    }
    return n * each[spec.engine]


def _bytes(count: float) -> str:
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{count / size:,.3g} {unit}" if count < 1000 * size else f"{count / size:,.0f} {unit}"
    return f"{count / 1e3:.0f} kB"


def _time(seconds: float) -> str:
    for unit, size in (("years", 3.156e7), ("days", 86_400.0), ("hours", 3600.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}" if seconds < 1e6 * size else f"{seconds / size:.0e} {unit}"
    return f"{seconds / 60:.0f} minutes"


def jobs(given: Any, cores: int) -> int:
    """How many things are done at once, as asked for; one per core where it is not.

    Raises
    ------
    ScenarioError : it is no number of threads
    """
    try:
        count: int = canonical(cores if given is None else given, Kind.WHOLE)
    except ValueError as why:
        raise ScenarioError(f"jobs = {show(given)}: {why}") from None
    if not 1 <= count <= MOST_JOBS:
        raise ScenarioError(f"jobs = {show(given)}: must be a whole number from 1 to {MOST_JOBS}")
    return count


def check(spec: Spec, folder: Path) -> None:
    """Raise where a batch cannot fit. Makes none of its cells.

    folder : the batch's own, which may not be there; what it holds already needs no more room

    Raises
    ------
    ScenarioError : it cannot be, with the estimate
    """
    size, cells = spec.scenario.batch, spec.count
    if size.until is not None and size.until < (least := narrowest()):
        why = f"no interval of {MOST:,} replicates, the most there may be, is narrower than {least:.2g}"
        raise wrong(spec.origin, "batch.until", size.until, why)
    replicates = size.replicates if size.until is None else min(FIRST, size.replicates)
    total, (row, records) = cells * replicates, _sizes(spec)
    what = f"{counted(cells, 'cell')} of {counted(replicates, 'replicate')}"
    there = memory()
    if (needed := total * (row + 40)) > there:  # all rows are read at once; 40 for each that is still to do
        raise ScenarioError(
            f"{spec.origin}: {what} would need {_bytes(needed)} of memory, and there are {_bytes(there)}; "
            "ask for fewer replicates or cells"
        )
    free = room(folder) + _stored(folder)
    if (needed := int(total * (row + records) * _PACKED)) > free:
        raise ScenarioError(
            f"{spec.origin}: {what} would need {_bytes(needed)} of disk, and {_bytes(free)} are free in "
            f"{folder.parent}; ask for fewer replicates or cells, or for fewer batch.records"
        )


def _stored(folder: Path) -> int:
    """Bytes of a batch's parts; of those that another process takes away meanwhile, as many as were seen."""
    found = 0
    with suppress(OSError):
        for path in folder.rglob("*.parquet"):
            with suppress(OSError):
                found += path.lstat().st_size
    return found


def check_populations(cells: list[Cell], jobs: int) -> None:
    """Raise where the populations that evolve at once need more memory than there is."""
    there = memory()
    for cell in cells:
        at_once = min(jobs, cell.spec.scenario.batch.replicates)
        if (needed := _population(cell.spec)) * at_once > there:
            fewer = f", and {_bytes(needed * at_once)} for {at_once} at once; ask for fewer --jobs, or"
            size = cell.spec.scenario.population.size
            raise ScenarioError(
                f"{cell.spec.origin}: population.size = {size}: would need {_bytes(needed)} of memory for a replicate"
                f"{fewer if needed <= there else '; ask for'} fewer individuals, for there are {_bytes(there)}"
            )


def check_effort(spec: Spec, effort: int) -> None:
    """Raise where the trajectories of one estimate of a rare chance need more memory than there is."""
    count = spec.world.class_count(spec.knobs) if spec.world.class_count is not None else 1
    if (needed := effort * count * 8 * 4) > memory():  # founders, and a stage with its ends
        raise ScenarioError(
            f"{spec.origin}: {effort:,} trajectories a stage would need {_bytes(needed)} of memory, and there are "
            f"{_bytes(memory())}; ask for fewer --replicates"
        )


def many(spec: Spec) -> str:
    """How long it takes to make the cells, in words, where that is long; else empty."""
    made = spec.count * 3e-4  # seconds, measured
    return f"making {spec.count:,} cells takes about {made:.0f} s" if made > 5.0 else ""


def seconds(spec: Spec) -> float:
    """About how long one replicate takes that lives to its last generation, on one thread."""
    s = spec.scenario
    individuals: float = s.population.size
    if spec.engine == "classes" and spec.world.class_count is not None:
        count = spec.world.class_count(spec.knobs)
        individuals = 20 * count + count * count / 4
    scheme = ALL_SCHEMES[s.selection.scheme]
    rounds = spec.parameter if scheme.name == "tournament" else 1.0
    return individuals * (s.population.generations + 1) * (_NS[spec.engine] + 10.0 * min(rounds, 1e3)) * 1e-9


def long(todo: list[tuple[Cell, list[int]]], jobs: int) -> str:
    """How long it may take, in words, where that is long; else empty."""
    total = math.fsum(seconds(cell.spec) * len(replicates) for cell, replicates in todo) / jobs
    count = sum(len(replicates) for _, replicates in todo)
    if total < LONG:
        return ""
    return f"{counted(count, 'replicate')} may take about {_time(total)} with {jobs} at once; what is finished is kept"
