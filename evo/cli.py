"""The command line; thin. Every import that a command does not need stays inside it."""

import errno
import json
import os
import re
import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import click

from evo import interrupts
from evo.errors import AuditError, EvolutionError, Interrupted, ScenarioError, WorldError
from evo.places import LEAST_ROOM, MOST_REPLICATES, address_space
from evo.terminal.answer import answer, answer_alone
from evo.terminal.completion import claim_names, scenario_names, settings
from evo.terminal.options import Jobs, Number, Whole, Written, figure_file
from evo.wording import LONGEST, counted, of_failure, one_line, short

_NEGATIVE = re.compile(r"-(\.?[0-9]|inf|nan)", re.IGNORECASE)


def _tell(text: str) -> None:
    """A sentence for the person, on standard error."""
    with suppress(OSError):  # where standard error takes no more, the exit status tells
        click.echo(f"evo: {one_line(text)}", err=True)


class _Command(click.Command):
    """A command in which a negative number is a value wherever it stands, and a value is never empty text.

    No option of evo begins with a digit; and what is empty was meant to be something: as a folder it would be this one.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What was given, told apart; what an argument may be says its type."""
        try:
            return super().parse_args(ctx, list(args))
        except click.NoSuchOption as error:
            if not any(_NEGATIVE.match(arg) and arg.startswith(error.option_name) for arg in args):
                raise
        ctx.ignore_unknown_options = True
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, if something is given wherever it stands."""
        for param in self.params:
            given = ctx.params.get(param.name or "")
            if param.type is not click.UNPROCESSED and "" in (given if isinstance(given, tuple) else (given,)):
                raise click.BadParameter("must not be empty", ctx, param)
        with answer_alone() if ctx.params.get("as_json") or ctx.params.get("quiet") else nullcontext():
            return super().invoke(ctx)


class _Group(click.Group):
    """Turns every known mistake of the input into one sentence and exit status 2, and an interrupt into 130."""

    command_class = _Command

    def main(self, *args: Any, **extra: Any) -> Any:
        """The whole command, from its arguments to its exit status."""
        if not args and "args" not in extra:
            interrupts.watch()
            os.environ["MPLBACKEND"] = "agg"  # figures are files, whatever window somebody else has asked for
            os.environ.setdefault("PYTHONSAFEPATH", "1")  # processes that evo starts import nothing from this folder
            os.environ.pop("NUMBA_NUM_THREADS", None)  # of threads that evo has none of; numba refuses some numbers
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # what a terminal cannot show
        try:
            return super().main(*args, **extra)
        except OSError as error:  # of what click itself writes: help, the version
            _failed(error)
            raise SystemExit(2) from None
        finally:
            interrupts.done()
            _flush()

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand."""
        _show_notices()
        try:
            _refuse_little_room()
            return super().invoke(ctx)
        except click.UsageError as error:
            raise click.UsageError(short(" ".join(error.format_message().split()), LONGEST), error.ctx) from None
        except (ScenarioError, EvolutionError, AuditError) as error:
            _tell(str(error))
        except MemoryError:
            _tell("there is not enough memory for this")
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # nobody reads any more, and click ends without a word
            _failed(error)
        except (Interrupted, KeyboardInterrupt) as stop:
            interrupts.claim()
            where = f"finished replicates are in {stop.batch.folder}" if isinstance(stop, Interrupted) else ""
            _tell(f"interrupted; {where}, run again to go on" if where else interrupts.sentence())
            ctx.exit(interrupts.STATUS)
        return ctx.exit(2)


def _refuse_little_room() -> None:
    """Raise where libraries that evo loads would crash, or wait for ever, for want of addresses."""
    room = address_space()
    if room < LEAST_ROOM:
        raise ScenarioError(
            f"the address space of this process is limited to {room / 1e9:.2g} GB (ulimit -v), and evo needs "
            f"{LEAST_ROOM / 1e9:.2g} GB"
        )


def _failed(error: OSError) -> None:
    """Say in one sentence what of the system's did not work, once: where it is standard output, no more goes there."""
    what = error.filename or ("the current folder" if error.errno == errno.ENOENT else "standard output")
    if sys.stdout is not None and sys.stdout is sys.__stdout__ and _is_full():
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python tries once more, and tells of it in its own way
    if error.errno != errno.EPIPE:
        _tell(short(f"{what}: cannot be read or written: {error.strerror or error}", LONGEST))


def _is_full() -> bool:
    """Whether standard output takes no more."""
    try:
        sys.stdout.flush()
    except OSError:
        return True
    return False


def _flush() -> None:
    """Write out what was said, and say it where there is no room for that."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        _failed(error)
        raise SystemExit(2 if error.errno != errno.EPIPE else 1) from None


def _show_notices() -> None:
    """What the package logs, a person at the terminal is told."""
    import logging

    class Told(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            _tell(record.getMessage())

    log = logging.getLogger("evo")
    log.handlers[:] = [Told()]
    log.setLevel(logging.INFO)
    log.propagate = False


@click.group(
    cls=_Group, context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""Commands, scenarios and knobs complete with TAB after eval "$(_EVO_COMPLETE=bash_source evo)" in ~/.bashrc
    (zsh_source in ~/.zshrc; for fish _EVO_COMPLETE=fish_source evo | source).""",
)  # fmt: skip
@click.version_option(package_name="evo-sandbox", prog_name="evo")
def main() -> None:
    """Does selection for a property realize it? Evolve thousands of populations and count."""


