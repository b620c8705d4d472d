"""A batch's folder: Parquet parts, each written aside, synced and renamed, and a manifest with their checksums.

What no line of the manifest names does not exist, so a crash leaves nothing but leftovers. Readers take no lock: they
see the state before or after whatever is being written, and read the manifest anew before they call anything damaged.
Whoever writes holds the lock, and mends first: lines and parts that do not hold are set aside, parts that no line names
are taken over where they hold, and a replicate that two parts hold is kept in one.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from evo.batch.disk import at_work, checksum, make_inside
from evo.batch.frames import runs_frame, traces_frame
from evo.batch.manifest import Manifest, Sums
from evo.batch.mending import what_mends
from evo.batch.parts import (
    KINDS,
    ORDER,
    Damaged,
    Span,
    column_bytes,
    is_whole,
    merged,
    read,
    span,
    span_of,
    write,
)
from evo.engines.replicates import Evolved, Failure
from evo.scenario.spec import Cell

MERGE = 8  # parts of one cell from which on they are merged into one,
MOST = 5000  # of at most so many replicates, in a chunk too, so that no part is too large to be read at once

_Answer = TypeVar("_Answer")


class Store:
    """Reads and appends the parts of one batch folder. A replicate counts as done once the manifest names its part."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.manifest = Manifest(folder)
        self._there = folder.is_dir()
        self._checked: set[tuple[str, str]] = set()  # (kind, part) whose checksum held
        self._whole_at: Any = ()  # the manifest's stamp at which nothing was found amiss
        self._runs: tuple[list[str], pl.DataFrame] = ([], pl.DataFrame())  # as last read, and the parts they were in
        self._held: pl.DataFrame | None = None  # cell and replicate of the only rows that are read, where not None

    @property
    def is_held(self) -> bool:
        """Whether no replicates come to those that it reads."""
        return self._held is not None

    def held(self) -> "Store":
        """A reader of the replicates that are there now, whatever others add or merge meanwhile.

        Raises
        ------
        ScenarioError : something is damaged, with what mends it
        """
        if self.is_held:
            return self
        other = Store(self.folder)
        other.manifest.cells = self.manifest.cells
        rows = other.runs()
        other._held = rows.select(ORDER["runs"]) if rows.width else rows
        return other

    def _file(self, kind: str, part: str) -> Path:
        return self.folder / kind / f"{part}.parquet"

    def _files(self, kind: str) -> dict[str, Path]:
        """Files that are named as parts are, by part."""
        folder = self.folder / kind
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        return {path.stem: path for path in found if path.suffix == ".parquet" and span_of(path.stem)}

    def _unnamed(self) -> list[str]:
        """Parts that are there and that no line has ever named."""
        there = set.intersection(*(set(self._files(kind)) for kind in KINDS)) - self.manifest.named
        cells = self.manifest.cells
        return sorted(part for part in there if cells is None or span(part).cell in cells)

    # --- writing, by whoever holds the lock

    def prepare(self, batch: str) -> list[str]:
        """Make the folder ready to be appended to; returns what had to be mended, a sentence each.

        Makes its folders, mends the manifest, checks every part against its checksum, takes over parts that no line
        names, and removes leftovers of a crash.

        Raises
        ------
        ScenarioError : a replicate is there twice and differs
        """
        for name in (*KINDS, "figures"):
            make_inside(self.folder, name)
        self._there = True
        told = self._mend(batch)
        told += self._take_over(batch)
        told += self._set_damaged_aside()
        self._disjoin(batch)
        self._sweep()
        return told

    def set_all_aside(self) -> None:
        """Put all that is stored aside, so that the folder begins anew."""
        count = len(list(self._aside().glob("earlier-*")))
        aside = self._aside(f"earlier-{count + 1}")
        for name in ("manifest.jsonl", *KINDS):
            if (path := self.folder / name).exists():
                path.replace(aside / name)
        self.manifest.read()
        self._checked.clear()

    def _aside(self, kind: str = "") -> Path:
        return make_inside(self.folder, f"set_aside/{kind}")

    def _mend(self, batch: str) -> list[str]:
        self.manifest.read()
        aside = self.folder
        if self.manifest.damaged:
            count = len(list(self._aside().glob("manifest-*.jsonl")))
            aside = self._aside() / f"manifest-{count + 1}.jsonl"
        gone = self.manifest.mend(batch, aside)
        return [f"{self.manifest.path}: {_lines(gone)} damaged and left out; the file was set aside"] if gone else []

    def _take_over(self, batch: str) -> list[str]:
        told = []
        for part in self._unnamed():
            files = {kind: self._file(kind, part) for kind in KINDS}
            if all(is_whole(path, kind, batch) for kind, path in files.items()):
                self.manifest.say(part=part, **{kind: checksum(path) for kind, path in files.items()})
                told.append(part)
        self.manifest.read()
        if not told:
            return []
        what = f"{told[0]} was" if len(told) == 1 else f"{len(told)} parts were"
        return [f"{self.folder}: {what} in no line of manifest.jsonl, hold together, and were taken over"]

    def _set_damaged_aside(self) -> list[str]:
        parts = self.manifest.parts
        damaged = [p for p in parts if not all(self._holds(kind, p, parts[p]) for kind in KINDS)]
        spans = [span(part) for part in parts if part not in damaged]
        told = []
        for part in damaged:
            self.manifest.say(without=[part], damaged=True)
            there = [path for kind in KINDS if (path := self._file(kind, part)).exists() or path.is_symlink()]
            for path in there:
                path.replace(self._aside(path.parent.name) / path.name)
            if not _covered(span(part), spans):
                what = "damaged" if len(there) == len(KINDS) else "not there"
                aside = ": set aside" if there else ""
                told.append(
                    f"{self._file('runs', part)} or its traces were {what}{aside}, its replicates are evolved anew"
                )
        self.manifest.read()
        return told

    def _disjoin(self, batch: str) -> None:
        """Keep a replicate that several parts hold in one of them."""
        for cluster in self._clusters(None):
            if len(cluster) == 1:
                continue
            frames = {kind: self._merged(kind, cluster) for kind in KINDS}  # refuses those that differ
            known, covered = set(self.manifest.parts), -1
            gone, rest = [], []
            for part in sorted(cluster, key=lambda p: (span(p).first, -span(p).last)):
                key, first, last = span(part)
                if first > covered:
                    covered = last
                    continue
                gone.append(part)
                if last > covered:
                    rest.append(Span(key, covered + 1, last))
                    covered = last
            for piece in rest:
                if piece.name in known:  # it holds the same rows, and is kept instead
                    gone.remove(piece.name)
                    continue
                within = pl.col("replicate").is_between(piece.first, piece.last)
                self._add(piece.name, {kind: frame.filter(within) for kind, frame in frames.items()}, batch)
            self.manifest.say(without=gone)
        self.manifest.read()

    def _sweep(self) -> None:
        """Remove leftovers of a crash, and files that were merged into others."""
        known = self.manifest.parts
        for kind in KINDS:
            for path in (self.folder / kind).glob(".*.tmp"):
                if path.is_file():
                    path.unlink()
            for part, path in self._files(kind).items():
                if part not in known and path.is_file():
                    path.unlink()

    def _holds(self, kind: str, part: str, wanted: list[Sums]) -> bool:
        if (kind, part) in self._checked:
            return True
        path = self._file(kind, part)
        try:
            if path.is_symlink() or not path.is_file() or checksum(path) not in {sums[kind] for sums in wanted}:
                return False
        except FileNotFoundError:
            return False
        self._checked.add((kind, part))
        return True

    def _add(self, part: str, frames: dict[str, pl.DataFrame], batch: str, without: tuple[str, ...] = ()) -> None:
        sums = {}
        for kind in reversed(KINDS):
            sums[kind] = write(self._file(kind, part), frames[kind], kind, batch)
            self._checked.add((kind, part))
        self.manifest.say(part=part, **sums, **({"without": list(without)} if without else {}))

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
                self._add(Span(cell.key, first, last).name, frames, self.manifest.batch)
        for failure in evolved.failures:
            self.manifest.say(failed=cell.key, set=cell.set, seed=cell.spec.scenario.batch.seed, **failure._asdict())

    def overdue(self, cell: Cell, replicate: int, limit: float) -> None:
        """Record a replicate that took longer than `limit` seconds; the next run tries it again."""
        failure = Failure(replicate, -1, f"took longer than {limit:g} seconds")
        seed = cell.spec.scenario.batch.seed
        self.manifest.say(failed=cell.key, set=cell.set, seed=seed, again=True, **failure._asdict())

    def merge(self) -> None:
        """Merge the parts of a cell whose replicates follow each other, where they are many and small."""
        by_cell: dict[str, list[list[str]]] = {}
        parts = self.parts()
        for part in parts:
            key, first, last = span(part)
            rows = by_cell.setdefault(key, [])
            if rows and span(rows[-1][-1]).last + 1 == first and last - span(rows[-1][0]).first < MOST:
                rows[-1].append(part)
            else:
                rows.append([part])
        for key, rows in by_cell.items():
            for row in rows:
                if len(row) < MERGE:
                    continue
                frames = {kind: pl.concat([self._frame(kind, part) for part in row]) for kind in KINDS}
                name = Span(key, span(row[0]).first, span(row[-1]).last).name
                self._add(name, frames, self.manifest.batch, without=tuple(row))
                for part in row:
                    for kind in KINDS:
                        self._file(kind, part).unlink(missing_ok=True)

    # --- reading

    def _settled(self, answer: Callable[[], _Answer]) -> _Answer:
        """An answer of one state of the folder. What seems damaged may have been merged since the manifest was read."""
        while True:
            self.manifest.read()
            seen = self.manifest.stamp
            try:
                self._look()
                return answer()
            except Damaged:
                self.manifest.read()
                if self.manifest.stamp == seen:
                    raise

    def _look(self) -> None:
        """Raise Damaged where the manifest does not say all that is there."""
        if self._there and not self.folder.is_dir():
            raise Damaged(f"{self.folder}: is there no more, as seen from {Path.cwd()}")
        self._there = self._there or self.folder.is_dir()
        if self._whole_at == self.manifest.stamp:
            return
        path = self.manifest.path
        if gone := self.manifest.damaged:
            raise Damaged(f"{path}: {_lines(gone)} damaged; {what_mends(self.folder)}")
        try:
            unnamed = self._unnamed()
        except OSError as error:
            raise Damaged(f"{self.folder}: cannot be read: {error.strerror}") from None
        if unnamed and not at_work(self.folder):
            which = f"{unnamed[0]} is" if len(unnamed) == 1 else f"{unnamed[0]} and {len(unnamed) - 1} other parts are"
            why = f"{which} there and in no line: it lost lines, or a run was killed"
            raise Damaged(f"{path}: {why}; {what_mends(self.folder)}")
        self._whole_at = self.manifest.stamp if not unnamed else ()

    def batch_hash(self) -> str | None:
        """The hash of the batch that the folder was made for; None where no line of the manifest says so."""
        self.manifest.read()
        return self.manifest.batch or None

    def parts(self, cell: str | None = None) -> dict[str, list[Sums]]:
        """Parts in canonical order, with the checksums that their files may have; of one cell, by key, where given."""
        self.manifest.read()
        return self.manifest.parts if cell is None else self.manifest.by_cell.get(cell, {})

    def done(self) -> dict[str, set[int]]:
        """Replicates stored or failed, by cell key."""
        self.manifest.read()
        found: dict[str, set[int]] = {}
        for key, first, last in self.manifest.spans:
            found.setdefault(key, set()).update(range(first, last + 1))
        for failure in self.failures():
            if not failure.get("again"):
                found.setdefault(failure["failed"], set()).add(failure["replicate"])
        return found

    def failures(self) -> list[dict[str, Any]]:
        """Replicates that failed: cell key `failed`, `set`, `seed`, `replicate`, `generation`, `reason`.

        `again`: one that ran out of time, which the next run tries again.
        """
        self.manifest.read()
        spans = {key: [span(part) for part in parts] for key, parts in self.manifest.by_cell.items()}
        return [
            {key: value for key, value in line.items() if key != "sum"}
            for (cell, r), line in sorted(self.manifest.failed.items())
            if not any(first <= r <= last for _, first, last in spans.get(cell, ()))
        ]

    def _clusters(self, cell: str | None) -> Iterator[list[str]]:
        """Parts in canonical order, those that hold replicates in common together."""
        cluster: list[str] = []
        end = Span("", -1, -1)
        for part in self.manifest.parts if cell is None else self.manifest.by_cell.get(cell, {}):
            key, first, last = span(part)
            if cluster and (key != end.cell or first > end.last):
                yield cluster
                cluster, end = [], Span("", -1, -1)
            cluster.append(part)
            end = Span(key, first, max(last, end.last))
        if cluster:
            yield cluster

    def _frame(self, kind: str, part: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
        path = self._file(kind, part)
        try:
            if self._holds(kind, part, self.manifest.parts[part]):
                return read(path, columns)
        except OSError as error:
            raise Damaged(f"{path}: cannot be read: {error.strerror}") from None
        what = "is damaged: not what manifest.jsonl says it is" if path.exists() else "is not there"
        raise Damaged(f"{path}: {what}; {what_mends(self.folder)}")

    def _merged(self, kind: str, cluster: list[str], columns: Sequence[str] | None = None) -> pl.DataFrame:
        """The rows of parts that hold replicates in common, each once."""
        frames = [self._frame(kind, part, columns) for part in cluster]
        rows = frames[0] if len(frames) == 1 else merged(frames, kind, self.folder)
        if self._held is None:
            return rows
        return rows.join(self._held, on=ORDER["runs"], how="semi") if self._held.width else rows.clear()

    def _table(self, kind: str, cell: str | None, columns: Sequence[str] | None = None) -> pl.DataFrame:
        frames = [self._merged(kind, cluster, columns) for cluster in self._clusters(cell)]
        return pl.concat(frames, how="vertical_relaxed").sort(ORDER[kind]) if frames else pl.DataFrame()

    def runs(self) -> pl.DataFrame:
        """A row per replicate, in canonical order.

        Raises
        ------
        ScenarioError : something is damaged, with what mends it
        """

        def answer() -> pl.DataFrame:
            parts = list(self.manifest.parts)
            if self._runs[0] != parts:
                self._runs = parts, self._table("runs", None)
            return self._runs[1]

        return self._settled(answer)

    def traces(self, cell: str | None = None, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """A row per recorded generation, in canonical order; of one cell, by its key, where given.

        columns : those to read, beside cell, replicate and generation; all, where not given

        Raises
        ------
        ScenarioError : something is damaged, with what mends it
        """
        wanted = None if columns is None else list(dict.fromkeys((*ORDER["traces"], *columns)))
        return self._settled(lambda: self._table("traces", cell, wanted))

    def digest(self) -> str:
        """sha256 over all records in canonical order, free of timings and of how they were split into parts.

        A checksum of each column's values, part by part, then one of all columns with their names, types and lengths:
        so it needs no more memory than one part.

        Raises
        ------
        ScenarioError : something is damaged, with what mends it
        """
        return self._settled(self._digest)

    def _digest(self) -> str:
        total = hashlib.sha256()
        for kind in KINDS:
            columns: dict[str, tuple[Any, Any]] = {}
            rows = 0
            for cluster in self._clusters(None):
                frame = self._merged(kind, cluster)
                rows += frame.height
                for series in frame.sort(ORDER[kind]):
                    sums, _ = columns.setdefault(series.name, (hashlib.sha256(), series.dtype))
                    sums.update(column_bytes(series))
            for name, (sums, dtype) in columns.items():
                total.update(f"{kind} {name} {dtype} {rows} {sums.hexdigest()}\n".encode())
        return total.hexdigest()


def _lines(numbers: list[int]) -> str:
    """Which lines: 'line 3 is', 'lines 1, 2 and 5 more are'."""
    if len(numbers) == 1:
        return f"line {numbers[0]} is"
    more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""
    return f"lines {', '.join(map(str, numbers[:3]))}{more} are"


def _covered(wanted: Span, spans: list[Span]) -> bool:
    """Whether spans, in canonical order, hold every replicate of one."""
    at = wanted.first
    for key, first, last in spans:
        if key == wanted.cell and first <= at <= last:
            at = last + 1
    return at > wanted.last
