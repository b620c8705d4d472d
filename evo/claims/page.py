"""Run claims and write their pages: docs/claims/NAME.md, a figure each, and the table docs/claims.md."""

from collections.abc import Callable
from pathlib import Path

from evo import reading
from evo.analyses.robustness import robustness
from evo.analyses.switch import later, switch
from evo.analyses.why import explain_batch
from evo.batch.disk import write_atomically
from evo.batch.results import Batch
from evo.batch.run import run
from evo.claims.answer import reference_cell
from evo.claims.finding import finding_of
from evo.claims.text import page_text
from evo.errors import ScenarioError
from evo.places import scenario_files
from evo.scenario.library import load
from evo.scenario.spec import Spec
from evo.wording import closest

ARMS = 60  # populations of the cell that answers, evolved again in each arm: by these the verdicts are decided


def claims() -> dict[str, Path]:
    """Scenarios that have a page, by name, in the order of their numbers."""
    known: dict[str, tuple[int, Path]] = {}
    for name, path in scenario_files().items():
        try:
            data = reading.tables(path)
        except (OSError, ValueError):
            continue  # told when it is run
        if isinstance(data.get("page"), dict):
            number = data["page"].get("number", 0)
            known[name] = (number if isinstance(number, int) else 0, path)  # another is told when it is used
    return {name: path for name, (_, path) in sorted(known.items(), key=lambda item: (item[1][0], item[0]))}


def chosen(names: tuple[str, ...]) -> dict[str, Path]:
    """The claims of these names, all where there is none.

    Raises
    ------
    ScenarioError : no claim of that name
    """
    known = claims()
    for name in names:
        if name not in known:
            raise ScenarioError(f"{name}: is not a claim (a scenario with a [page]); {closest(name, list(known))}")
    return {name: known[name] for name in (names or known)}


def loaded(path: Path) -> Spec:
    """A claim, ready to run.

    Raises
    ------
    ScenarioError : it cannot be used, or its page refers to a cell that it does not sweep
    """
    spec = load(path)
    page, last = spec.scenario.page, spec.scenario.population.generations
    if page is None:
        return spec
    swept = {key: spec.axis(key) for key in spec.scenario.sweep}
    along = swept.get(page.depends_on, [])
    wrong = {
        f"reference.{key} = {value}": f"must be a swept value; {swept}"
        for key, value in page.reference.items()
        if value not in swept.get(key, [])
    }
    if page.depends_on and len(along) < 2:
        wrong[f"depends_on = {page.depends_on}"] = f"must be a swept field; {', '.join(swept)}"
    elif any(isinstance(value, (str, bool)) for value in along):
        wrong[f"depends_on = {page.depends_on}"] = f"must be a swept field of numbers, not {along}"
    if page.longer and not page.depends_on:
        wrong[f"longer = {page.longer}"] = "needs page.depends_on, the field along which it is asked"
    elif 0 < page.longer <= last:
        wrong[f"longer = {page.longer}"] = f"must be above population.generations, {last}"
    for what, why in wrong.items():
        raise ScenarioError(f"{spec.origin}: page.{what}: {why}")
    return spec


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
    image = docs / "images" / "claims" / f"{name}.png"
    for folder in (docs / "claims", image.parent):
        folder.mkdir(parents=True, exist_ok=True)
    _draw(batch, page.figure, image)
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

    own = finding_of(batch.spec.scenario.name).draw if kind == "own" else None
    if own is not None:
        with rc_context(STYLE):
            figure = own(batch)
        save(figure, path, 120)
        return
    found = draw_all(batch, [kind] if kind != "own" else ["realized"]) or draw_all(batch, ["realized"])
    save(next(iter(found.values())), path, 150, exact=True)