def _trust(ctx: click.Context, param: click.Parameter, value: bool) -> bool:
    """With --trust a world's file is remembered, and said to be run, instead of refused."""
    if value:
        from evo.worlds import trust

        ctx.with_resource(trust.given(_tell))
    return value


trust_option = click.option(
    "--trust", is_flag=True, expose_value=False, callback=_trust, is_eager=True,
    help="Run the Python file that the scenario names as its world, and remember that it may.",
)  # fmt: skip

set_option = click.option(
    "--set", "sets", multiple=True, metavar="K=V", help="Set a knob, or any field by dotted path.",
    shell_complete=settings,
)  # fmt: skip


@main.command()
def scenarios() -> None:
    """List the scenarios."""
    from evo import reading
    from evo.places import scenario_files
    from evo.terminal.console import console, table

    known = table("scenario", "world", "claim")
    for name, path in sorted(scenario_files().items()):
        try:
            data = reading.tables(path)
        except (OSError, ValueError) as error:
            data = {"world": "?", "claim": f"cannot be read: {reading.why_not(error)}"}
        known.add_row(name, str(data.get("world", "?")), str(data.get("claim", "?")))
    console().print(known)


def _parse(option: str, items: tuple[str, ...], form: str = "KEY=VALUE") -> dict[str, str]:
    parsed: dict[str, str] = {}
    for item in items:
        key, equals, value = (part.strip() for part in item.partition("="))
        if not equals or not key or not value:
            raise click.BadParameter(f"'{short(item)}' must have the form {form}", param_hint=option)
        if key in parsed:
            raise click.BadParameter(f"'{short(key)}' is given twice; give it once", param_hint=option)
        parsed[key] = value
    return parsed


def _resolve(scenario: str, sets: dict[str, str]) -> Any:
    from evo.scenario.library import load
    from evo.scenario.values import unquoted

    spec = load(scenario)
    return spec.set({key: unquoted(text) for key, text in sets.items()}) if sets else spec


def _asked(scenario: str, given: dict[str, Any]) -> Any:
    """The specification that the options of `evo run` make of a scenario; says what of its own they leave out."""
    sets, axes = _parse("--set", given["sets"]), _parse("--over", given["overs"])
    ranges = _parse("--sample", given["samples"])
    spec = _resolve(scenario, sets | ({"engine": given["engine"]} if given["engine"] else {}))
    alone = {"engine": "engine", "seed": "batch.seed", "replicates": "batch.replicates", "until": "batch.until"}
    alone |= {"points": "sample.points", "design": "sample.design"}
    options = {f"--{name}": [field] for name, field in alone.items() if given[name] is not None}
    _refuse_twice(spec, {"--set": sets, "--over": axes, "--sample": ranges, **options})
    own = spec.scenario
    if axes or ranges:
        spec = spec.without("sweep", *(["sample"] if ranges else [])).over(axes)
    left = [key for key in own.sweep if key not in spec.keys and key not in ranges] if axes or ranges else []
    if left:
        _tell(f"{'--over' if axes else '--sample'} replaces the scenario's own sweep; left out: {', '.join(left)}")
    spec = _sampled(spec, ranges, given["points"], given["design"])
    if ranges and own.sample and (gone := [key for key in own.sample.ranges if key not in spec.keys]):
        _tell(f"--sample replaces the scenario's own sample; left out: {', '.join(gone)}")
    return spec


def _refuse_twice(spec: Any, options: dict[str, Any]) -> None:
    """Raise where two options give the same field, for one of them would be dropped."""
    found: dict[str, str] = {}
    for option, keys in options.items():
        for key in keys:
            name = key if key.startswith("sample.") else spec.name_of(spec.place(key))
            if name in found:
                by = f"with {found[name]} and with {option}" if found[name] != option else f"twice with {option}"
                raise ScenarioError(f"{spec.origin}: {name}: is given {by}; give it once")
            found[name] = option


def _sampled(spec: Any, ranges: dict[str, str], points: int | None, design: str | None) -> Any:
    if ranges:
        return spec.sampled(ranges, points, design)
    own = spec.scenario.sample
    if own is None and (points or design):
        raise click.UsageError("--points and --design need a --sample, or a scenario with [sample]")
    return spec.sampled(own.ranges, points or own.points, design or own.design) if own and (points or design) else spec


@main.command()
@click.argument("scenario", shell_complete=scenario_names)
@trust_option
def show(scenario: str) -> None:
    """Show a scenario: claim, source, knobs, property, theory."""
    from evo.scenario.library import load
    from evo.terminal.scenario import show_scenario

    show_scenario(load(scenario))


