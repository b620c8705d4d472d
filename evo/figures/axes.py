"""Axes that name what they show: swept values along one, shares along the other, lines told apart."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from evo.figures.cells import Cells, numeric
from evo.figures.fonts import cut, inches, lines
from evo.figures.style import MARKERS, SHADES, colours
from evo.measure.intervals import bounded_interval
from evo.wording import value_text

MOST_LINES, MOST_PANELS = 6, 12  # that can be told apart, and read on a page
_APART = 0.05  # inches between labels
_DASHES = ("-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)))
_MANY = 12  # values, that are not all named
_LINES = 3  # of the name of a row
_UNEVEN = 30.0  # times the least step that the largest may be, on a plain scale


class Facets(NamedTuple):
    """Which axis of a batch goes where in a figure of several panels."""

    x: str
    line: str | None
    panels: list[str]


def facets(cells: Cells) -> Facets | None:
    """A numeric axis along x, one as lines, the rest as panels; None where that would be more than can be read."""
    along = [key for key in cells.keys if numeric(cells.values(key))]
    if cells.sampled or not along:
        return None
    rest = sorted((key for key in cells.keys if key != along[0]), key=lambda key: -len(cells.values(key)))
    line = next((key for key in (*rest[:-1], *rest[-1:]) if len(cells.values(key)) <= MOST_LINES), None)
    line = "batch" if cells.several else line
    panels = [key for key in rest if key != line]
    if math.prod(len(cells.values(key)) for key in panels) > MOST_PANELS:
        return None
    return Facets(along[0], line, panels)


def grouped(cells: Cells, keys: Sequence[str]) -> dict[tuple[Any, ...], list[Any]]:
    """Cells by their values on some axes, in the order of the values."""
    found: dict[tuple[Any, ...], list[Any]] = {}
    for one in cells.ones:
        found.setdefault(tuple(one.at[key] for key in keys), []).append(one)
    order = {key: {value: n for n, value in enumerate(cells.values(key))} for key in keys}
    return dict(sorted(found.items(), key=lambda row: [order[k][v] for k, v in zip(keys, row[0], strict=True)]))


def looks(count: int, ordered: bool = False) -> list[dict[str, Any]]:
    """Colour, dashes and marker of so many lines, no two alike; from dark to light where they are ordered."""
    if ordered and count <= MOST_LINES:
        shades = mpl.colormaps[SHADES]
        hues: list[Any] = [mpl.colors.to_hex(shades(0.88 * n / max(1, count - 1))) for n in range(count)]
    else:
        hues = colours()
    return [
        {
            "color": hues[n % len(hues)],
            "marker": MARKERS[(n % len(hues) + n // (len(hues) * len(_DASHES))) % len(MARKERS)],
            "linestyle": _DASHES[(n % len(hues) + n // len(hues)) % len(_DASHES)],
        }
        for n in range(count)
    ]  # fmt: skip


def is_even(values: Sequence[Any]) -> bool:
    """Whether numbers lie evenly enough to be told apart on a plain scale."""
    steps = [b - a for a, b in pairwise(values)]
    return not steps or max(steps) <= _UNEVEN * min(steps)


def scale(values: Sequence[Any]) -> str:
    """On which scale swept values lie: plain, logarithmic where that is more even, or one after the other."""
    if numeric(values) and (is_even(values) or (len(values) > _MANY and values[0] <= 0)):
        return "plain"
    if numeric(values) and values[0] > 0 and (is_even([math.log(value) for value in values]) or len(values) > _MANY):
        return "logarithmic"
    return "order"


def places(values: Sequence[Any]) -> list[float]:
    """Where swept values lie on their scale."""
    on = scale(values)
    if on == "order":
        return [float(n) for n in range(len(values))]
    return [math.log10(value) if on == "logarithmic" else float(value) for value in values]


def name_values(axes: Axes, values: Sequence[Any], at: Sequence[float], width: float) -> None:
    """Name swept values along x; round numbers, or every so many, where there is no room. width: in inches."""
    if _fit([value_text(value) for value in values], at, width):
        chosen = list(zip(at, map(value_text, values), strict=True))
    elif (on := scale(values)) == "order":
        step = next((n for n in _STEPS if _fit([value_text(v) for v in values[::n]], at[::n], width)), len(values))
        chosen = list(zip(at[::step], map(value_text, values[::step]), strict=True))
    else:
        chosen = _round_numbers(at, width, on == "logarithmic", all(isinstance(value, int) for value in values))
    axes.set_xticks([place for place, _ in chosen], [text for _, text in chosen])


_STEPS = (2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000)


def _fit(texts: Sequence[str], at: Sequence[float], width: float) -> bool:
    """Whether labels have room beside each other."""
    span = max(at) - min(at)
    wide = [inches(text) for text in texts]
    return all(
        (b - a) * width >= ((one + other) / 2 + _APART) * span
        for (a, b), (one, other) in zip(pairwise(at), pairwise(wide), strict=True)
    )


def _round_numbers(at: Sequence[float], width: float, log: bool, whole: bool) -> list[tuple[float, str]]:
    """Round numbers within an axis, as many as there is room for; of a logarithmic one decades, if it has two."""
    low, high = min(at), max(at)
    found: list[tuple[float, str]] = []
    for count in range(max(2, int(width / 0.3)), 0, -1):
        if log:
            decades = range(math.ceil(low), math.floor(high) + 1)
            steps = [float(n) for n in decades] if len(decades) > 1 else [n + m for n in range(math.floor(low),
                     math.ceil(high) + 1) for m in (0.0, math.log10(2), math.log10(5))]  # fmt: skip
            steps = steps[:: max(1, len(steps) // count)]
        else:
            steps = [float(step) for step in MaxNLocator(count, integer=whole).tick_values(low, high)]
        steps = [step for step in steps if low <= step <= high]
        found = [(step, value_text(float(f"{10**step if log else step:.6g}"))) for step in steps]
        if len(found) > 1 and _fit([text for _, text in found], steps, width):
            return found
    return found[:1]


def row_height(names: Sequence[str], width: float, least: float) -> float:
    """How high rows are, in inches, so that `name_rows` finds room; `least` at least."""
    deep = min(_LINES, max(len(lines(name, width, "small", 99)) for name in names))
    return max(least, 0.08 + 0.09 * deep)


def name_rows(axes: Axes, names: Sequence[str], width: float) -> None:
    """Name rows 0, 1, .. from above, each in a few lines that are at most so many inches wide; else it is cut."""
    texts = [lines(name, width, "small", 99) for name in names]
    shown = [
        "\n".join(text) if len(text) <= _LINES else cut(name, width) for text, name in zip(texts, names, strict=True)
    ]
    axes.set_yticks(range(len(names)), shown)
    axes.set_ylim(len(names) - 0.4, -0.6)


def share_axis(axis: Any, label: str | None, highest: float = 1.0) -> None:
    """An axis of shares, from 0 to 1 or less where all are small, whose ends can be seen. highest: that is drawn."""
    top = next(end for end in (0.1, 0.2, 0.5, 1.0) if highest <= end or end == 1.0)
    axis.axes.set(**{f"{axis.axis_name}lim": (-0.04 * top, 1.04 * top)})
    axis.set_ticks([0.0, top / 2, top], [f"{share:g}" for share in (0, top / 2, top)])
    if label:
        axis.set_label_text(label)


def along(axes: Axes, text: str, width: float) -> None:
    """The label of the x axis, in as many lines as it needs. width: of the panel, in inches."""
    axes.set_xlabel("\n".join(lines(text, max(width, 0.8), "medium", 3)))


def up(axes: Axes, text: str, height: float) -> None:
    """The label of the y axis, in as many lines as it needs. height: of the panel, in inches."""
    axes.set_ylabel("\n".join(lines(text, max(height, 0.8), "medium", 3)))


def scattered(count: int, width: float) -> np.ndarray:
    """Where so many dots that stand for one place lie beside it, none close to another: float64[count]."""
    return (np.arange(count) * 0.618 % 1.0 - 0.5) * width  # steps of the golden section


def means(samples: Sequence[np.ndarray], bounds: tuple[float, float] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Mean of each sample, float64[K], and how far its interval of 95 % reaches below and above, float64[2, K].

    Student's t; no interval, NaN, of one value.

    bounds : the least and the most that a number can be, where it has such; its interval stays within them
    """
    found = [bounded_interval(sample, bounds) for sample in samples]
    mean, low, high = (np.array([one[name] for one in found], float) for name in ("mean", "low", "high"))
    return mean, np.array([mean - low, high - mean])


def head(axes: Axes, text: str, width: float) -> None:
    """The heading of a panel, in as many lines as it needs. width: of the panel, in inches."""
    axes.set_title("\n".join(lines(text, width, "small", 3)), fontsize="small")


def heads(names: Sequence[str], width: float) -> int:
    """How many lines the longest of these headings takes."""
    return max((len(lines(name, width, "small", 3)) for name in names), default=0)
