"""The sections of a report: each takes a batch and its place on the page, and returns None where it does not apply.

They read the folder alone, and run nothing of it. A further section is a function and its name in `SECTIONS`.
"""

from collections.abc import Callable
from typing import Any

from evo.errors import ScenarioError
from evo.report import causes, films, measured, origin, question
from evo.report import figures as drawn
from evo.report.page import Element, element, lacking, section

Section = Callable[[Any, str], Element | None]


def _figures(batch: Any, place: str) -> Element:
    return section("Figures", place, *drawn.figures([batch], place))


SECTIONS: dict[str, tuple[str, Section]] = {
    "question": ("Question and answer", question.question),
    "funnel": ("The funnel", question.funnel),
    "realized": ("What “realized” means", question.realized),
    "why": ("Why", causes.why),
    "price": ("What changed the property", measured.price),
    "cells": ("Cells", measured.cells),
    "sentences": ("Each cell in a sentence", measured.sentences),
    "figures": ("Figures", _figures),
    "films": ("Films", films.films),
    "meanings": ("What the numbers mean", measured.meanings),
    "scenario": ("Scenario", origin.scenario),
    "provenance": ("Where it comes from", origin.provenance),
    "again": ("How to repeat it", origin.again),
}
WITHOUT_RECORDS = ("question", "realized", "scenario", "provenance", "again")


def _built(build: Section, title: str, batch: Any, place: str) -> Element | None:
    """A section; what is missing for it, where something is."""
    try:
        return build(batch, place)
    except ScenarioError as error:
        return section(title, place, lacking("This cannot be shown", error, batch))


def of_batch(batch: Any, number: int, name: str) -> tuple[Element, Element]:
    """A batch's part of the page, and its line of the table of contents. number: its place; name: its heading"""
    start = f"batch-{number}"
    wanted = WITHOUT_RECORDS if batch.runs().is_empty() else tuple(SECTIONS)
    made = {one: (SECTIONS[one][0], _built(SECTIONS[one][1], SECTIONS[one][0], batch, f"{start}-{one}"))
            for one in wanted}  # fmt: skip
    found = {one: (title, part) for one, (title, part) in made.items() if part is not None}
    head = element("h2", name)
    folder = element("p", f"Results folder: {batch.folder.name}", class_="soft")
    part = element("article", head, folder, *(part for _, part in found.values()), id=start)
    links = [element("li", element("a", title, href=f"#{start}-{one}")) for one, (title, _) in found.items()]
    return part, element("li", element("a", name, href=f"#{start}"), element("ul", *links))
