"""The folder of an audit: what was asked of which program, each run's report, and tables of them.

audit.json         the program, its arguments, properties, thresholds, seed, runs asked for; with a checksum
program/           the script as it was, and the files of its properties; kept to be read, never run
runs/0000.json     a run's report, or why it failed, written when it ends; 0000.txt is what it printed
blind/             the same of the runs whose fitness did not see the property
runs.parquet       a row for each run and property, `traces.parquet` one for each generation of each
summary.json       what `evo audit --json` printed
provenance.jsonl   versions, machine, commit, command, seed, times
"""

import hashlib
import json
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import polars as pl

from evo import reading
from evo.audits import given
from evo.audits.repeat import Outcome, Program
from evo.audits.summary import compared, summarize
from evo.audits.tables import runs_table, traces_table
from evo.batch.disk import holds, make_folder, refuse_links, sealed, write_atomically, write_bytes
from evo.batch.provenance import history
from evo.errors import AuditError
from evo.places import AUDIT, is_file

FORMAT = 1  # raised where a folder can no longer be read by versions that know only those below
PARTS = ("runs", "blind", "program")
_AGAIN = "run evo audit again, which makes it anew"


def is_audit(folder: Path | str) -> bool:
    """Whether a folder is that of an audit."""
    return is_file(Path(folder) / AUDIT)


# --- writing


def make(folder: Path) -> None:
    """Make the folder where there is none.

    Raises
    ------
    AuditError : it cannot be written
    """
    try:
        for part in PARTS:
            make_folder(folder / part)
    except OSError as error:
        raise AuditError(f"{folder}: cannot be written ({error.strerror}); see --out") from None


def begin(folder: Path, program: Program, replicates: int) -> None:
    """Make it ready for so many runs. Former runs of the same audit go: what the program imports may have changed.

    Raises
    ------
    AuditError : it cannot be written
    """
    try:
        for part in PARTS:
            for file in (folder / part).iterdir():
                if file.suffix in (".json", ".txt", ".py"):
                    file.unlink()
        for name in ("summary.json", "runs.parquet", "traces.parquet"):
            (folder / name).unlink(missing_ok=True)
        files: dict[str, Path] = {}
        for path in (program.script, *filter(None, map(given.file_of, _asked(program)))):
            _keep(files, Path(path))
        for name, file in files.items():
            write_bytes(folder / "program" / name, file.read_bytes())
        _declare(folder, program, replicates, ())
    except OSError as error:
        raise AuditError(f"{error.filename or folder}: cannot be written ({error.strerror}); see --out") from None


def _asked(program: Program) -> list[str]:
    """What is asked in words: of properties, deployment and the blind arm."""
    return [what for _, what in program.properties] + [what for what in (program.deployment, program.without) if what]


def _keep(files: dict[str, Path], path: Path) -> None:
    """A file under its own name; under its folder's too where another has that name."""
    if path not in files.values():
        files[path.name if path.name not in files else f"{path.parent.name}-{path.name}"] = path


def _declare(folder: Path, program: Program, replicates: int, left: tuple[str, ...]) -> None:
    said = {
        "format": FORMAT, "evo": metadata.version("evo-sandbox"), "script": Path(program.script).name,
        "arguments": list(program.arguments),
        "properties": [[name, given.named(what)] for name, what in program.properties],
        "thresholds": program.thresholds,
        "deployment": program.deployment and given.named(program.deployment),
        "without": program.without and given.named(program.without),
        "seed": program.seed, "replicates": replicates, "files_left": list(left),
    }  # fmt: skip
    write_bytes(folder / AUDIT, (json.dumps(sealed(said), indent=1) + "\n").encode())


def finish(folder: Path, program: Program, replicates: int, outcome: Outcome) -> "Results":
    """Write what is made of all runs, when they are over; at least one has a report."""
    _declare(folder, program, replicates, outcome.left)
    results = Results(folder)
    for name, table in (("runs", results.runs), ("traces", results.traces)):
        write_atomically(folder / f"{name}.parquet", table.write_parquet)
    write_bytes(folder / "summary.json", (json.dumps(results.summary, indent=1) + "\n").encode())
    return results


# --- reading


class Results:
    """The folder of an audit, read; nothing of its program is run."""

    def __init__(self, folder: Path | str):
        self.folder = Path(folder)
        refuse_links(self.folder, AUDIT, "runs", "blind")
        self.said = self._declaration()
        self.name = Path(self.said["script"]).stem
        left = tuple(self.said["files_left"])
        self.outcome, self.blind = self._outcome("runs", left), self._outcome("blind", ())
        if not self.outcome.reports:
            raise AuditError(f"{self.folder}: holds no finished run")

    def _declaration(self) -> dict[str, Any]:
        file = self.folder / AUDIT
        try:
            said = reading.parsed(reading.content(file))
        except (OSError, ValueError) as error:
            raise AuditError(f"{file}: cannot be read: {reading.why_not(error)}; {_AGAIN}") from None
        if not holds(said):
            raise AuditError(f"{file}: was edited, or is damaged; {_AGAIN}")
        if said["format"] > FORMAT:
            raise AuditError(f"{file}: is of a later evo, {said['evo']}; install that to use it")
        return dict(said)

    def _outcome(self, part: str, left: tuple[str, ...]) -> Outcome:
        """What became of the runs in a folder; of those that were not finished, nothing is there."""
        outcome = Outcome(left=left)
        for replicate in range(self.said["replicates"]):
            file = self.folder / part / f"{replicate:04d}.json"
            if not is_file(file):
                continue
            refuse_links(self.folder, f"{part}/{file.name}")
            try:
                told = reading.parsed(reading.content(file))
                if "error" in told:
                    outcome.failed[replicate] = str(told["error"])
                else:
                    outcome.reports[replicate] = told["audits"]
            except (OSError, ValueError, KeyError, TypeError):
                raise AuditError(f"{file}: cannot be read, or is damaged; {_AGAIN}") from None
        return outcome

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What all runs say together, and where there is a blind arm, what that does."""
        found = summarize(self.said["script"], self.outcome)
        return found | ({"blind": compared(self.outcome, self.blind)} if self.blind.reports else {})

    @cached_property
    def runs(self) -> pl.DataFrame:
        """A row for each run and property."""
        return runs_table(self.outcome.reports)

    @cached_property
    def traces(self) -> pl.DataFrame:
        """A row for each run, population and generation, and each measure of it."""
        return traces_table(self.outcome.reports)

    def digest(self) -> str:
        """sha256 over the reports of the finished runs, in their order, those of the blind arm behind them."""
        total = hashlib.sha256()
        for part, outcome in (("runs", self.outcome), ("blind", self.blind)):
            for replicate in sorted(outcome.reports):
                text = json.dumps(outcome.reports[replicate], sort_keys=True, separators=(",", ":"))
                total.update(f"{part} {replicate} {text}\n".encode())
        return total.hexdigest()

    def provenance(self) -> list[dict[str, Any]]:
        """Of each time that it was run: versions, machine, commit, command, seed, times; the oldest first."""
        return history(self.folder)

    def program(self) -> list[tuple[str, str]]:
        """Name and text of the kept files, the script first; nothing that a link leads to."""
        folder = self.folder / "program"
        files = [] if folder.is_symlink() or not folder.is_dir() else sorted(folder.glob("*.py"))
        files = [file for file in files if file.is_file() and not file.is_symlink()]
        files.sort(key=lambda file: file.name != self.said["script"])
        return [(file.name, file.read_text(encoding="utf-8", errors="replace")) for file in files]
