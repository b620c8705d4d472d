"""`evo audit`: what was asked on the command line, run, kept in a folder, and told."""

import math
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from evo.audits import kept
from evo.audits.repeat import Program, repeat
from evo.audits.summary import summarize
from evo.batch import provenance
from evo.batch.disk import alone
from evo.errors import AuditError


class Audited(NamedTuple):
    """The answer, where its runs are kept, and whether Ctrl-C ended them."""

    summary: dict[str, Any]
    folder: Path
    interrupted: bool


def program_of(
    script: str, arguments: tuple[str, ...], properties: Mapping[str, str], thresholds: Mapping[str, str],
    given: Mapping[str, Any],
) -> Program:  # fmt: skip
    """What is asked of a script. properties, thresholds: by name; given: the other options.

    Raises
    ------
    AuditError : what cannot be read, in one sentence
    """
    limits = {}
    for name, number in thresholds.items():
        try:
            limits[name] = float(number)
            if math.isnan(limits[name]):
                raise ValueError
        except ValueError:
            raise AuditError(f"--threshold {name}={number}: must be NAME=NUMBER") from None
    for option, value in (("--deployment", given["deployment"]), ("--threshold", thresholds)):
        if value and not properties:
            raise AuditError(f"{option}: needs --property; a script that audits itself says it there")
    asked = tuple(properties.items())
    return Program(script, arguments, asked, limits, given["deployment"], given["without"], given["seed"]).checked()


def audited(
    program: Program, replicates: int, out: str, jobs: int | None = None, limit: float | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None, told: Callable[[str], None] = lambda text: None,
) -> Audited:  # fmt: skip
    """Run a program so many times, keep what each run told, and sum it up.

    Raises
    ------
    AuditError : no run finished: why the first did not; or the folder cannot be written
    """
    folder = Path(out) / program.name()
    kept.make(folder)
    with alone(folder, told):
        kept.begin(folder, program, replicates)
        started = time.time()
        outcome = repeat(program, range(replicates), folder / "runs", jobs, limit, progress=progress)
        if not outcome.reports:
            if outcome.interrupted:
                raise KeyboardInterrupt
            first = min(outcome.failed)
            raise AuditError(f"{program.script}: replicate {first} {outcome.failed[first]}")
        seen = not any("not_blind" in run[0]["notes"] for run in outcome.reports.values())
        if program.without and seen and not outcome.interrupted:
            blind = repeat(program, range(replicates), folder / "blind", jobs, limit, blind=True, progress=progress)
            outcome.interrupted = blind.interrupted
        results = kept.finish(folder, program, replicates, outcome)
        provenance.write(folder, program.seed, started, time.time(), len(outcome.reports))
    return Audited(results.summary, folder, outcome.interrupted)


def replayed(program: Program, replicate: int, limit: float | None, hidden: bool = False) -> dict[str, Any]:
    """Run one replicate again, with its output shown; its report."""
    with tempfile.TemporaryDirectory() as place:
        outcome = repeat(program, range(replicate, replicate + 1), Path(place), 1, limit, show=not hidden)
    if outcome.failed:
        raise AuditError(f"{program.script}: replicate {replicate} {outcome.failed[replicate]}")
    if outcome.interrupted:
        raise KeyboardInterrupt
    summary = summarize(program.script, outcome)
    lines = [f"replicate {replicate}:"]
    for name, p in summary["properties"].items():
        lines.append(
            f"{name}: mean {p['end']['mean']:.4g} at the end, {'realized' if p['realized'] else 'not realized'}"
        )
    return summary | {"text": "\n".join(lines)}