@main.command()
@click.argument("scenario", shell_complete=scenario_names)
@set_option
@click.option(
    "--over", "overs", multiple=True, metavar="K=V1,V2,...", shell_complete=settings,
    help="Sweep this instead of the scenario's own sweep; also K=START:STOP:COUNT[:log].",
)  # fmt: skip
@click.option(
    "--sample", "samples", multiple=True, metavar="K=LOW:HIGH[:log]", shell_complete=settings,
    help="Sample this range, with every other one given, at points of a Sobol sequence, in each cell of --over.",
)  # fmt: skip
@click.option("--points", type=Whole(1), help="Sampled points, 64 by default; more keep those there already.")
@click.option("--design", type=click.Choice(["sobol", "random"]), help="How sampled points are spread.")
@click.option("--replicates", type=Whole(1, MOST_REPLICATES), help="Populations per cell.")
@click.option("--seed", type=Whole(0), help="Seed of all random streams.")
@click.option("--jobs", type=Jobs(), help="Threads; one per core by default.")
@click.option(
    "--until",
    type=Number(0, 1, min_open=True, max_open=True),
    metavar="WIDTH",
    help="Add replicates per cell until its 95 % interval, one that allows such stopping, is this narrow; --replicates "
    "is then the most, a million by default.",
)
@click.option(
    "--rare", is_flag=True,
    help="Instead of a batch, estimate chances too small to see, by multilevel splitting; --replicates is the number "
    "of trajectories a stage.",
)  # fmt: skip
@click.option("--executor", type=click.Choice(["threads", "dask"]), default="threads", help="Where chunks are evolved.")
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler; without one, a process per job is started here.")
@trust_option
@click.option("--time-limit", type=Number(0, min_open=True), help="Seconds that one replicate may take.")
@click.option(
    "--engine", type=click.Choice(["auto", "numba", "classes", "deap"]),
    help="How populations are simulated: one by one (numba), by class counts, whichever is faster of them, or through "
    "DEAP's operators (slow); by default as the scenario says.",
)  # fmt: skip
@click.option("--out", default="results", type=click.Path(file_okay=False), help="Where batch folders go.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--quiet", is_flag=True, help="No progress and no table.")
@click.option(
    "--figures/--no-figures",
    "draw",
    default=None,
    help="Draw the figures at the end; by default where a table is printed and there are 100 replicates or more.",
)
@click.pass_context
def run(ctx: click.Context, scenario: str, **given: Any) -> None:
    """Run a batch: evolve, store, and tell how often the property is realized.

    The same command again resumes or extends it; a finished batch does nothing.
    """
    from evo.terminal.waiting import Loading

    if given["scheduler"] and given["executor"] != "dask":
        raise click.UsageError("--scheduler needs --executor dask")
    _refuse_beside_rare(ctx, given)
    with Loading():
        spec = _asked(scenario, given)
        if given["rare"]:
            _estimate_rare(spec, given)
            return
        if given["until"] is not None:
            from evo.measure.sequential import MOST

            spec = spec.set({"batch.until": given["until"], "batch.replicates": given["replicates"] or MOST})
        import evo.batch.run  # noqa: F401 (its kernels load while this says so)
    _tell_result(*_evolve(spec, given), given)


def _refuse_beside_rare(ctx: click.Context, given: dict[str, Any]) -> None:
    """Raise where an option would mean nothing beside --rare, which stores and draws nothing."""
    if not given["rare"]:
        return
    batch = {"--until": "until", "--executor": "executor", "--scheduler": "scheduler", "--time-limit": "time_limit"}
    batch |= {"--out": "out", "--quiet": "quiet", "--figures" if given["draw"] else "--no-figures": "draw"}
    for option, name in batch.items():
        if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option} is for a batch, and --rare makes none; leave it out")
    if given["engine"] not in (None, "auto", "classes"):
        raise click.UsageError(f"--engine {given['engine']}: --rare counts classes; leave it out")


def _estimate_rare(spec: Any, given: dict[str, Any]) -> None:
    """`evo run --rare`."""
    from evo.analyses.rare import rare_cells
    from evo.terminal.rare import print_rare
    from evo.terminal.waiting import Progress

    seeded = spec.set({"batch.seed": given["seed"]}) if given["seed"] is not None else spec
    with Progress(hidden=given["as_json"], what="estimates", kept=False) as progress:
        rows = rare_cells(seeded, given["replicates"], given["jobs"], progress.update)
    answer(json.dumps({"cells": rows})) if given["as_json"] else print_rare(spec, rows)


def _evolve(spec: Any, given: dict[str, Any]) -> tuple[Any, Any]:
    """The batch of `evo run`, and its progress."""
    from evo.batch.run import run as run_batch
    from evo.terminal.waiting import Progress

    hidden = given["quiet"] or given["as_json"]
    if spec.scenario.engine == "auto" and not hidden:
        by = [cell.spec.engine for cell in spec.cells()]
        _tell(
            f"engine classes for {by.count('classes')} of {len(by)} cells, where counts of genotype classes are faster"
        )
    where = {key: given[key] for key in ("jobs", "executor", "scheduler")} | {"limit": given["time_limit"]}
    with Progress(hidden=hidden) as progress:
        batch = run_batch(
            spec, replicates=given["replicates"], seed=given["seed"], out=given["out"], progress=progress.update,
            told=_tell, **where,
        )  # fmt: skip
        if batch.spec.world.source:
            from evo.analyses.why import keep_watched

            keep_watched(batch, _tell, **where)
    return batch, progress


