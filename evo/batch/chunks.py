"""How a batch is cut into chunks of replicates.

A chunk takes about `SECONDS`: long enough that storing it does not show, short enough that progress does. Towards the
end chunks become shorter, so that workers end together (guided self-scheduling: Polychronopoulos & Kuck 1987).
"""

from evo.batch.executors import Job
from evo.batch.store import MOST
from evo.scenario.spec import Cell

SECONDS = 0.5
SHORTEST = 0.1  # of SECONDS: storing would show in chunks that are shorter still


class Queue:
    """Replicates still to do, cell by cell, and how long those of each cell took.

    todo: cells with their replicates, ascending
    """

    def __init__(self) -> None:
        self.todo: list[tuple[Cell, list[int]]] = []
        self._seconds: dict[str, float] = {}  # that a replicate took, by cell key

    def __bool__(self) -> bool:
        return bool(self.todo)

    def took(self, cell: Cell, seconds: float) -> None:
        """Learn how long a replicate of the cell took."""
        self._seconds[cell.key] = max(seconds, 1e-6)

    def put_back(self, cell: Cell, replicates: list[int]) -> None:
        """Replicates that were taken and not evolved."""
        self.todo.insert(0, (cell, replicates))

    def take(self, workers: int) -> Job:
        """The next replicates, consecutive and of one cell, for one of so many workers; one of a cell not yet seen."""
        cell, todo = self.todo[0]
        guess, size = self._seconds.get(cell.key), 1
        if guess is not None:
            parts = 2 * max(workers, 1)
            aim = min(SECONDS, max(SHORTEST * SECONDS, self._left(guess, parts * SECONDS) / parts))
            size = max(1, min(MOST, int(aim / guess), len(todo)))
        size = next((i for i in range(1, size) if todo[i] != todo[i - 1] + 1), size)
        chunk, rest = todo[:size], todo[size:]
        if rest:
            self.todo[0] = (cell, rest)
        else:
            self.todo.pop(0)
        return Job(cell, chunk)

    def _left(self, guess: float, enough: float) -> float:
        """Seconds that one worker would need for all that is left, counted up to `enough`."""
        total = 0.0
        for cell, todo in self.todo:
            total += len(todo) * self._seconds.get(cell.key, guess)
            if total >= enough:
                break
        return total
