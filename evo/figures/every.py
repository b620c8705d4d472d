"""Every figure of a batch that applies, drawn or saved."""

from pathlib import Path
from typing import Any


def draw_all(batch: Any) -> dict[str, Any]:
    """Every figure that applies to a batch, by name."""
    from matplotlib import rc_context

    from evo.figures import page, panels, style

    functions: dict[str, Any] = {
        "realized": panels.realized_rate,
        "funnel": panels.funnel,
        "phase": panels.phase_diagram,
        "shift": panels.training_and_deployment,
        "price": panels.price_partition,
        "waiting": panels.waiting_times,
        "page": page.page,
    }
    if batch.spec.scenario.sample is not None:  # curves over a grid would be crowded, and mean nothing
        functions = {"sample": panels.sampled_rates, "shift": functions["shift"], "price": functions["price"]}
    with rc_context(style.STYLE):
        drawn = {name: function(batch) for name, function in functions.items()}
    return {name: figure for name, figure in drawn.items() if figure is not None}


def save_all(batch: Any, formats: tuple[str, ...] = ("png",)) -> list[Path]:
    """Draw every figure of a batch into its `figures/` folder; returns the files."""
    from matplotlib import rc_context

    from evo.figures.style import STYLE

    files = []
    (batch.folder / "figures").mkdir(exist_ok=True)  # which a copy may have left out
    for name, figure in draw_all(batch).items():
        for kind in formats:
            path = batch.folder / "figures" / f"{name}.{kind}"
            with rc_context(STYLE):
                figure.savefig(path, bbox_inches="tight", pad_inches=0.08)
            files.append(path)
    return files
