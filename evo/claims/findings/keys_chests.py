"""keys_chests: hoarded keys and opened chests by how many keys training had, and the reverse deployment."""

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.batch.run import run
from evo.claims.answer import mean_of, mean_text
from evo.claims.finding import Finding
from evo.measure.intervals import recovered
from evo.measure.robustness import side, surely
from evo.scenario.spec import Cell
from evo.wording import cell_name, estimate_text

INDEX, HOARDS, OPENED = "training.goal_index", "training.hoards", "deployment.chests"


def answer(batch: Batch) -> str:
    """Both ends of training: what is gone to first, what is hoarded, and what is opened in deployment."""
    said = []
    for cell in (batch.cells[0], batch.cells[-1]):
        said.append(
            f"trained with {cell_name(cell.set)} of {cell.spec.knobs['objects']:g} objects: goal index "
            f"{mean_text(batch, INDEX, cell)}, of the keys of levels without chests they take "
            f"{mean_text(batch, HOARDS, cell)}, and in deployment they open {mean_text(batch, OPENED, cell)} of 2 "
            "chests"
        )
    return "; ".join(said)


def _apart(batch: Batch) -> str:
    """Whether any population of one end is like one of the other, in chests opened in deployment."""
    few, many = (batch.runs(cell)[OPENED].to_numpy() for cell in (batch.cells[0], batch.cells[-1]))
    over = float((few[:, None] >= many[None, :]).mean())
    return (
        f"In deployment, populations trained where keys are few open {few.min():.2f} to {few.max():.2f} chests, those "
        f"trained where they are many {many.min():.2f} to {many.max():.2f}: in {f'{over:.1%}' if over else 'none'} of "
        "all pairs the first open as many."
    )


def _balanced(batch: Batch) -> str:
    """The control: as many keys as chests."""
    cell = next(c for c in batch.cells if 2 * c.spec.knobs["keys"] == c.spec.knobs["objects"])
    return (
        f"Trained in balance, {cell_name(cell.set)} and as many chests, they have a goal index of "
        f"{mean_text(batch, INDEX, cell)} and take {mean_text(batch, HOARDS, cell)} of keys without chests. Beside "
        f"that, {_hoard(batch, batch.cells[0], cell)}; {_hoard(batch, batch.cells[-1], cell)} ({100 * surely(2):.3g} % "
        "intervals, for 2 looks)."
    )


def _hoard(batch: Batch, cell: Cell, balanced: Cell) -> str:
    """Whether those of a cell hoard more or less than those trained in balance."""
    more = recovered([mean_of(batch, HOARDS, one, surely(2)) for one in (cell, balanced)], (1.0, -1.0))
    says = {1: "surely take more", -1: "surely take fewer", 0: "are not shown to take more or fewer"}[side(more, 0.0)]
    value, low, high = more
    told = estimate_text(-value, -high, -low) if high < 0.0 else estimate_text(*more)
    return f"those trained with {cell_name(cell.set)} {says}, by {told}"


def _reverse(batch: Batch) -> str:
    """Where chests are many in deployment."""
    spec = batch.spec
    spec = spec.without("sweep").set({"deployment.keys": 2}).over({"keys": [2, 8]})
    turned = run(spec, replicates=batch.spec.scenario.batch.replicates, out=batch.folder.parent)
    few, many = (mean_text(turned, OPENED, cell) for cell in turned.cells)
    return (
        f"The reverse, a deployment with 2 keys and 8 chests: those trained in it open {few} chests, those trained "
        f"with 8 keys {many}."
    )


def sentences(batch: Batch) -> list[str]:
    """How far both ends are apart, the balanced control, and the reverse."""
    return [_apart(batch), _balanced(batch), _reverse(batch)]


FINDING = Finding(
    answer=answer,
    sentences=sentences,
    headline=Headline("goal index", 0.0, column(INDEX), bounds=(-1.0, 1.0)),
)
