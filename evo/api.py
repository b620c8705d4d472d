"""What Python users hold: `scenarios`, `run` and its `Batch`."""

import errno
import html
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import polars as pl

from evo import reading
from evo.batch import forked, results
from evo.batch.arms import ARMS, named
from evo.batch.executors import Where
from evo.batch.run import run as run_batch
from evo.errors import ScenarioError
from evo.measure.columns import TRACES, WATCHED
from evo.measure.columns import names as trace_columns
from evo.places import scenario_files
from evo.scenario.library import load
from evo.scenario.plain import plain
from evo.scenario.spec import Cell, Spec
from evo.wording import closest, counted, show


class Batch(results.Batch):
    """One folder of results: read it, explain it, draw it."""

    @classmethod
    def open(cls, folder: Path | str) -> Self:
        """The batch in a results folder, read without running any of its world's code.

        Raises
        ------
        ScenarioError : the folder holds no batch, or something in it is damaged
        """
        return super().open(_path("folder", folder))

    def __repr__(self) -> str:
        if forked.cut_off():
            return f"Batch('{self.spec.scenario.name}': {self.folder})"
        runs = self.runs()
        cells = runs["cell"].n_unique() if runs.height else 0
        size = f"{counted(runs.height, 'replicate')} in {counted(cells, 'cell')}"
        return f"Batch('{self.spec.scenario.name}': {size}, {self.folder})"

    def _repr_html_(self) -> str:
        s = self.spec.scenario
        head = f"<b>{html.escape(s.name)}</b>: {html.escape(s.claim)}<br>{html.escape(str(self.folder))}"
        return f"{head}<br>{self.rates()._repr_html_()}" if self.runs().height else head

    def runs(self, cell: Cell | None = None) -> pl.DataFrame:
        """A row per replicate; of one cell, where given."""
        forked.require_whole()
        return super().runs(_cell(cell))

    def traces(self, cell: Cell | None = None, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """A row per recorded generation; of one cell, and only these columns, where given.

        Raises
        ------
        ScenarioError : there is no column of that name, or something in the folder is damaged
        """
        forked.require_whole()
        names = _names("columns", columns) if columns is not None else None
        world = self.spec.world
        traits, probes = ([one.name for one in some] for some in (world.traits, world.probes))
        known = list(trace_columns((*TRACES, *WATCHED), traits, probes=probes))
        for name in names or ():
            if name not in known:
                raise ScenarioError(f"columns: there is no column {show(name)}; {closest(name, known)}")
        return super().traces(_cell(cell), names)

    def digest(self) -> str:
        """sha256 over the records."""
        forked.require_whole()
        return super().digest()

    def why(self, neutral: bool = False, arms: str | Sequence[str] = ARMS, jobs: int | None = None) -> dict[str, Any]:
        """Verdicts by experiment, Price partition, gradients and more, as `evo why --json`: {"batch", "cells"}.

        neutral : evolve the same cells without selection too, for the information gained
        arms : what to evolve again: "blind", "supplied", both, or "none"
        jobs : threads, one per core by default

        What could not be done is told as a warning.

        Raises
        ------
        ScenarioError : the batch is empty, has no neutral control, or there is no such arm
        Interrupted : Ctrl-C; everything finished is stored
        """
        from evo.analyses.why import explain_batch

        wanted = named(",".join(_names("arms", arms)) or "none")
        told: list[str] = []
        cells = explain_batch(self, neutral, wanted, told=told.append, jobs=plain(jobs))
        for sentence in told:
            warnings.warn(sentence, stacklevel=2)
        return {"batch": str(self.folder), "cells": plain(cells)}

    def compare(self, other: results.Batch | str | Path) -> dict[str, Any]:
        """Realized rates beside those of another batch, or of its folder, as `evo compare --json` has them.

        Returns
        -------
        {"a", "b": folders, "cells": a row per pair: difference of b and a, its interval, exact test}

        Raises
        ------
        ScenarioError : a batch is empty, or no cells have equal swept values
        """
        from evo.analyses.compare import compare

        other = other if isinstance(other, results.Batch) else Batch.open(other)
        return {"a": str(self.folder), "b": str(other.folder), "cells": plain(compare(self, other))}

    def figures(
        self, only: str | Sequence[str] | None = None, *others: results.Batch | str | Path, size: str = "170mm",
        style: str | Path | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Every figure that applies, or only those named, by name, as matplotlib Figures; with other batches in them.

        size : "85mm", "170mm" or "WIDTHxHEIGHT" in millimetres
        style : a matplotlib style, by name or as a file, over your own rcParams, which are honoured

        Raises
        ------
        ScenarioError : no figure has that name, there is no such size or style, or there is nothing to draw
        """
        from evo.figures.every import Look, draw_all

        beside = [other if isinstance(other, results.Batch) else Batch.open(other) for other in others]
        look = Look(size, None if style is None else str(_path("style", style)))
        return draw_all(self, None if only is None else _names("only", only), look, *beside)

    def report(self, path: str | Path, *others: results.Batch | str | Path) -> Path:
        """Write one self-contained HTML file of this batch, then of others or their folders; returns the file.

        path : ends in .html; a file that is there is replaced

        Raises
        ------
        ScenarioError : a batch is damaged, one is given twice, or the file cannot be written
        """
        from evo.report.write import report

        forked.require_whole()
        more = [other if isinstance(other, results.Batch) else Batch.open(other) for other in others]
        return report([self, *more], _path("path", path))


def _path(name: str, given: Any) -> Path:
    """A path that a program gave as the argument of that name."""
    if given == "":  # which would be the folder one is in
        raise ScenarioError(f"{name} = {show(given)}: must be a path, and is empty")
    try:
        found = Path(given)
    except TypeError:
        raise ScenarioError(f"{name} = {show(given)}: must be a path") from None
    if "\0" in str(found):
        raise ScenarioError(f"{name} = {show(str(found))}: must be a path, which holds no nought")
    try:
        found.lstat()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise ScenarioError(f"{name} = {show(str(found))}: must be a path, and is too long for one") from None
    return found


def _names(name: str, given: Any) -> list[str]:
    """Names that a program gave: one, or a list of them."""
    names: Any = [given] if isinstance(given, str) else plain(given)
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise ScenarioError(f"{name} = {show(given)}: must be a name or a list of names")
    return names


def _cell(given: Any) -> Cell | None:
    if given is not None and not isinstance(given, Cell):
        raise ScenarioError(f"cell = {show(given)}: must be one of the batch's cells")
    return given


def scenarios() -> dict[str, str]:
    """The scenarios that a name stands for, each with its claim; of one that cannot be read, with why."""
    found = {}
    for name, path in sorted(scenario_files().items()):
        try:
            found[name] = str(reading.tables(path).get("claim", "?"))
        except (OSError, ValueError) as error:
            found[name] = f"cannot be read: {reading.why_not(error)}"
    return found


def run(
    scenario: Spec | str | Path,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    out: Path | str = "results",
    progress: Callable[[int, int], None] | bool | None = None,
    told: Callable[[str], None] = lambda text: None,
    trust: bool = False,
    **given: Any,
) -> Batch:
    """Evolve what is missing of a batch, and return it; the same call again resumes or extends it.

    Parameters
    ----------
    scenario : a scenario, its name, or the path of its file
    replicates, seed : override the scenario's
    out : folder that the batch's own folder goes into
    progress : called with (finished, all) replicates as chunks end; True for a bar; a bar in notebooks by default
    told : called with sentences that a person should see: waiting for another process, damaged parts
    trust : run the Python file that a scenario given by name or path names as its world
    **given : knobs by name, and over (a dict of axes), until (width of the intervals), engine; and where it is evolved:
        jobs, limit (seconds that a replicate may take), executor, scheduler; see `evo.batch.executors.Where`

    Raises
    ------
    ScenarioError : the input is wrong, or the folder cannot be written
    EvolutionError : every replicate failed, with why
    Interrupted : Ctrl-C; everything finished is stored
    """
    spec = scenario if isinstance(scenario, Spec) else load(scenario, trust)
    where = {key: plain(given.pop(key)) for key in list(given) if key in Where.__annotations__}
    _refuse_twice(spec, given, replicates, seed)
    spec = _changed(spec, given, plain(replicates))
    how = {"replicates": plain(replicates), "seed": plain(seed), "out": _path("out", out), **where}
    bar = _bar(progress)
    with bar:
        if forked.cut_off():
            return Batch(*forked.run_apart(spec, bar.update, told, **how))
        done = run_batch(spec, progress=bar.update, told=told, **how)
    return Batch(done.folder, done.spec)


def _refuse_twice(spec: Spec, given: Mapping[str, Any], replicates: Any, seed: Any) -> None:
    """Raise where a field is given in two ways, for one of them would be dropped."""
    over = given.get("over")
    if over is not None and not isinstance(over, Mapping):
        raise ScenarioError(f"over = {show(over)}: must be a dict of fields and their values")
    alone = {"batch.replicates": replicates, "batch.seed": seed, "batch.until": given.get("until")}
    found = {key for key, value in alone.items() if value is not None}
    for key in (*(key for key in given if key not in ("over", "until")), *(over or ())):
        name = spec.name_of(spec.place(str(key)))
        if name in found:
            raise ScenarioError(f"{spec.origin}: '{name}' is given twice; give it once")
        found.add(name)


def _changed(spec: Spec, given: Mapping[str, Any], replicates: int | None) -> Spec:
    """The scenario with what the call says of it."""
    changes = dict(given)
    over, until = changes.pop("over", None), changes.pop("until", None)
    if until is not None:
        from evo.measure.sequential import MOST

        changes |= {"batch.until": plain(until), "batch.replicates": replicates or MOST}
    spec = spec.set(changes) if changes else spec
    return spec if over is None else spec.over(over)


class _Calls:
    """Progress that somebody asked to be told."""

    def __init__(self, update: Callable[[int, int], None]):
        self.update = update

    def __enter__(self) -> "_Calls":
        return self

    def __exit__(self, *_: Any) -> None:
        pass


def _bar(progress: Callable[[int, int], None] | bool | None) -> Any:
    if callable(progress):
        return _Calls(progress)
    if progress is not None and not isinstance(progress, bool):
        raise ScenarioError(f"progress = {show(progress)}: must be True, False, or a function of (finished, all)")
    from evo.terminal.waiting import Progress, in_notebook

    return Progress(hidden=not (in_notebook() if progress is None else progress))
