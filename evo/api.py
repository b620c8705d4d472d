"""What Python users hold: `run` and its `Batch`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Unpack

from evo.batch import results
from evo.batch.executors import Where
from evo.batch.run import run as run_batch
from evo.scenario.spec import Spec


class Batch(results.Batch):
    """One folder of results, with its figures."""

    def figures(self) -> dict[str, Any]:
        """Every figure that applies, by name, as matplotlib Figures."""
        from evo.figures.every import draw_all

        return draw_all(self)


def run(
    spec: Spec,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    out: Path | str = "results",
    progress: Callable[[int, int], None] | None = None,
    told: Callable[[str], None] = lambda text: None,
    **where: Unpack[Where],
) -> Batch:
    """Evolve what is missing of a batch, and return it; see `evo.batch.run.run`."""
    done = run_batch(spec, replicates=replicates, seed=seed, out=out, progress=progress, told=told, **where)
    return Batch(done.folder, done.spec)
