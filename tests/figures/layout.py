"""What makes a figure readable, measured: no text on another or cut off, no legend on the data, the size asked for."""

from collections.abc import Iterator
from itertools import combinations

from evo.figures.style import TALLEST

SLACK = 1.5  # pixels, at 100 a inch, by which boxes of letters may touch


def parts(figure):
    """The figure and all parts of it."""
    found = [figure]
    for part in found:
        found += list(part.subfigs)
    return found


def title_of(figure):
    """The finding: the first text on the figure."""
    return next(text.get_text() for part in parts(figure) for text in part.texts).replace("\n", " ")


def notes_of(figure):
    """All that is written beside panels and legends."""
    return " ".join(text.get_text() for part in parts(figure) for text in part.texts[::-1]).replace("\n", " ")


def legends(figure):
    own = [axes.get_legend() for axes in figure.axes]
    return [one for one in [*(leg for part in parts(figure) for leg in part.legends), *own] if one is not None]


def _ticks(axis) -> Iterator:
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    for tick in axis.get_major_ticks():
        if low - slack <= tick.get_loc() <= high + slack:
            yield from (tick.label1, tick.label2)


def texts(figure):
    """Every text that is drawn."""
    found = [text for part in parts(figure) for text in part.texts]
    for axes in figure.axes:
        found += [axes.title, axes._left_title, axes._right_title, axes.xaxis.label, axes.yaxis.label, *axes.texts]
        found += [*_ticks(axes.xaxis), *_ticks(axes.yaxis)]
        found += [axes.xaxis.get_offset_text(), axes.yaxis.get_offset_text()]
    for legend in legends(figure):
        found += [*legend.get_texts(), legend.get_title()]
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def meet(a, b, slack=SLACK):
    """Whether two boxes overlap."""
    return min(a.x1, b.x1) - max(a.x0, b.x0) > slack and min(a.y1, b.y1) - max(a.y0, b.y0) > slack


def problems(figure):
    """What a reader would stumble over, each in words."""
    figure.draw_without_rendering()
    width, height = figure.get_size_inches()
    found = [f"{height / width:.2f} widths tall"] if height > TALLEST * width * 1.001 else []
    edge = figure.bbox
    boxes = [(text, text.get_window_extent()) for text in texts(figure)]
    for text, box in boxes:
        if box.x0 < edge.x0 - 1 or box.x1 > edge.x1 + 1 or box.y0 < edge.y0 - 1 or box.y1 > edge.y1 + 1:
            found.append(f"cut off: {text.get_text()!r}")
    for (one, a), (other, b) in combinations(boxes, 2):
        if not (one.get_rotation() % 90 and other.get_rotation() % 90) and meet(a, b):
            found.append(f"{one.get_text()!r} on {other.get_text()!r}")
    panels = [(axes, axes.get_window_extent()) for axes in figure.axes]
    for (one, a), (other, b) in combinations(panels, 2):
        if meet(a, b):
            found.append(f"panels on each other: {one.get_xlabel()!r}, {other.get_xlabel()!r}")
    for legend in legends(figure):
        found += ["a legend on a panel" for _, box in panels if meet(legend.get_window_extent(), box)]
    for axes, box in panels:
        inside = {id(text) for text in axes.texts}
        found += [
            f"{text.get_text()!r} on a panel" for text, other in boxes if id(text) not in inside and meet(box, other)
        ]
        if axes.get_label() == "<colorbar>":
            continue
        if min(box.width, box.height) < 0.2 * figure.dpi:
            found.append(f"a panel of {box.width:.0f} x {box.height:.0f} pixels")
        if not (axes.get_xlabel() or _shares_a_label(axes, figure)):
            found.append("a panel without a label along x")
    return found


def _shares_a_label(axes, figure):
    """Whether a panel below it in its column has the label."""
    x = axes.get_position().x0
    return any(other.get_xlabel() and abs(other.get_position().x0 - x) < 0.25 for other in figure.axes)


def readable(figure):
    assert not problems(figure)
