"""One or more batches as one file: complete in itself, opened from disk, printed, sent."""

from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from evo.batch.disk import write_bytes
from evo.errors import ScenarioError
from evo.figures.fonts import face
from evo.figures.style import PAGE, plain_style
from evo.report.comparison import compared
from evo.report.inline import letters
from evo.report.page import document, element
from evo.report.sections import of_batch
from evo.wording import show, shown

ENDINGS = (".html", ".htm")


def check(path: Path, batches: Sequence[Any]) -> None:
    """Raise ScenarioError where there is nothing to report, or the file cannot be one."""
    if path.suffix.lower() not in ENDINGS:
        raise ScenarioError(f"{show(str(path))}: a report's file must end in .html")
    if path.is_dir():
        raise ScenarioError(f"{path}: is a folder; name a file in it, such as {path / 'report.html'}")
    if not path.parent.is_dir():
        raise ScenarioError(f"{path}: the report cannot be written: there is no folder {path.parent}")
    seen: set[Path] = set()
    for batch in batches:
        if (where := batch.folder.resolve()) in seen:
            raise ScenarioError(f"{batch.folder}: is given twice; a report has each batch once")
        seen.add(where)
        batch.runs()  # raises where they are damaged


def _names(batches: Sequence[Any]) -> list[str]:
    """What each batch is called beside the others."""
    names = [shown(batch.spec.scenario.name) for batch in batches]
    return names if len(set(names)) == len(names) else [shown(batch.folder.resolve().name) for batch in batches]


def report(batches: Sequence[Any], path: Path) -> Path:
    """Write the report of some batches, one after the other, into one file, whole or not at all; returns the file.

    Nothing of the folders is run. What is at `path` is replaced.

    Raises
    ------
    ScenarioError : a batch is damaged, one is given twice, or the file cannot be written
    """
    check(path, batches)
    batches = [batch.held() for batch in batches]
    parts, lines = zip(*(of_batch(batch, n) for n, batch in enumerate(batches, 1)), strict=True)
    names = list(dict.fromkeys(batch.spec.scenario.name for batch in batches))
    title = f"evo report: {', '.join(names)}"
    contents = element("nav", element("p", "Contents"), element("ul", *lines), aria_label="Contents")
    end = element("p", f"Written by evo {metadata.version('evo-sandbox')}. Every number on this page is computed from "
                  "the records; nothing on it is loaded from elsewhere.", class_="soft")  # fmt: skip
    beside = compared(batches, _names(batches))
    for n, part in enumerate(beside, 1):
        link = element("a", str(part[0].text), href=f"#comparison-{n}")
        contents[1].insert(n - 1, element("li", link))
    inside = [*beside, *parts]
    with plain_style(PAGE.width):
        faces = face(letters(inside))
    content = document(
        title, element("header", element("h1", title), contents), *inside, element("footer", end), faces=faces
    )
    try:
        write_bytes(path, content)
    except OSError as error:
        raise ScenarioError(f"{path}: the report cannot be written: {error.strerror or error}") from None
    return path
