"""Run one check and draw its figure: in a process of its own, beside others."""

import time
from dataclasses import replace
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogFormatter, NullFormatter

from evo.figures.style import STYLE
from tests.verification import (  # noqa: F401  (they register their checks)
    ancestry,
    causes,
    population_genetics,
    structure,
    valley,
)
from tests.verification.check import CHECKS, Result

DOCS = Path(__file__).parents[2] / "docs"


def _in_full(figure: Figure) -> None:
    """Numbers in full on logarithmic axes, whose own way would be formulas."""
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        if isinstance(axis.get_major_formatter(), LogFormatter):
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        if isinstance(axis.get_minor_formatter(), LogFormatter):
            axis.set_minor_formatter(NullFormatter())


def checked(name: str) -> tuple[Result, float]:
    """Run a check and draw its figure; what it found without the figure, and how many seconds it took."""
    start = time.perf_counter()
    with rc_context(STYLE):
        result = CHECKS[name].run()
        _in_full(result.figure)
        result.figure.savefig(DOCS / "images" / "verification" / f"{name}.png", dpi=110)
    return replace(result, figure=Figure()), time.perf_counter() - start
