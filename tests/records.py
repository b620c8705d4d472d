"""What every shipped scenario evolves, as digests: seed 1, three replicates a cell. `make records` checks them in full.

`records.json` holds two of each: in full, and `short`, of the first generations of a few cells, which `test_records.py`
holds to in every run of the tests. A digest that changes means that the same scenario and seed give other records than
before. That is a decision: raise `REVISION`, say so in CHANGELOG.md, and write the file anew with `python -m
tests.records --write`. Names after either command are those of the scenarios that it is about.

Where kernels evolve, the digest is that of `evo digest`. The engines `deap` and `search` compute in numpy, whose last
bits depend on the processor, so the numbers of their records are rounded first.
"""

import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl

import evo
from evo.worlds.load import GRID

FILE = Path(__file__).with_name("records.json")
SHORT = 10  # generations
IN_ROOMS = 60  # generations of agents in a room that are checked in full: whole lives of networks take long
DIGITS = 6  # that records of numpy's sums are rounded to
SMALLEST = 9  # places after the point from which on such a number is nothing but the rounding of greater ones

# What other engines and executors make of a scenario: name, scenario, changes, swept anew, executor.
OTHERS: tuple[tuple[str, str, dict[str, Any], dict[str, Any], str], ...] = (
    ("wolf_sniper by classes", "wolf_sniper", {"engine": "classes"}, {"parts": [1, 4]}, "threads"),
    ("ramp by classes", "tiny_target", {"engine": "classes"}, {"scaffold": [0.0, 1.0]}, "threads"),
    ("wolf_sniper by deap", "wolf_sniper",
     {"engine": "deap", "population.size": 40, "population.generations": 25}, {"parts": [1]}, "threads"),
    ("igf by deap", "igf",
     {"engine": "deap", "population.size": 40, "population.generations": 25, "variation.parents": 2,
      "variation.crossover": "uniform"}, {"concept_parts": [1]}, "threads"),
    ("igf by dask", "igf", {"population.generations": 50}, {"concept_parts": [1]}, "dask"),
)  # fmt: skip


SHIPPED = {path.stem: path for path in sorted((Path(__file__).parents[1] / "scenarios").glob("*.toml"))}
NAMES = (*SHIPPED, *(name for name, *_ in OTHERS))  # of everything that has a digest


def _spec(name: str) -> tuple[Any, str]:
    """Specification and executor of what has that name."""
    if name in SHIPPED:
        return evo.load(SHIPPED[name]), "threads"
    ((scenario, changes, axes, executor),) = (other for which, *other in OTHERS if which == name)
    return evo.load(scenario).over(axes).set(changes), executor


def _rounded(frame: pl.DataFrame) -> str:
    """sha256 of a table whose numbers are rounded."""
    total = hashlib.sha256()
    for series in frame:
        if series.dtype == pl.Float64:
            texts = [f"{round(value, SMALLEST) + 0.0:.{DIGITS}g}" for value in series.to_list()]
        else:
            texts = [str(value) for value in series.to_list()]
        total.update("\n".join([series.name, str(series.dtype), *texts, ""]).encode())
    return total.hexdigest()


def digest(spec: Any, executor: str, out: Path) -> str:
    """The digest of three replicates a cell."""
    batch = evo.run(spec, replicates=3, seed=1, out=out, executor=executor, jobs=2)
    assert not batch.failures(), batch.failures()[0]
    if {cell.spec.engine for cell in batch.cells} <= {"numba", "classes"}:
        return str(batch.digest())
    return hashlib.sha256("".join(_rounded(frame) for frame in (batch.runs(), batch.traces())).encode()).hexdigest()


def limited(spec: Any, shortened: bool) -> Any:
    """The same scenario, of few generations where it is shortened, and not of many in rooms."""
    most = SHORT if shortened else IN_ROOMS if spec.scenario.world in GRID else spec.scenario.population.generations
    return spec.set({"population.generations": min(most, spec.scenario.population.generations)})


def ends(spec: Any) -> list[Any]:
    """One cell each: the first and the last values of all axes of the sweep; and of an axis of names, every name."""
    axes = {key: spec.axis(key) for key in spec.scenario.sweep}
    few = {key: axis if isinstance(axis[0], str) else [axis[0], axis[-1]] for key, axis in axes.items()}
    count = max(map(len, few.values()), default=1)
    return [spec.over({key: [axis[n % len(axis)]] for key, axis in few.items()}) for n in range(count)]


def found(name: str, shortened: bool) -> str:
    """The digest that what has that name gives now: of the whole sweep, or a digest of those of a few cells."""
    spec, executor = _spec(name)
    with tempfile.TemporaryDirectory() as out:
        if not shortened:
            return digest(limited(spec, False), executor, Path(out))
        some = [digest(limited(cell, True), executor, Path(out)) for cell in ends(spec)]
    return hashlib.sha256("".join(some).encode()).hexdigest()


def write(names: tuple[str, ...]) -> None:
    """Write the digests of these anew, and leave out those of what there is no more."""
    kept = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {"short": {}, "full": {}}
    for kind in kept:
        kept[kind] |= {name: found(name, kind == "short") for name in names}
        kept[kind] = {name: kept[kind][name] for name in NAMES}
    FILE.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


def main(names: tuple[str, ...]) -> int:
    """Compare those of these; the number of digests that differ."""
    kept, wrong = json.loads(FILE.read_text(encoding="utf-8")), 0
    for name in names:
        now = found(name, shortened=False)
        same = kept["full"].get(name) == now
        wrong += not same
        print(f"{'same   ' if same else 'DIFFERS'}  {name}  {now}  {time.process_time():.0f} s", flush=True)
    print(f"{len(names) - wrong} passed, {wrong} failed")
    return wrong


if __name__ == "__main__":
    writing = sys.argv[1:2] == ["--write"]
    asked = tuple(sys.argv[1 + writing :])
    if unknown := set(asked) - set(NAMES):
        sys.exit(f"no records of {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    sys.exit(write(asked or NAMES) if writing else min(1, main(asked or NAMES)))
