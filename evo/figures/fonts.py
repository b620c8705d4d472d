"""Letters of a drawing: their widths, and the fonts that an SVG file brings along."""

import base64
import io
import re
import warnings
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import unescape

from matplotlib import rcParams
from matplotlib.font_manager import FontProperties, findfont, get_font

from evo.wording import shown

_WHOLE = re.compile(r"\([^()]{1,18}\)|\S+ [-+]?\d\S*")  # that stays on one line: a unit, a name with its value
_SPACE = "\u00a0"
_LETTERS = re.compile(rb">([^<>]+)<")


@lru_cache(maxsize=20_000)
def _letters(text: str, size: float, family: tuple[str, ...], weight: Any) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that the font has not
        font = get_font(findfont(FontProperties(family=list(family), weight=weight)))
        font.set_size(size, 72)
        font.set_text(text, 0.0)
        return float(font.get_width_height()[0]) / 64.0 / 72.0


def points(size: str | float) -> float:
    """A size of letters, such as 'small', in points."""
    return float(FontProperties(size=size).get_size_in_points())


def inches(text: str, size: str | float = "small") -> float:
    """How wide a line of text is drawn."""
    family = rcParams["font.family"]
    return _letters(text, points(size), tuple([family] if isinstance(family, str) else family), rcParams["font.weight"])


def lines(text: str, width: float, size: str | float, most: int = 6) -> list[str]:
    """A text in lines that are at most so many inches wide; at most so many of them."""
    found: list[str] = []
    line = ""

    def whole(found: re.Match[str]) -> str:
        return found[0].replace(" ", _SPACE) if inches(found[0], size) <= width else found[0]

    text = _WHOLE.sub(whole, " ".join(shown(text).split()))
    for word in text.split(" "):
        while inches(word, size) > width and len(word) > 1:  # no line holds it
            part = next(n for n in range(len(word), 0, -1) if n == 1 or inches(word[:n], size) <= width)
            found, line, word = [*found, *([line] if line else []), word[:part]], "", word[part:]
        longer = f"{line} {word}" if line else word
        if inches(longer, size) <= width:
            line = longer
        else:
            found, line = [*found, line], word
    found = [text.replace(_SPACE, " ") for text in (*found, line)]
    return found if len(found) <= most else [*found[: most - 1], found[most - 1] + " ..."]


def cut(text: str, width: float, size: str | float = "small") -> str:
    """A line of text, with dots in its middle where it is wider than so many inches."""
    text = " ".join(shown(text).split())
    if inches(text, size) <= width:
        return text
    for keep in range(len(text) - 1, 3, -1):
        shorter = f"{text[: -(-keep // 2)]}...{text[len(text) - keep // 2 :]}"
        if inches(shorter, size) <= width:
            return shorter
    return text[:3] + "..."


def embedded(svg: bytes) -> bytes:
    """An SVG file whose text is text, with those letters of its font in it that it uses."""
    if b"<text" not in svg:
        return svg
    used = unescape(" ".join(part.decode("utf-8") for part in _LETTERS.findall(svg)))
    return svg.replace(b"<defs>", f"<defs><style>{face(used)}</style>".encode(), 1)


def face(used: str) -> str:
    """The rule that brings along the font at hand, with these letters of it, the same bytes each time."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(findfont(FontProperties()), fontNumber=0, recalcTimestamp=False)
    name = font["name"].getDebugName(1)
    options = subset.Options(layout_features=[], notdef_outline=True, hinting=False)
    options.drop_tables += ["FFTM"]  # when it was made
    small = subset.Subsetter(options)
    small.populate(text=used)
    small.subset(font)
    held = io.BytesIO()
    font.flavor = "woff"
    font.save(held)
    data = base64.b64encode(held.getvalue()).decode()
    return f"@font-face{{font-family:'{name}';src:url(data:font/woff;base64,{data})}}"
