"""A figure as part of the page: its shapes, its letters as text, and its numbers for who points at them."""

import re
from typing import Any
from xml.etree import ElementTree

from evo.figures.spots import spots
from evo.figures.style import image
from evo.report.page import Element, element

_USED = re.compile(r"url\(#([^)]+)\)")
_NUMBER = re.compile(r"-?\d+\.\d{4,}")
_PLACES = {"d", "transform", "x", "y", "width", "height", "points", "cx", "cy"}  # what lies where
_DROPPED = {"metadata", "style", "title"}


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _rounded(found: re.Match[str]) -> str:
    """To three digits: nobody sees the others, and the last differ from one drawing to the next."""
    return f"{float(found[0]):.3f}".rstrip("0").rstrip(".")


def _copied(part: Any, prefix: str) -> Element:
    """An element of a drawing as one of the page, whose names are its own on it."""
    attributes = {}
    for name, value in part.attrib.items():
        if name.startswith("{http://www.w3.org/XML"):
            continue
        if _local(name) == "id":
            value = prefix + value
        elif _local(name) == "href" and value.startswith("#"):
            value = "#" + prefix + value[1:]
        elif _local(name) in _PLACES:
            value = _NUMBER.sub(_rounded, value)
        attributes[_local(name)] = _USED.sub(lambda found: f"url(#{prefix}{found[1]})", value)
    made = Element(_local(part.tag), attributes)
    made.text, made.tail = part.text, part.tail
    for child in part:
        if isinstance(child.tag, str) and _local(child.tag) not in _DROPPED:
            made.append(_copied(child, prefix))
    return made


def drawing(figure: Any, name: str, label: str) -> Element:
    """A figure as an svg element. name: the start of all names in it; label: what it shows, for who cannot see it."""
    root = ElementTree.fromstring(image(figure, "svg", as_text=True))
    made = _copied(root, f"{name}-")
    made.attrib = {key: made.attrib[key] for key in ("viewBox",)} | {"role": "img", "aria-label": label}
    made.tail = None
    for spot in spots(figure):
        where = {"x": spot.x, "y": spot.y, "width": max(spot.width, 0.5), "height": max(spot.height, 0.5)}
        at = {key: f"{value:.2f}" for key, value in where.items()}
        made.append(element("rect", element("title", spot.text), class_="spot", **at))
    return made


def letters(parts: Any) -> str:
    """All letters of some drawings, for the font that the page brings along."""
    found = {letter for part in parts for text in part.iter("text") for letter in "".join(text.itertext())}
    return "".join(sorted(found))
