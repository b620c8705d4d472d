"""Chunks hold every replicate once, and let workers end together."""

import heapq

from hypothesis import given
from hypothesis import strategies as st

import evo
from evo.batch import chunks
from evo.batch.chunks import Queue

CELLS = list(evo.load("wolf_sniper").over({"parts": [1, 2, 3, 4]}).cells())


def simulate(queue: Queue, workers: int, seconds: list[float]) -> tuple[float, list[tuple[str, list[int]]]]:
    """When the last of so many workers ends, where a replicate of cell i takes seconds[i]; and the jobs, in order."""
    cost = {cell.key: each for cell, each in zip(CELLS, seconds, strict=False)}
    idle, jobs = [(0.0, worker, None) for worker in range(workers)], []
    while True:
        now, worker, ended = heapq.heappop(idle)
        if ended is not None:
            queue.took(ended.cell, cost[ended.cell.key])
        if not queue:
            return max([now, *(time for time, _, _ in idle)]), jobs
        job = queue.take(workers)
        jobs.append((job.cell.key, job.replicates))
        heapq.heappush(idle, (now + cost[job.cell.key] * len(job.replicates), worker, job))


@given(
    todo=st.lists(st.sets(st.integers(0, 60), min_size=1), min_size=1, max_size=4),
    workers=st.integers(0, 5), seconds=st.lists(st.floats(1e-9, 3.0), min_size=4, max_size=4),
)  # fmt: skip
def test_every_replicate_once_in_runs_of_consecutive_ones(todo, workers, seconds):
    queue = Queue()
    queue.todo = [(cell, sorted(numbers)) for cell, numbers in zip(CELLS, todo, strict=False)]
    _, jobs = simulate(queue, max(workers, 1), seconds)
    assert all(numbers == list(range(numbers[0], numbers[-1] + 1)) for _, numbers in jobs)
    taken = [(key, number) for key, numbers in jobs for number in numbers]
    assert sorted(taken) == sorted((c.key, n) for c, numbers in zip(CELLS, todo, strict=False) for n in numbers)


@given(workers=st.integers(1, 64), each=st.floats(1e-4, 0.02), total=st.floats(5.0, 50.0))
def test_workers_of_equal_cells_end_together(workers, each, total):
    """Within the first replicate of each cell and the shortest chunk, or one replicate, of the ideal."""
    count = int(total / each / 4)
    queue = Queue()
    queue.todo = [(cell, list(range(count))) for cell in CELLS]
    end, jobs = simulate(queue, workers, [each] * 4)
    assert end <= 4 * count * each / workers + 4 * each + max(chunks.SHORTEST * chunks.SECONDS, each) + 1e-6
    assert max(len(numbers) for _, numbers in jobs) * each <= chunks.SECONDS + each


def test_what_was_not_evolved_is_taken_again():
    queue = Queue()
    queue.todo = [(CELLS[0], [0, 1, 2])]
    job = queue.take(2)
    queue.took(job.cell, 1e-3)
    queue.put_back(job.cell, job.replicates)
    assert queue.take(2).replicates == [0] and queue.take(1).replicates == [1, 2] and not queue
