"""The figures of a report, in the page itself, each with what it shows in words and its numbers."""

from collections.abc import Sequence
from typing import Any

from evo.errors import ScenarioError
from evo.figures.cells import Cells
from evo.figures.drawing import figure_of
from evo.figures.every import PAGE, drawing_of, names
from evo.figures.style import PAGE as PAGE_SIZE
from evo.figures.style import image, plain_style
from evo.report.inline import drawing
from evo.report.page import Element, data, element, lacking

LARGEST = 400_000  # bytes of a drawing by shapes; what is larger is put in as pixels
NUMBERS = 150_000  # bytes of its numbers; what has more says how they are had

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
    "pursuit": "Capability beside goal: how well agents do in training and in deployment, and what each population "
    "pursues.",
    "price": "Why the mean of the property changed: expected selection, drift, and what became of it on the way to the "
    "offspring, summed from the founders on, in means over replicates with 95 % intervals (the Price partition); with "
    "demes or groups also what of selection is between them and within them. " + _CELL,
    "why": "Why: left, the share of replicates that realize the property as it is, blind and supplied, with 95 % "
    "intervals; right, what made the populations of a cell have it or lack it, as shares that follow from these.",
    "waiting": "How long it took: the share of replicates whose population mean has reached the threshold by each "
    "generation, with its 95 % interval (Kaplan-Meier; those in which it has not by the end count as not yet).",
}


def drawn(place: str, made: Any, origin: Sequence[str], caption: str, command: str) -> Element:
    """A figure with its caption and its numbers: shapes, or pixels where those are many. command: writes the numbers"""
    figure = figure_of(made, PAGE_SIZE, origin)
    shown = drawing(figure, place, f"{caption} {made.title}.")
    if sum(len(part.attrib.get("d", "")) + 120 for part in shown.iter()) > LARGEST:
        pixels = image(figure, "png")
        shown = element("img", src=data(pixels, "image/png"), alt=f"{caption} {made.title}.")
    scrolls = element("div", shown, class_="scroll", tabindex="0", role="region", aria_label=made.title)
    return element("figure", scrolls, element("figcaption", caption), _numbers(place, made, command))


def _numbers(place: str, made: Any, command: str) -> Element:
    """What a figure draws as CSV, folded away; how it is had where that is much."""
    content = made.data.write_csv()
    if len(content) > NUMBERS:
        code = element("code", command)
        return element("p", f"Its {made.data.height} numbers are written by ", code, ".", class_="soft")
    address = data(content.encode(), "text/csv")
    return element(
        "details", element("summary", "Its numbers"), element("p", element("a", "as a file", href=address,
        download=f"{place.rpartition('-')[2]}.csv")), element("pre", element("code", content)), class_="numbers",
    )  # fmt: skip


def figures(batches: Sequence[Any], place: str, only: Sequence[str] | None = None) -> list[Element]:
    """Every figure that applies to a batch, or to several in one; of one that cannot be drawn, why."""
    found: list[Element] = []
    cells = Cells(*batches)
    for name in names():
        if name == PAGE or (only is not None and name not in only):
            continue
        try:
            with plain_style(PAGE_SIZE.width):
                made = drawing_of(name, cells, PAGE_SIZE.width)
                command = f"evo figures FOLDER --only {name} --data"
                how = cells.origin, CAPTIONS[name], command
                found += [] if made is None else [drawn(f"{place}-{name}", made, *how)]
        except ScenarioError as error:
            found.append(lacking(f"The figure {name} cannot be drawn", error, *batches))
    return found
