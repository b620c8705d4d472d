"""Films of a report: the best replicate and a typical one, evolved again by evo's own code, where the world has any."""

import tempfile
from pathlib import Path
from typing import Any

from evo.batch.archive import names_a_file
from evo.errors import ScenarioError
from evo.figures.cells import Cells, middle
from evo.report.page import Element, data, element, lacking, section
from evo.worlds.load import GRID

LARGEST = 900_000  # bytes of one film


def films(batch: Any, place: str) -> Element | None:
    """Two films of the cell where things are decided; None where the world draws none, or its code is not evo's own.

    A film is not stored: its replicate is evolved again. What a folder brings along is never run, so the films of a
    world that is a file of its author are left to `evo film`. Worlds that are no rooms draw none, and are not loaded.
    """
    if names_a_file(batch.folder) or batch.spec.scenario.world not in GRID:
        return None
    try:
        live = batch.live()
    except ScenarioError:
        return None
    if live.spec.world.film is None:
        return None
    one = middle(Cells(batch).ones)
    if one.cell.spec.engine != "numba":
        return None
    trait = f"training.{one.cell.spec.scenario.property.trait}"
    order = one.runs.sort(trait, "replicate")["replicate"].to_list()
    chosen = {"The best replicate": order[-1], "A typical replicate, the median one": order[len(order) // 2]}
    shown = [_film(live, one.cell, name, replicate, trait, one.runs) for name, replicate in chosen.items()]
    said = (
        f"Lives in {one.name}, the cell whose realized share is nearest one half: the fittest of the last generation, "
        "in training at the left and in deployment at the right, by the same luck. Each replicate was evolved again "
        "for it, by evo's own code."
    )
    return section("Films", place, element("p", said), *shown)


def _film(batch: Any, cell: Any, name: str, replicate: int, trait: str, runs: Any) -> Element:
    from evo.analyses.film import film
    from evo.figures.film import write

    value = runs.filter(runs["replicate"] == replicate)[trait][0]
    caption = f"{name}: number {replicate}, mean {trait.partition('.')[2]} {value:.3g} at the end."
    command = element("code", f"evo film FOLDER {cell.key} {replicate} --out FILE.gif")
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "film.gif"
            write(film(batch, cell.key, replicate), file)
            content = file.read_bytes()
    except ScenarioError as error:
        return lacking(f"{name} cannot be filmed", error, batch)
    if len(content) > LARGEST:
        return element("p", f"{caption} Its film is too large for a page: ", command, " makes it.")
    image = element("img", src=data(content, "image/gif"), alt=caption)
    return element("figure", image, element("figcaption", f"{caption} Again: ", command))
