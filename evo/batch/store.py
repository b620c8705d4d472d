"""A batch's folder: Parquet parts, each written aside, synced and renamed, and a manifest with their checksums.

`manifest.jsonl` is only ever appended to, a synced line at a time: first the batch's hash, then a line for each part
with the checksums of its two files, once both are in place. What no line names does not exist: leftovers of a crash are
removed, and evolved anew. A line may also take parts out, those that were merged into it or found damaged.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from evo.batch.frames import runs_frame, traces_frame
from evo.engines.replicates import Evolved, Failure
from evo.errors import ScenarioError
from evo.scenario.spec import Cell

Sums = dict[str, str]  # sha256 by kind of file

KINDS = ("runs", "traces")
ORDER = {"runs": ["cell", "replicate"], "traces": ["cell", "replicate", "generation"]}
MERGE = 8  # parts of one cell from which on they are merged into one,
MOST = 5000  # of at most so many replicates, in a chunk too, so that no part is too large to be read at once


def _sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a power loss."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder and those it is in, where they are missing; their names last through a power loss."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def write_atomically(path: Path, write: Any) -> None:
    """Call `write(temporary path)`, sync, and rename onto `path`; nothing is left behind where it fails."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write(aside)
        with aside.open("rb") as handle:
            os.fsync(handle.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    _sync_folder(path.parent)


def checksum(path: Path) -> str:
    """sha256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _span(part: str) -> tuple[str, int, int]:
    """Cell key, first and last replicate of a part, by its name."""
    key, first, last = part.split("-")
    return key, int(first), int(last)


class Store:
    """Reads and appends the parts of one batch folder. A replicate counts as done once the manifest names its part."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._read_at: tuple[int, int] | None = None  # time and size of the manifest as last read
        self._known: list[dict[str, Any]] = []
        self._parts: dict[str, Sums] = {}  # by name, of all cells, as `_known` says
        self._parts_of: dict[str, dict[str, Sums]] = {}  # the same by cell
        self._checked: set[tuple[str, str]] = set()  # (kind, part) whose checksum held
        self._runs: tuple[list[str], pl.DataFrame] = ([], pl.DataFrame())  # as last read, and the parts they were in

    # --- the manifest

    def _lines(self) -> list[dict[str, Any]]:
        """The lines of the manifest that are whole; read anew only where it has changed."""
        path = self.folder / "manifest.jsonl"
        stamp: tuple[int, int] | None
        try:
            stamp = (path.stat().st_mtime_ns, path.stat().st_size)
            if stamp == self._read_at:
                return self._known
            text = path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            stamp, text = None, ""
        lines = []
        for line in text.splitlines():
            try:
                data = json.loads(line)
            except ValueError:
                continue  # cut off by a crash; what it named is a leftover
            if isinstance(data, dict):
                lines.append(data)
        self._read_at, self._known = stamp, lines
        self._parts, self._parts_of = self._sorted(lines)
        return lines

    def _say(self, **line: Any) -> None:
        with (self.folder / "manifest.jsonl").open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(line) + "\n")
            handle.flush()
            os.fsync(handle.fileno())

    def batch_hash(self) -> str | None:
        """The hash of the batch that the folder was made for; None where it holds no manifest."""
        return next((line["batch"] for line in self._lines() if "batch" in line), None)

    @staticmethod
    def _sorted(lines: list[dict[str, Any]]) -> tuple[dict[str, Sums], dict[str, dict[str, Sums]]]:
        """The parts that the lines leave, in canonical order: of all cells, and by cell."""
        found: dict[str, Sums] = {}
        for line in lines:
            for gone in line.get("without", ()):
                found.pop(gone, None)
            if "part" in line and all(kind in line for kind in KINDS):
                found[line["part"]] = {kind: line[kind] for kind in KINDS}
        parts = dict(sorted(found.items(), key=lambda item: _span(item[0])))
        by_cell: dict[str, dict[str, Sums]] = {}
        for part, sums in parts.items():
            by_cell.setdefault(_span(part)[0], {})[part] = sums
        return parts, by_cell

    def parts(self, cell: str | None = None) -> dict[str, Sums]:
        """Parts in canonical order, with the checksum of each kind of file; of one cell, by its key, where given."""
        self._lines()
        return self._parts if cell is None else self._parts_of.get(cell, {})

    def _file(self, kind: str, part: str) -> Path:
        return self.folder / kind / f"{part}.parquet"

    # --- writing, by whoever holds the lock

    def prepare(self, batch_hash: str) -> list[str]:
        """Make the folder ready to be appended to; returns the parts that were damaged and set aside.

        Makes its folders, removes leftovers of a crash, and checks every part against its checksum. The parts of a
        folder without a manifest, written by an earlier evo, are taken over as they are.
        """
        for name in (*KINDS, "figures"):
            make_folder(self.folder / name)
        if self.batch_hash() is None:
            there = [{path.stem for path in (self.folder / kind).glob("*.parquet")} for kind in KINDS]
            with (self.folder / "manifest.jsonl").open("a", encoding="utf-8") as handle:
                handle.write("\n")  # a line that was cut off ends here
            self._say(batch=batch_hash)
            _sync_folder(self.folder)  # or a power loss could take away the manifest's name
            for part in sorted(set.intersection(*there)):
                self._say(part=part, **{kind: checksum(self._file(kind, part)) for kind in KINDS})
        elif not (self.folder / "manifest.jsonl").read_bytes().endswith(b"\n"):
            with (self.folder / "manifest.jsonl").open("a", encoding="utf-8") as handle:
                handle.write("\n")
        known, damaged = self.parts(), []
        for part in known:
            if not all(self._holds(kind, part, known[part][kind]) for kind in KINDS):
                damaged.append(part)
                self._set_aside(part)
        for kind in KINDS:
            for path in (self.folder / kind).iterdir():
                if path.name.endswith(".tmp") or (path.suffix == ".parquet" and path.stem not in known):
                    path.unlink()
        return damaged

    def _holds(self, kind: str, part: str, wanted: str) -> bool:
        if (kind, part) in self._checked:
            return True
        path = self._file(kind, part)
        if not path.is_file() or checksum(path) != wanted:
            return False
        self._checked.add((kind, part))
        return True

    def _set_aside(self, part: str) -> None:
        self._say(without=[part], damaged=True)
        for kind in KINDS:
            path = self._file(kind, part)
            if path.exists():
                (self.folder / "set_aside" / kind).mkdir(parents=True, exist_ok=True)
                path.replace(self.folder / "set_aside" / kind / path.name)

    def _add(self, part: str, frames: dict[str, pl.DataFrame], without: tuple[str, ...] = ()) -> None:
        sums = {}
        for kind in reversed(KINDS):
            path = self._file(kind, part)
            write_atomically(path, frames[kind].write_parquet)
            sums[kind] = checksum(path)
            self._checked.add((kind, part))
        self._say(part=part, **sums, **({"without": list(without)} if without else {}))

    def append(self, cell: Cell, evolved: Evolved) -> None:
        """Store finished replicates of a cell, and the failures among them."""
        if evolved.replicates.size:
            runs = {"runs": runs_frame(cell, evolved), "traces": traces_frame(cell, evolved)}
            ids = evolved.replicates
            cuts = [0, *(i for i in range(1, ids.size) if ids[i] != ids[i - 1] + 1), ids.size]  # gaps of failures
            for begin, end in pairwise(cuts):
                first, last = int(ids[begin]), int(ids[end - 1])
                within = pl.col("replicate").is_between(first, last)
                frames = {kind: frame.filter(within) for kind, frame in runs.items()} if len(cuts) > 2 else runs
                self._add(f"{cell.key}-{first:07d}-{last:07d}", frames)
        for failure in evolved.failures:
            self._say(failed=cell.key, set=cell.set, seed=cell.spec.scenario.batch.seed, **failure._asdict())

    def overdue(self, cell: Cell, replicate: int, limit: float) -> None:
        """Record a replicate that took longer than `limit` seconds; the next run tries it again."""
        failure = Failure(replicate, -1, f"took longer than {limit:g} seconds")
        self._say(failed=cell.key, set=cell.set, seed=cell.spec.scenario.batch.seed, again=True, **failure._asdict())

    def merge(self) -> None:
        """Merge the parts of a cell whose replicates follow each other, where they are many and small."""
        by_cell: dict[str, list[list[str]]] = {}
        parts = self.parts()
        for part in parts:
            key, first, last = _span(part)
            rows = by_cell.setdefault(key, [])
            if rows and _span(rows[-1][-1])[2] + 1 == first and last - _span(rows[-1][0])[1] < MOST:
                rows[-1].append(part)
            else:
                rows.append([part])
        for key, rows in by_cell.items():
            for row in rows:
                if len(row) < MERGE:
                    continue
                frames = {
                    kind: pl.concat([self._frame(kind, part, parts[part][kind]) for part in row]) for kind in KINDS
                }
                merged = f"{key}-{_span(row[0])[1]:07d}-{_span(row[-1])[2]:07d}"
                self._add(merged, frames, without=tuple(row))
                for part in row:
                    for kind in KINDS:
                        self._file(kind, part).unlink(missing_ok=True)

    def write_json(self, name: str, data: Any) -> None:
        """Write a JSON file of the folder."""
        text = json.dumps(data, indent=2) + "\n"
        write_atomically(self.folder / name, lambda path: path.write_text(text, encoding="utf-8"))

    # --- reading

    def done(self) -> dict[str, set[int]]:
        """Replicates stored or failed, by cell key."""
        found: dict[str, set[int]] = {}
        for part in self.parts():
            key, first, last = _span(part)
            found.setdefault(key, set()).update(range(first, last + 1))
        for failure in self.failures():
            if not failure.get("again"):
                found.setdefault(failure["failed"], set()).add(failure["replicate"])
        return found

    def failures(self) -> list[dict[str, Any]]:
        """Replicates that failed: cell key `failed`, `set`, `seed`, `replicate`, `generation`, `reason`.

        `again`: one that ran out of time, which the next run tries again.
        """
        latest = {(line["failed"], line["replicate"]): line for line in self._lines() if "failed" in line}
        stored = [_span(part) for part in self.parts()]
        return [
            line
            for (key, r), line in sorted(latest.items())
            if not any(key == cell and first <= r <= last for cell, first, last in stored)
        ]

    def _frame(self, kind: str, part: str, wanted: str, columns: list[str] | None = None) -> pl.DataFrame:
        path = self._file(kind, part)
        if not self._holds(kind, part, wanted):
            raise ScenarioError(
                f"{path}: is damaged (not what manifest.jsonl says it is); run its scenario again: the file is set "
                "aside and its replicates are evolved anew"
            )
        return pl.read_parquet(path, columns=columns)

    def runs(self) -> pl.DataFrame:
        """A row per replicate, in canonical order."""
        parts = self.parts()
        if self._runs[0] != list(parts):
            frames = [self._frame("runs", part, sums["runs"]) for part, sums in parts.items()]
            self._runs = list(parts), pl.concat(frames).sort(ORDER["runs"]) if frames else pl.DataFrame()
        return self._runs[1]

    def traces(self, cell: str | None = None, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """A row per recorded generation, in canonical order; of one cell, by its key, where given.

        columns : those to read, beside cell, replicate and generation; all, where not given
        """
        wanted = None if columns is None else list(dict.fromkeys((*ORDER["traces"], *columns)))
        frames = [self._frame("traces", part, sums["traces"], wanted) for part, sums in self.parts(cell).items()]
        return pl.concat(frames).sort(ORDER["traces"]) if frames else pl.DataFrame()

    def digest(self) -> str:
        """sha256 over all records in canonical order, free of timings and of how they were split into parts.

        A checksum of each column's values, part by part, then one of all columns with their names, types and lengths:
        so it needs no more memory than one part.
        """
        total = hashlib.sha256()
        for kind in KINDS:
            columns: dict[str, tuple[Any, Any]] = {}
            rows = 0
            for part, sums_of in self.parts().items():
                frame = self._frame(kind, part, sums_of[kind])
                rows += frame.height
                for series in frame.sort(ORDER[kind]):
                    sums, _ = columns.setdefault(series.name, (hashlib.sha256(), series.dtype))
                    if series.dtype == pl.String:
                        sums.update("".join(f"{text}\n" for text in series.to_list()).encode())
                    elif series.dtype == pl.Float64:
                        sums.update(series.to_numpy().astype("<f8").tobytes())
                    else:
                        sums.update(series.cast(pl.Int64).fill_null(-1).to_numpy().astype("<i8").tobytes())
            for name, (sums, dtype) in columns.items():
                total.update(f"{kind} {name} {dtype} {rows} {sums.hexdigest()}\n".encode())
        return total.hexdigest()