def _tell_result(batch: Any, progress: Any, given: dict[str, Any]) -> None:
    """What `evo run` prints and draws of its batch; exit status 1 where replicates failed."""
    as_json, quiet, draw, failures = given["as_json"], given["quiet"], given["draw"], batch.failures()
    if as_json:
        document = {"batch": str(batch.folder), "digest": batch.digest(), "cells": batch.summaries()}
        document |= {"failed": failures} if failures else {}
        answer(json.dumps(document))
    elif quiet:
        answer(str(batch.folder))
    else:
        from evo.terminal.batch import print_batch

        print_batch(batch, new=progress.new)
    if draw or (draw is None and not as_json and not quiet and progress.total >= 100):
        from evo.figures.every import save_all

        try:
            for path in save_all(batch):
                click.echo(f"figure: {path}", err=as_json or quiet)
        except ScenarioError as error:
            if draw:
                raise
            _tell(str(error))  # nobody asked for them
    elif not as_json and not quiet:
        click.echo(f"figures: evo figures {batch.folder}")
    if failures:
        first = failures[0]
        _tell(
            f"{len(failures)} of {counted(progress.total, 'replicate')} failed; what failed is left out; the first: "
            f"cell {first['failed']}, seed {first['seed']}, {of_failure(first)}; "
            f"see it again: evo replay {batch.folder} {first['failed']} {first['replicate']}"
        )
        raise SystemExit(1)


def _batch(folder: str) -> Any:
    """The batch in a folder, opened before what evolves is imported, which may take as long as compiling."""
    from evo.batch.results import Batch

    return Batch.open(folder)


@main.command()
@click.argument("results_dir", type=click.Path())
@click.argument("cell")
@click.argument("replicate", type=Whole(0))
@trust_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def replay(results_dir: str, cell: str, replicate: int, as_json: bool) -> None:
    """Evolve one replicate of a batch again, alone: CELL is its key, or its place in the sweep from 1."""
    batch = _batch(results_dir)
    from evo.analyses.replay import find_cell
    from evo.analyses.replay import replay as replay_one
    from evo.terminal.replay import print_replay

    again = replay_one(batch, find_cell(batch, cell), replicate)
    if as_json:
        answer(json.dumps(again))
    else:
        print_replay(batch, again)
    if again["failed"] or again["identical"] is False:
        raise SystemExit(1)


@main.command()
@click.argument("results_dir", type=click.Path())
@click.argument("cell")
@click.argument("replicate", type=Whole(0))
@click.option(
    "--of",
    type=click.Choice(["commonest", "best", "carrier"]),
    default="commonest",
    show_default=True,
    help="Whose line: of the last population's commonest genome, its fittest, or its fittest carrier of the property.",
)
@click.option("--figure", type=figure_file(), help="Draw the line into this file (png, svg or pdf).")
@click.option("--csv", "as_csv", type=Written(), help="Write a row per step into this file.")
@click.option("--tskit", "trees", type=Written(), help="Write a tree sequence into this file.")
@trust_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def lineage(results_dir: str, cell: str, replicate: int, of: str, as_json: bool, **files: str | None) -> None:
    """Evolve one replicate again, and tell its line of descent: from a founder to the last population, step by step.

    CELL is its key, or its place in the sweep from 1. Each mutation and crossing is told with its effect on fitness and
    on the property, when it happened; and when the common ancestor of the last population lived.
    """
    batch = _batch(results_dir)
    from evo.analyses.lineage import lineage as line_of
    from evo.analyses.lineage import write_csv
    from evo.terminal.lineage import print_line

    if files["trees"]:
        from evo.analyses.tree_sequence import require

        require()
    line = line_of(batch, cell, replicate, of, with_trees=bool(files["trees"]))
    if as_json:
        answer(json.dumps(line.document()))
    else:
        print_line(line)
    if files["as_csv"]:
        write_csv(line, files["as_csv"])
        click.echo(f"csv: {files['as_csv']}", err=True)
    if files["trees"]:
        from evo.analyses.tree_sequence import write

        write(line, files["trees"])
        click.echo(f"tree sequence: {files['trees']}", err=True)
    if files["figure"]:
        from evo.figures.lineage import lineage_figure

        _draw(lineage_figure, line, files["figure"])
    if not line.same:
        raise SystemExit(1)


@main.command()
@click.argument("results_dir", type=click.Path())
@click.argument("cell")
@click.argument("replicate", type=Whole(0))
@click.option("--generation", type=Whole(0), help="The generation that is filmed; the last by default.")
@click.option(
    "--of", "which", default="best", show_default=True, metavar="best|commonest|NUMBER",
    help="Whom: its fittest, one with its commonest genome, or an agent by its number.",
)  # fmt: skip
@click.option("--out", required=True, type=Written(), help="The file: .gif and .mp4 move, .png holds the ways.")
@click.option("--pictures", type=Whole(1), help="Of each life, from its beginning; all by default.")
@trust_option
def film(results_dir: str, cell: str, replicate: int, out: str, pictures: int | None, **how: Any) -> None:
    """Film one agent: a replicate is evolved again, and one of it lives in training, left, and in deployment, right.

    CELL is its key, or its place in the sweep from 1. Both lives are of the same genome, by the same luck.
    """
    batch = _batch(results_dir)
    from evo.analyses.film import film as film_one
    from evo.figures.every import names  # noqa: F401 (which says where matplotlib may write)
    from evo.figures.film import require, write

    require(Path(out))
    filmed = film_one(batch, cell, replicate, **how)
    write(filmed, Path(out), pictures)
    click.echo(out)
    if filmed.same is False:
        _tell("what was evolved again is NOT what is recorded")
        raise SystemExit(1)


