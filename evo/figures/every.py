"""Every figure of a batch that applies, drawn or saved."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

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


def _functions(batch: Any) -> dict[str, Any]:
    """What draws each figure of a batch, by name."""
    from evo.figures import page, panels, probes, pursuit, why

    if batch.spec.scenario.sample is not None:  # curves over a grid would be crowded, and mean nothing
        return {
            "sample": panels.sampled_rates, "shift": panels.training_and_deployment, "probes": probes.over_generations,
            "price": panels.price_partition, "why": why.causes,
        }  # fmt: skip
    return {
        "realized": panels.realized_rate,
        "funnel": panels.funnel,
        "phase": panels.phase_diagram,
        "shift": panels.training_and_deployment,
        "probes": probes.over_generations,
        "pursuit": pursuit.pursuit,
        "price": panels.price_partition,
        "why": why.causes,
        "waiting": panels.waiting_times,
        "page": page.page,
    }


def names(batch: Any) -> list[str]:
    """The figures that a batch may have; of some it turns out when they are drawn that they do not apply."""
    return list(_functions(batch))


def draw_all(batch: Any, only: Sequence[str] | None = None) -> dict[str, Any]:
    """Every figure that applies to a batch, or only those named, by name.

    Raises
    ------
    ScenarioError : there is no figure of that name
    """
    from matplotlib import rc_context

    from evo.figures import style

    functions = _functions(batch)
    for name in only or ():
        if name not in functions:
            raise ScenarioError(f"figure {name}: there is none of that name; {closest(name, list(functions))}")
    with rc_context(style.STYLE):
        drawn = {name: function(batch) for name, function in functions.items() if only is None or name in only}
    return {name: figure for name, figure in drawn.items() if figure is not None}


def save_all(batch: Any, formats: tuple[str, ...] = ("png",)) -> list[Path]:
    """Draw every figure of a batch into its `figures/` folder; returns the files."""
    from evo.figures.style import save

    files: list[Path] = []
    (batch.folder / "figures").mkdir(exist_ok=True)  # which a copy may have left out
    for name, figure in draw_all(batch).items():
        for kind in formats:
            files.append(batch.folder / "figures" / f"{name}.{kind}")
            save(figure, files[-1])
    return files
