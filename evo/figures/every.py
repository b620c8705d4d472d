"""Every figure of a batch that applies, drawn or saved."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from evo.batch.disk import make_inside, write_bytes
from evo.errors import ScenarioError
from evo.places import home, temporary, writable
from evo.wording import closest


def _where_matplotlib_keeps_its_lists() -> None:
    """In a temporary folder where it may write to none of its own: it would say so at length."""
    own = [Path(os.environ.get(f"XDG_{kind}_HOME") or home() / f".{kind.lower()}") for kind in ("CONFIG", "CACHE")]
    if "MPLCONFIGDIR" in os.environ or "matplotlib" in sys.modules:
        return
    if not all(writable(folder / "matplotlib") for folder in own):
        os.environ["MPLCONFIGDIR"] = str(temporary() / "matplotlib")


_where_matplotlib_keeps_its_lists()

PAGE = "page"  # the others on one page


class Look(NamedTuple):
    """How figures are drawn.

    Attributes
    ----------
    size : '85mm', '170mm' or 'WIDTHxHEIGHT' in millimetres
    style : name or file of a matplotlib style, over the user's own settings
    """

    size: str = "170mm"
    style: str | None = None


def _functions() -> dict[str, Any]:
    """What draws each figure, by name: a function of cells and a width in inches."""
    from evo.figures import ends, funnel, paths, phase, price, pursuit, realized, waiting, why

    return {
        "realized": realized.realized, "funnel": funnel.funnel, "phase": phase.phase, "shift": paths.shift,
        "dumbbell": ends.ends, "probes": paths.probes, "pursuit": pursuit.pursuit, "price": price.price,
        "why": why.causes, "waiting": waiting.waiting,
    }  # fmt: skip


def names() -> list[str]:
    """The figures that there are; of some it turns out when they are drawn that they do not apply to a batch."""
    return [*_functions(), PAGE]


def chosen(only: Sequence[str] | None) -> list[str]:
    """The figures that are asked for, all where none is named.

    Raises
    ------
    ScenarioError : there is no figure of that name
    """
    for name in only or ():
        if name not in names():
            raise ScenarioError(f"figure {name}: there is none of that name; {closest(name, names())}")
    return [name for name in names() if only is None or name in only]


def drawing_of(name: str, cells: Any, width: float) -> Any:
    """What one figure shows of some cells at a width in inches; None where it does not apply."""
    from evo.figures.page import column, page

    if name != PAGE:
        return _functions()[name](cells, width)
    made = {one: function(cells, column(width)) for one, function in _functions().items()}
    return page(cells, width, {one: drawing for one, drawing in made.items() if drawing is not None})


def drawings(batches: Sequence[Any], only: Sequence[str] | None, width: float) -> Iterator[tuple[str, Any, Any]]:
    """Each figure that applies: its name, what it shows, and the lines that say where its numbers come from.

    batches : those that are drawn beside each other; width : inches
    """
    from evo.figures.cells import Cells

    wanted, cells = chosen(only), Cells(*batches)
    for name in wanted:
        if (drawing := drawing_of(name, cells, width)) is not None:
            yield name, drawing, cells.origin


def draw_all(batch: Any, only: Sequence[str] | None = None, look: Look | None = None, *others: Any) -> dict[str, Any]:
    """Every figure that applies to a batch, or only those named, by name; `others` are drawn into the same figures.

    Raises
    ------
    ScenarioError : there is no figure of that name, no such size or style, or a batch is empty
    """
    from evo.figures.drawing import figure_of
    from evo.figures.style import size_of, styled

    look = look or Look()
    size = size_of(look.size)
    batches = _together(batch, *others)
    with styled(size.width, look.style):
        return {name: figure_of(drawing, size, origin) for name, drawing, origin in drawings(batches, only, size.width)}


def save_all(
    batch: Any, formats: tuple[str, ...] = ("png",), only: Sequence[str] | None = None, look: Look | None = None,
    data: bool = False, others: Sequence[Any] = (),
) -> list[Path]:  # fmt: skip
    """Draw every figure of a batch, or those named, into its `figures/` folder; returns the files.

    data : also write what is drawn as CSV beside each
    others : batches that are drawn into the same figures

    Raises
    ------
    ScenarioError : as of `draw_all`, or a file cannot be written
    """
    from evo.figures.style import size_of, styled

    look = look or Look()
    size = size_of(look.size)
    batches = _together(batch, *others)
    beside = "".join(f"-with-{other.folder.resolve().name}" for other in others)
    with styled(size.width, look.style):
        chosen(only)
        return save_each(batch.folder, drawings(batches, only, size.width), size, formats, data, beside)


def save_each(
    results: Path, made: Iterable[tuple[str, Any, Any]], size: Any, formats: Sequence[str], data: bool, beside: str = ""
) -> list[Path]:
    """Save drawings beside results in the style at hand; returns the files. made: as `drawings` gives them.

    Raises
    ------
    ScenarioError : a file cannot be written
    """
    from evo.figures.drawing import figure_of
    from evo.figures.style import save

    files: list[Path] = []
    folder = make_inside(results, "figures")  # which a copy may have left out
    for name, drawing, origin in made:
        figure = figure_of(drawing, size, origin)
        for kind in formats:
            files.append(folder / f"{name}{beside}.{kind}")
            save(figure, files[-1], None, exact=True)
        if data:
            files.append(folder / f"{name}{beside}.csv")
            write_bytes(files[-1], drawing.data.write_csv().encode())
    return files


def _together(*given: Any) -> list[Any]:
    """Batches that can be drawn beside each other, as they are now.

    Raises
    ------
    ScenarioError : one is empty, or given twice
    """
    seen, batches = set(), [batch.held() for batch in given]
    for batch in batches:
        if batch.runs().is_empty():
            raise ScenarioError(f"{batch.folder}: holds no finished replicate to draw")
        if (where := batch.folder.resolve()) in seen:
            raise ScenarioError(f"{batch.folder}: is given twice; name another batch to draw beside it")
        seen.add(where)
    return batches