def _opened(folder: str) -> Any:
    """The batch or the audit in a folder of results."""
    from evo.audits.kept import Results, is_audit
    from evo.batch.results import Batch

    return Results(folder) if is_audit(folder) else Batch.open(folder)


@main.command()
@click.argument("results_dir", type=click.Path())
def digest(results_dir: str) -> None:
    """Print the sha256 of the records of a batch, or of an audit."""
    click.echo(_opened(results_dir).digest())


@main.command()
@click.argument("results_dir", type=click.Path())
@click.option("--only", metavar="NAME,...", help="Which figures: names with commas; all that apply by default.")
@click.option(
    "--size", default="170mm", show_default=True, metavar="85mm|170mm|WxH",
    help="As a paper prints it: one column, two, or width x height in millimetres.",
)  # fmt: skip
@click.option("--style", metavar="FILE|NAME", help="A matplotlib style over your own settings, which are honoured.")
@click.option("--format", "kinds", type=click.Choice(["png", "svg", "pdf"]), multiple=True, default=["png"])
@click.option("--data", is_flag=True, help="Also write what is drawn as CSV beside each figure.")
@click.option(
    "--with", "others", multiple=True, type=click.Path(), metavar="OTHER_DIR", help="Another batch in the same figures."
)
def figures(results_dir: str, only: str | None, kinds: tuple[str, ...], others: tuple[str, ...], **how: Any) -> None:
    """Draw the figures of a batch, or of an audit, into its figures/ folder.

    Each has the finding as its title, and says what it leaves out. They are: realized, funnel, phase, shift, dumbbell,
    probes, pursuit, price, why, waiting, and page, which has all of them; of an audit realized, trajectories and price.
    """
    from evo.batch.results import Batch
    from evo.figures.every import Look, save_all
    from evo.places import AUDIT

    names = [name.strip() for name in only.split(",") if name.strip()] if only is not None else None
    if names == []:
        raise click.BadParameter("names no figure", param_hint="--only")
    beside = [Batch.open(folder) for folder in others]
    look, kinds = Look(how["size"], how["style"]), tuple(dict.fromkeys(kinds))
    opened = _opened(results_dir)
    of_audit = (opened.folder / AUDIT).is_file()
    if of_audit:
        from evo.audits.figures import save_all as save_audit
    save: Callable[..., list[Path]] = save_audit if of_audit else save_all
    files = save(opened, kinds, names, look, how["data"], beside)
    for path in files:
        click.echo(str(path))
    drawn = {path.stem for path in files}
    if left := [name for name in names or () if not any(stem == name or stem.startswith(f"{name}-") for stem in drawn)]:
        _tell(f"no figure of {', '.join(left)} applies to this {'audit' if of_audit else 'batch'}")


@main.command()
@click.argument("results_dirs", nargs=-1, required=True, type=click.Path(), metavar="RESULTS_DIR...")
@click.option("-o", "--output", required=True, type=click.Path(), metavar="FILE.html", help="The file to write.")
def report(results_dirs: tuple[str, ...], output: str) -> None:
    """Write one file about a batch or audit, or several, to read, send and print: question, answer, table, figures.

    The file is complete in itself: opening it loads nothing; its one script sorts tables. Further batches are compared
    with the first; audits stand one after the other. A file that is there is replaced.
    """
    opened = [_opened(folder) for folder in results_dirs]
    from evo.report.write import report as write_report

    click.echo(str(write_report(opened, Path(output))))


@main.command()
@click.argument("results_dir", type=click.Path())
@click.option("--arms", default="blind,supplied", show_default=True, help="What to evolve again: both, one, or none.")
@click.option("--neutral", is_flag=True, help="Evolve the same cells without selection, for the information gained.")
@click.option("--jobs", type=Jobs(), help="Threads; one per core by default.")
@trust_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def why(results_dir: str, arms: str, neutral: bool, jobs: int | None, as_json: bool) -> None:
    """Tell why a batch came out as it did, by experiment.

    Its replicates are evolved again from the same random streams with one thing changed: blind, so that selection does
    not see the property; and supplied, with a carrier among the offspring of every generation. They are kept in the
    batch's folder. Beside them: insertion test, waiting times, Price partition, gradients, effective size. Of a world
    that is a Python file of its author this reads what is stored, and evolves arms with --trust.
    """
    batch = _batch(results_dir)
    from evo.analyses.why import explain_batch
    from evo.batch.archive import names_a_file
    from evo.batch.arms import named
    from evo.terminal.waiting import Progress
    from evo.worlds.trust import said_now

    wanted = named(arms)
    if wanted and names_a_file(batch.folder) and not said_now():
        world = batch.spec.scenario.world
        _tell(f"no arm is evolved: that runs {world} of {results_dir}, which is Python; say --trust for it")
        wanted = ()
    with Progress(hidden=as_json) as progress:
        cells = explain_batch(batch, neutral, wanted, progress=progress.update, told=_tell, jobs=jobs)
    if as_json:
        answer(json.dumps({"batch": str(batch.folder), "cells": cells}))
        return
    from evo.terminal.why import print_why

    print_why(batch.spec, cells)


