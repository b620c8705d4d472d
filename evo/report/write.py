"""One or more batches as one file: complete in itself, opened from disk, printed, sent."""

from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from evo.audits.kept import Results
from evo.batch.disk import write_where_told
from evo.errors import ScenarioError
from evo.figures.fonts import face
from evo.figures.style import PAGE, plain_style
from evo.report.audit import of_audit
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
        if not isinstance(batch, Results):
            batch.runs()  # raises where they are damaged


def _name(batch: Any) -> str:
    """What a batch or an audit is called."""
    return batch.name if isinstance(batch, Results) else str(batch.spec.scenario.name)


def _names(batches: Sequence[Any]) -> list[str]:
    """What each batch is called beside the others."""
    names = [shown(_name(batch)) for batch in batches]
    return names if len(set(names)) == len(names) else [shown(batch.folder.resolve().name) for batch in batches]


def report(batches: Sequence[Any], path: Path) -> Path:
    """Write the report of some batches and audits, one after the other, into one file, whole or not at all.

    Nothing of the folders is run. What is at `path` is replaced. Returns the file.

    Raises
    ------
    ScenarioError : a batch is damaged, one is given twice, or the file cannot be written
    """
    check(path, batches)
    batches = [one if isinstance(one, Results) else one.held() for one in batches]
    called = _names(batches)
    made = [
        (of_audit if isinstance(one, Results) else of_batch)(one, n, name)
        for n, (one, name) in enumerate(zip(batches, called, strict=True), 1)
    ]
    parts, lines = zip(*made, strict=True)
    names = list(dict.fromkeys(map(_name, batches)))
    title = f"evo report: {', '.join(names)}"
    contents = element("nav", element("p", "Contents"), element("ul", *lines), aria_label="Contents")
    end = element("p", f"Written by evo {metadata.version('evo-sandbox')}. Every number on this page is computed from "
                  "the records; nothing on it is loaded from elsewhere.", class_="soft")  # fmt: skip
    comparable = [batch for batch in batches if not isinstance(batch, Results)]
    beside = compared(comparable, _names(comparable)) if comparable else []
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
        write_where_told(path, lambda aside: aside.write_bytes(content))
    except OSError as error:
        raise ScenarioError(f"{path}: the report cannot be written: {error.strerror or error}") from None
    return path
