"""Run claims and write their pages: docs/claims/NAME.md, a figure each, and the table docs/claims.md."""

import logging
from collections.abc import Callable
from pathlib import Path

from evo.analyses.robustness import robustness
from evo.analyses.switch import later, switch
from evo.analyses.why import explain_batch
from evo.batch.disk import write_atomically
from evo.batch.results import Batch
from evo.batch.run import run
from evo.claims.answer import reference_cell
from evo.claims.finding import finding_of
from evo.claims.text import page_text
from evo.scenario.fields import OWN, PAGE_FIGURES
from evo.scenario.library import load
from evo.scenario.spec import Spec
from evo.wording import show

log = logging.getLogger("evo")

ARMS = 60  # populations of the cell that answers, evolved again in each arm: by these the verdicts are decided


def loaded(path: Path) -> Spec:
    """A claim, ready to run.

    Raises
    ------
    ScenarioError : it cannot be used, or its page refers to a cell that it does not sweep
    """
    spec = load(path)
    for _ in spec.cells():  # which says where one cannot be
        pass
    page, last = spec.scenario.page, spec.scenario.population.generations
    if page is None:
        return spec
    swept = {key: spec.axis(key) for key in spec.scenario.sweep}
    along = swept.get(page.depends_on, [])
    for key, value in page.reference.items():
        if value not in swept.get(key, []):
            raise spec.wrong(f"page.reference.{key}", value, f"must be a swept value; {swept}")
    if page.depends_on and len(along) < 2:
        raise spec.wrong("page.depends_on", page.depends_on, f"must be a swept field; {', '.join(swept)}")
    if any(isinstance(value, (str, bool)) for value in along):
        raise spec.wrong("page.depends_on", page.depends_on, f"must be a swept field of numbers, not {along}")
    if page.longer and not page.depends_on:
        raise spec.wrong("page.longer", page.longer, "needs page.depends_on, the field along which it is asked")
    if 0 < page.longer <= last:
        raise spec.wrong("page.longer", page.longer, f"must be above population.generations, {last}")
    if page.figure == OWN and finding_of(spec.scenario.name).draw is None:
        others = ", ".join(name for name in PAGE_FIGURES if name != OWN)
        raise spec.wrong("page.figure", OWN, f"no figure was made for this claim in evo; allowed: {others}")
    return spec


def prepare(docs: Path) -> None:
    """Make the folders of pages, before anything is evolved. Raises OSError where they cannot be written."""
    for folder in (docs / "claims", docs / "images" / "claims"):
        folder.mkdir(parents=True, exist_ok=True)


def write_claim(
    spec: Spec,
    docs: Path,
    *,
    full: bool = False,
    jobs: int | None = None,
    out: Path | str = "results",
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Run one claim and write its page and figure; returns the page's file. full: the replicates of the docs."""
    page = spec.scenario.page
    assert page is not None
    spec = spec.set({"batch.split_transmission": False})  # no page tells it, and it takes time
    batch = run(spec, replicates=page.full_replicates if full else None, jobs=jobs, out=out, progress=progress)
    told: list[str] = []
    key = reference_cell(batch).key
    (own,) = explain_batch(batch, among={key}, most=ARMS, progress=progress, told=told.append, jobs=jobs)
    name = spec.scenario.name
    cell, headline = reference_cell(batch), finding_of(name).headline
    far = (
        []
        if page.withdrawn
        else list(robustness(batch, cell, headline, replicates=page.far_replicates, jobs=jobs, progress=progress))
    )
    switches = None
    if page.longer:
        before = switch(headline, batch, cell, page.depends_on)
        switches = before, later(before, batch, page.longer, jobs=jobs, progress=progress)
    prepare(docs)
    _draw(batch, page.figure, docs / "images" / "claims" / f"{name}.png")
    path = docs / "claims" / f"{name}.md"
    put(path, page_text(batch, own, told, far, switches))
    return path


def put(path: Path, text: str) -> None:
    """Write a page, whole or not at all."""
    write_atomically(path, lambda aside: aside.write_text(text, encoding="utf-8"))


def _draw(batch: Batch, kind: str, path: Path) -> None:
    from matplotlib import rc_context

    from evo.figures.every import draw_all
    from evo.figures.style import STYLE, save

    own = finding_of(batch.spec.scenario.name).draw
    if kind == OWN and own is not None:
        with rc_context(STYLE):
            figure = own(batch)
        save(figure, path, 120)
        return
    found = draw_all(batch, [kind])
    if not found:
        log.warning(f"{batch.spec.origin}: page.figure = {show(kind)}: does not apply to this batch; realized is drawn")
        found = draw_all(batch, ["realized"])
    save(next(iter(found.values())), path, 150, exact=True)
