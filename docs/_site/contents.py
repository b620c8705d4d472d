"""The contents of the site are the links of index.md: each heading there is a part, each link under it a page."""

import re
from pathlib import Path
from typing import Any

_PART = re.compile(r"^## (.+)$", re.MULTILINE)
_PAGE = re.compile(r"\]\(([\w/]+)\.md\)")
_OUTSIDE = re.compile(r"(?<!!)\[([^]]+)\]\(((?:\.\./)+[\w/.-]+\.md)\)")


def parts(text: str) -> dict[str, list[str]]:
    """Pages by the heading under which index.md links them, in its order."""
    _, *rest = _PART.split(text)
    return {part: _PAGE.findall(body) for part, body in zip(rest[::2], rest[1::2], strict=True)}


def add_contents(app: Any, docname: str, source: list[str]) -> None:
    """Give the first page a table of contents, and that of the claims one of the pages that its table links.

    A link to a page of the repository that is not one of the site hands out its file.
    """
    page, home = Path(app.srcdir, docname).parent, Path(app.srcdir).resolve()

    def handed_out(link: re.Match[str]) -> str:
        inside = (page / link[2]).resolve().is_relative_to(home)
        return link[0] if inside else f"{{download}}`{link[1]} <{link[2]}>`"

    source[0] = _OUTSIDE.sub(handed_out, source[0])
    if docname == "index":
        found = parts(source[0])
    elif docname == "claims":
        found = {"": list(dict.fromkeys(_PAGE.findall(source[0])))}  # which may be linked below the table too
    else:
        return
    for part, pages in found.items():
        source[0] += "\n".join(["", "```{toctree}", ":hidden:", f":caption: {part}" if part else "", *pages, "```", ""])


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this."""
    app.connect("source-read", add_contents)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