@main.command()
@click.argument("a", type=click.Path())
@click.argument("b", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def compare(a: str, b: str, as_json: bool) -> None:
    """Compare the realized rates of two batches, folders A and B: difference, interval, exact test."""
    from evo.analyses.compare import compare as compare_batches
    from evo.batch.results import Batch

    rows = compare_batches(Batch.open(a), Batch.open(b))
    if as_json:
        answer(json.dumps({"a": a, "b": b, "cells": rows}))
        return
    from evo.terminal.compare import print_comparison

    print_comparison(rows, (a, b))


def _draw(function: Callable[[Any], Any], data: Any, path: str) -> None:
    """Draw and save a figure of evo's style."""
    from matplotlib import rc_context

    from evo.batch.disk import write_where_told
    from evo.figures.style import STYLE, save

    try:
        with rc_context(STYLE):
            figure = function(data)
        save(figure, Path(path), by=write_where_told)
    except ScenarioError as error:
        raise click.UsageError(f"--figure {error}") from None
    click.echo(f"figure: {path}", err=True)


@main.command()
@click.option("--scheme", help="One scheme of evo, or deap.NAME for an operator of DEAP; all of evo's by default.")
@click.option("--parameter", type=Number(), help="One parameter of the scheme; a range of them by default.")
@click.option("--population", default=1000, show_default=True, type=Whole(10, 1_000_000), help="Individuals.")
@click.option(
    "--replicates", default=200, show_default=True, type=Whole(2, 1_000_000), help="Selections, and takeovers."
)
@click.option("--seed", default=1, show_default=True, type=Whole(0), help="Seed of all random streams.")
@click.option("--figure", type=figure_file(), help="Draw the points into this file (png, svg or pdf).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def pressure(
    scheme: str | None,
    parameter: float | None,
    population: int,
    replicates: int,
    seed: int,
    figure: str | None,
    as_json: bool,
) -> None:
    """Measure what a selection scheme does: intensity, takeover time, loss of diversity, beside what is expected."""
    from evo.pressure.measure import pressure as measure
    from evo.pressure.points import subjects

    points = [measure(s, population, replicates, seed) for s in subjects(scheme, parameter, seed)]
    if as_json:
        one = scheme is not None and parameter is not None
        answer(json.dumps(points[0] if one or len(points) == 1 else {"points": points}))
    else:
        from evo.terminal.pressure import print_pressure

        print_pressure(points)
    if figure:
        from evo.figures.pressure import pressure_figure

        _draw(pressure_figure, points, figure)


@main.command()
@click.argument("script", type=click.Path())
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- ARGUMENTS]")
@click.option(
    "--property", "properties", multiple=True, metavar="NAME=WHAT",
    help="A number of an individual: an expression in x, such as 'sum(x)/len(x)', or FILE.py:FUNCTION.",
)  # fmt: skip
@click.option(
    "--threshold", "thresholds", multiple=True, metavar="NAME=NUMBER", help="Mean that counts as realized; 0.5."
)
@click.option("--deployment", metavar="WHAT", help="Fitness of an individual in deployment, said as a property is.")
@click.option(
    "--without", metavar="FILE.py:FUNCTION", help="What takes the property from a copy: runs the blind arm too."
)
@click.option("--replicates", type=Whole(1, 1_000_000), default=20, help="Runs, each with other random numbers.")
@click.option("--seed", type=Whole(0), default=1, help="Seed of all random numbers.")
@click.option("--replay", type=Whole(0), metavar="K", help="Run replicate K again as it was, and show what it prints.")
@click.option("--time-limit", type=Number(0, min_open=True), help="Seconds that one run may take.")
@click.option("--jobs", type=Jobs(), help="Processes; one per core by default.")
@click.option("--out", default="results", type=click.Path(file_okay=False), help="Where results go.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def audit(script: str, arguments: tuple[str, ...], **given: Any) -> None:
    """Run an evolutionary program again and again: how often is what it selects for realized?

    It runs as it is, each time in a process and a folder of its own, with other random numbers, whatever it seeds them
    with. A program of DEAP, pymoo, LEAP or PyGAD needs no word of evo where a property is given here; others tell of
    their generations within `with evo.audit(...)`.
    """
    from evo.audits.answer import audited, program_of

    properties = _parse("--property", given["properties"], "NAME=WHAT")
    program = program_of(
        script, arguments, properties, _parse("--threshold", given["thresholds"], "NAME=NUMBER"), given
    )
    if given["replay"] is not None:
        _replay_audit(program, given)
        return
    from evo.terminal.audit import print_audit
    from evo.terminal.waiting import Progress

    with Progress(hidden=given["as_json"]) as progress:
        found = audited(
            program, given["replicates"], given["out"], given["jobs"], given["time_limit"], progress.update, _tell
        )
    summary = found.summary
    if given["as_json"]:
        answer(json.dumps(summary))
    else:
        print_audit(summary)
        click.echo(f"kept in {found.folder}, for evo report, figures and digest")
    if summary["replicates"] > 1 and summary["distinct"] == 1:
        _tell(f"all runs of {script} were the same: does it draw from a stream of its own?")
    if found.interrupted:
        _tell(f"interrupted after {summary['replicates']} of {counted(given['replicates'], 'run')}")
        raise SystemExit(interrupts.STATUS)


def _replay_audit(program: Any, given: dict[str, Any]) -> None:
    """`evo audit --replay K`."""
    from evo.audits.answer import replayed

    text = replayed(program, given["replay"], given["time_limit"], hidden=given["as_json"])
    answer(json.dumps(text) if given["as_json"] else text["text"])


@main.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO[:K=V,...]...", shell_complete=scenario_names)
@click.option("--replicates", type=Whole(1, MOST_REPLICATES), help="Populations per point.")
@click.option("--jobs", type=Jobs(), help="Threads; one per core by default.")
@click.option("--out", default="results", type=click.Path(file_okay=False), help="Where batch folders go.")
@click.option("--figure", type=figure_file(), help="Draw the doses into this file (png, svg or pdf).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def dose(
    scenarios: tuple[str, ...],
    replicates: int | None,
    jobs: int | None,
    out: str,
    figure: str | None,
    as_json: bool,
) -> None:
    """Run scenarios under every selection scheme: does more pressure realize the property more often?

    Their own sweeps are left out; set knobs behind the name, as in wolf_sniper:parts=2,scaffold=0.1.
    """
    from evo.analyses.dose import dose_response

    doses = {}
    for entry in scenarios:
        name, _, changes = entry.partition(":")
        sets = _parse("SCENARIO", tuple(changes.split(",")) if changes else ())
        if set(sets) & {"selection.scheme", "selection.parameter"}:
            raise click.UsageError(f"{short(entry)}: a dose goes through all schemes and parameters; leave these out")
        spec = _resolve(name, sets).over({})
        if replicates:
            spec = spec.set({"batch.replicates": replicates})
        doses[entry] = dose_response(spec, jobs=jobs, out=out, progress=lambda s: click.echo(f"evo: {s} ...", err=True))
    if as_json:
        answer(json.dumps(doses))
    else:
        from evo.terminal.pressure import print_dose

        for name, rows in doses.items():
            click.echo(f"{name}: realized rate against realized selection intensity")
            print_dose(rows)
    if figure:
        from evo.figures.pressure import dose_figure

        _draw(dose_figure, doses, figure)


@main.command()
@click.argument("scenario", shell_complete=scenario_names)
@set_option
@click.option("--jobs", type=Jobs(), help="Threads; one per core by default.")
@click.option("--out", default="results", type=click.Path(file_okay=False), help="Where batch folders go.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def tune(scenario: str, sets: tuple[str, ...], jobs: int | None, out: str, as_json: bool) -> None:
    """Tune a scenario's optimizers, each by as many lives, on return in training alone.

    What is tried stands in the scenario's table [tuning.tried]. Printed is what each setting returned, and the table
    [tuning.chosen] for the scenario's file.
    """
    from evo.analyses.tune import tune as search
    from evo.terminal.tune import print_tuned, tuned_json
    from evo.terminal.waiting import Progress

    spec = _resolve(scenario, _parse("--set", sets))
    with Progress(hidden=as_json) as progress:
        found = search(spec, jobs=jobs, out=out, progress=progress.update)
    answer(json.dumps(tuned_json(found))) if as_json else print_tuned(found)


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=claim_names)
@click.option("--full", is_flag=True, help="As many replicates as the docs are written with.")
@click.option("--jobs", type=Jobs(), help="Threads, or pages at once; one per core by default.")
@click.option("--out", default="results", type=click.Path(file_okay=False), help="Where batch folders go.")
@click.option(
    "--docs",
    type=click.Path(file_okay=False),
    help="Where pages are written; docs/ in a checkout of evo.",
)
def claims(names: tuple[str, ...], full: bool, jobs: int | None, out: str, docs: str | None) -> None:
    """Run claims, all or those named, and write a page for each and the table claims.md.

    Several are written at once, each in a process of its own.
    """
    from evo.claims.known import chosen
    from evo.places import in_checkout

    if docs is None:
        if not in_checkout():
            raise click.UsageError("--docs: needed here, where there is no checkout of evo: the folder for the pages")
        docs = "docs"
    files = [*chosen(names).values()]
    from evo.claims.at_once import write_claims
    from evo.claims.page import loaded, prepare, write_claim
    from evo.claims.table import write_table
    from evo.terminal.waiting import Progress

    try:
        if len(files) == 1:
            spec = loaded(files[0])
            prepare(Path(docs))
            with Progress(hidden=False) as progress:
                path = write_claim(spec, Path(docs), full=full, jobs=jobs, out=out, progress=progress.update)
            click.echo(str(path))
        else:
            for path in write_claims(files, Path(docs), full=full, jobs=jobs, out=out):
                click.echo(str(path))
    except OSError as error:
        raise click.UsageError(f"--docs {docs}: cannot be written: {error.strerror}") from None
    click.echo(str(write_table(Path(docs))))


@main.command()
@click.argument("name", metavar="WORLD.py|SCENARIO", shell_complete=scenario_names)
@trust_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--full", is_flag=True, help="Print too all that the compiler said, where a world cannot be compiled.")
def check(name: str, as_json: bool, full: bool) -> None:
    """Try a world before it decides anything: every index, trait and draw, at all bounds of its knobs.

    Of a scenario also whether a carrier has the property. Exit status 0 where nothing is wrong, 2 otherwise. What must
    never be run is also found by `evo run`, the first time a world's file is used.
    """
    from evo.analyses.check import check_path
    from evo.terminal.check import print_checked
    from evo.terminal.waiting import Loading

    with Loading():
        checked = check_path(name)
    if as_json:
        problems = [problem._asdict() for problem in checked.problems]
        answer(json.dumps({"ok": not problems, "problems": problems}))
    else:
        print_checked(name, checked, full)
    if checked.problems:
        raise SystemExit(2)


@main.command()
@click.argument("kind", type=click.Choice(["world", "scenario"]))
@click.argument("name")
@click.option(
    "--shape", type=click.Choice(["solitary", "social", "perceiving"]),
    help="Of a world: agents that live alone, that meet, or that see and act. Asked for in a terminal, else solitary.",
)  # fmt: skip
@click.option("--world", "of", metavar="W", help="Of a scenario: a world's name or .py file; ./NAME.py if it is there.")
@trust_option
def new(kind: str, name: str, shape: str | None, of: str | None) -> None:
    """Write a commented start into this folder: a world, NAME.py, or a scenario of a world, NAME.toml.

    Both run as they are. A world that was written so is trusted until it is changed.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise click.BadParameter(f"'{name}' must be letters, digits and _, a letter first", param_hint="NAME")
    if kind == "world" and _is_module(name):
        raise click.UsageError(f"{name} is a Python module, which {name}.py would hide here; choose another name")
    if kind == "world" and of is not None:
        raise click.UsageError("--world is for evo new scenario")
    if kind == "scenario" and shape is not None:
        raise click.UsageError("--shape is for evo new world")
    path = Path(f"{name}.py" if kind == "world" else f"{name}.toml")
    if path.exists():
        raise click.UsageError(f"{path} is there already; nothing was written")
    text = _world_text(name, shape) if kind == "world" else _scenario_text(name, of)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from None
    if kind == "world":
        from evo.worlds import source, trust

        trust.remember(source.read(path.resolve()))
    click.echo(str(path))


def _is_module(name: str) -> bool:
    """Whether programs in this folder would find NAME.py in place of a module that is installed."""
    import sysconfig
    from importlib.machinery import PathFinder

    installed = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    return name in {"evo", *sys.stdlib_module_names} or PathFinder.find_spec(name, [*installed]) is not None


def _world_text(name: str, shape: str | None) -> str:
    """The world that `evo new world` writes."""
    from evo.templates.start import SHAPES, world_text

    if shape is None and sys.stdin is not None and sys.stdin.isatty():
        shape = click.prompt("which shape", type=click.Choice(SHAPES), default=SHAPES[0], err=True)
    return world_text(name, shape or SHAPES[0])


def _scenario_text(name: str, of: str | None) -> str:
    """The scenario that `evo new scenario` writes, of a world that is there, and sure to be valid."""
    import tomllib

    from evo.scenario.spec import Spec
    from evo.templates.start import rifle_text, scenario_text
    from evo.worlds.check.first import require
    from evo.worlds.load import load_world

    beside = Path(f"{name}.py")
    if of is None and not beside.exists():
        return rifle_text(name)
    reference = of or f"./{beside}"
    try:
        world = load_world(reference)
        require(world)
    except WorldError as error:
        raise ScenarioError(f"--world {reference}: {error}") from None
    text = scenario_text(name, reference, world)
    Spec(tomllib.loads(text), f"{name}.toml", Path(), world)
    return text


@main.command()
@click.argument("scenario", shell_complete=scenario_names)
@set_option
@click.option(
    "--port", type=Whole(1, 65535), default=8420, show_default=True, help="Where; the next where it is taken."
)
@click.option(
    "--host", default="127.0.0.1", show_default=True,
    help="The address to listen on. Any but this one lets others in who know the token; nothing is encrypted.",
)  # fmt: skip
@click.option("--browser/--no-browser", default=True, help="Open a browser where there is one; the address is printed.")
@trust_option
def watch(scenario: str, sets: tuple[str, ...], port: int, host: str, browser: bool) -> None:
    """Open a page on which a scenario evolves while you turn its knobs. Ctrl-C ends it.

    On this machine alone, behind a token that the printed address holds; nothing is stored.
    """
    from evo.terminal.waiting import Loading

    with Loading():
        spec = _resolve(scenario, _parse("--set", sets))
        from evo.watch.serve import serve
    serve(spec, host, port, browser, _tell)
