"""The figures of a report, in the page itself, each with what it shows in words."""

from typing import Any

from evo.figures.every import draw_all, names
from evo.figures.style import image
from evo.report.page import Element, data, element

LARGEST = 600_000  # bytes of a drawing by shapes; what is larger is put in as pixels

_CELL = "Of one cell, named in the title: the one whose realized share is nearest one half, where things are decided."
CAPTIONS = {
    "realized": "How often the property is realized: the share of replicates whose population has it at the end of "
    "training, with its 95 % interval, and what theory predicts where it holds.",
    "funnel": "Where it fails: how many replicates of each cell reached each stage. The brighter, the larger the "
    "share. A number that drops from one column to the next is what that stage stopped.",
    "phase": "Where in the space of knobs it is realized: the share of replicates over the two swept fields with most "
    "values, a panel for each value of the others.",
    "shift": "The property over the generations: each line is the mean of one population, coloured by its outcome; "
    "beside them is where they end. " + _CELL,
    "dumbbell": "Training beside deployment: the mean of each population at the end, in both.",
    "probes": "What agents pursue: each probe over the generations; a line is the mean of one population, coloured by "
    "its outcome. " + _CELL,
    "price": "Why the mean of the property changed: expected selection, drift, and what became of it on the way to the "
    "offspring, summed from the founders on, in means over replicates with 95 % intervals (the Price partition). "
    + _CELL,
    "why": "Why: left, the share of replicates that realize the property as it is, blind and supplied, with 95 % "
    "intervals; right, what made the populations of a cell have it or lack it, as shares that follow from these.",
    "waiting": "How long it took: the share of replicates whose population mean has reached the threshold by each "
    "generation, with its 95 % interval (Kaplan-Meier; those in which it has not by the end count as not yet).",
}
ON_ONE_SHEET = "page"  # all of these on one sheet, which a page of its own need not repeat


def _drawn(name: str, drawing: Any) -> Element:
    """A figure as an image with its caption: shapes, which stay sharp at any size, or pixels where those are many."""
    content, kind = image(drawing, "svg"), "image/svg+xml"
    if len(content) > LARGEST:
        content, kind = image(drawing, "png"), "image/png"
    caption = CAPTIONS[name]
    return element("figure", element("img", src=data(content, kind), alt=caption), element("figcaption", caption))


def figures(batch: Any) -> list[Element]:
    """Every figure that applies to a batch; one at a time, for each may be large."""
    found = []
    for name in names():
        if name != ON_ONE_SHEET:
            found += [_drawn(name, drawing) for name, drawing in draw_all(batch, [name]).items()]
    return found
