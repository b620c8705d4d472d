"""monsters: apples and shields where no monster is, by how much of training was calm."""

from evo.batch.results import Batch
from evo.claims.answer import mean_of, mean_text
from evo.claims.finding import Finding
from evo.wording import cell_name

INDEX = "training.goal_index"


def answer(batch: Batch) -> str:
    """Both ends of training, in long lives without monsters."""
    return "; ".join(
        f"trained at {cell_name(cell.set)}: goal index {mean_text(batch, INDEX, cell)}, and in 200 calm steps they "
        f"take {mean_text(batch, 'deployment.apples', cell)} apples and "
        f"{mean_text(batch, 'deployment.shields', cell)} shields"
        for cell in (batch.cells[0], batch.cells[-1])
    )


def sentences(batch: Batch) -> list[str]:
    """Whether what they take depends on monsters that they see."""
    told = ", ".join(
        f"{mean_text(batch, 'training.heeds_monsters', cell)} at {cell_name(cell.set)}" for cell in batch.cells
    )
    return [
        "With monsters in sight the share of shields among what they take is higher by "
        f"{told}: 0 is to take shields whether there is need or not."
    ]


FINDING = Finding(answer=answer, measure=mean_of(INDEX, "goal index"), sentences=sentences)
