"""The replicates of a batch, evolved again in an arm: in `arms/NAME` of the batch's folder, resumed like everything."""

import os
from collections.abc import Callable, Collection
from typing import Unpack

from evo.batch import limits
from evo.batch.executors import Where, check
from evo.batch.frames import by_cell
from evo.batch.results import Batch
from evo.batch.run import finish, missing, to_evolve
from evo.errors import ScenarioError
from evo.kernels.plan import ARM
from evo.places import cores
from evo.wording import closest, show

_, BLIND, SUPPLIED, WATCHED = ARM._fields
ARMS = BLIND, SUPPLIED  # and watched: evolved once more as it was, with more measured; the first so many of a cell
ENOUGH = 40


def named(text: str) -> tuple[str, ...]:
    """Arms by their names with commas between them; 'none' is none.

    Raises
    ------
    ScenarioError : one of them is no arm
    """
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if names == ("none",):
        return ()
    if "none" in names:
        raise ScenarioError(f"--arms {text}: 'none' stands alone; allowed: {', '.join(ARMS)}, none")
    if wrong := [name for name in names if name not in ARMS]:
        raise ScenarioError(f"--arms: there is no arm {show(wrong[0])}; {closest(wrong[0], [*ARMS, 'none'])}")
    return names


def evolve_arm(
    batch: Batch,
    arm: str,
    most: int | None = None,
    among: Collection[str] | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
    told: Callable[[str], None] = lambda text: None,
    **where: Unpack[Where],
) -> Batch:
    """Evolve the batch's finished replicates in an arm, those that are not there yet, and return them.

    Parameters
    ----------
    batch : with the code of its world, from `Batch.live`
    most : the first so many of each cell, where given
    among : keys of the cells, all where not given
    progress, told, **where : as in `evo.batch.run.run`

    Raises
    ------
    ScenarioError : the folder cannot be written
    Interrupted : Ctrl-C; everything finished is stored
    """
    check(where)
    where["jobs"] = limits.jobs(where.get("jobs"), cores())
    again, own = batch.arm(arm), by_cell(batch.runs())
    wanted = {
        cell.key: sorted(own[cell.key]["replicate"])[:most]
        if cell.key in own and (among is None or cell.key in among)
        else []
        for cell in again.cells
    }
    if not os.access(again.folder, os.W_OK) and again.folder.is_dir() and not missing(again.cells, again.store, wanted):
        return again  # nothing is to be written
    with to_evolve(again, told, where):
        if again.store.batch_hash() not in (None, again.spec.batch_hash) and missing(again.cells, again.store, wanted):
            told(f"{again.folder}: was evolved by an earlier evo, with other columns; it is set aside and evolved anew")
            again.store.set_all_aside()
        for text in again.store.prepare(again.spec.batch_hash):
            told(text)
        finish(again, lambda: wanted, progress or (lambda done, total: None), told, where)
    return again
