"""Parts: consecutive replicates of a cell as two Parquet files, named CELL-FIRST-LAST, each with its own checksum.

The checksum stands in the file's footer and is of what the file says, so that a part can be told whole where nothing
else is left of a folder.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from evo import reading
from evo.batch.disk import checksum, write_atomically
from evo.errors import ScenarioError

KINDS = ("runs", "traces")
ORDER = {"runs": ["cell", "replicate"], "traces": ["cell", "replicate", "generation"]}
_NAME = re.compile(r"([0-9a-f]{16})-(\d{7,18})-(\d{7,18})")
_LARGEST = 1_000_000  # replicates that a name may stand for; no part is nearly as large
_FOOTER = "evo"  # the key of the own checksum in a Parquet footer


class Damaged(ScenarioError):
    """A folder that is not what it was; the message says what, and what mends it."""


class Span(NamedTuple):
    """What a part holds: a cell's key, its first and last replicate."""

    cell: str
    first: int
    last: int

    @property
    def name(self) -> str:
        """The part's name."""
        return f"{self.cell}-{self.first:07d}-{self.last:07d}"


def span_of(part: Any) -> Span | None:
    """What a part of that name holds; None where that is no part's name."""
    found = _NAME.fullmatch(part) if isinstance(part, str) else None
    span = Span(found[1], int(found[2]), int(found[3])) if found else None
    return span if span and span.name == part and 0 <= span.last - span.first < _LARGEST else None


def span(part: str) -> Span:
    """What a part holds, by its name."""
    key, first, last = part.split("-")
    return Span(key, int(first), int(last))


def column_bytes(series: pl.Series) -> bytes:
    """The values of a column, free of how they are stored."""
    if series.dtype == pl.String:
        return "".join(f"{text}\n" for text in series.to_list()).encode()
    if series.dtype == pl.Float64:
        return bytes(series.to_numpy().astype("<f8").tobytes())
    return bytes(series.cast(pl.Int64).fill_null(-1).to_numpy().astype("<i8").tobytes())


def _content(frame: pl.DataFrame) -> str:
    """sha256 of what a table says."""
    total = hashlib.sha256()
    for series in frame:
        total.update(f"{series.name} {series.dtype} {frame.height} {series.null_count()}\n".encode())
        total.update(column_bytes(series))
    return total.hexdigest()


def write(path: Path, frame: pl.DataFrame, kind: str, batch: str) -> str:
    """Write one file of a part; returns the checksum of the file."""
    own = {"batch": batch, "kind": kind, "part": path.stem, "content": _content(frame)}
    footer = {_FOOTER: json.dumps(own)}
    write_atomically(path, lambda aside: frame.write_parquet(aside, metadata=footer))
    return checksum(path)


def read(path: Path, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Read one file of a part.

    Raises
    ------
    Damaged : it is not there, or no such table
    """
    try:
        return pl.read_parquet(path, glob=False, columns=None if columns is None else list(columns))
    except Exception as error:
        raise Damaged(f"{path}: cannot be read: {str(error).splitlines()[0]}") from None
    except BaseException as error:  # what Rust raises where it is surprised
        if type(error).__name__ != "PanicException":
            raise
        raise Damaged(f"{path}: cannot be read: it is no Parquet file") from None


def _own(path: Path) -> Mapping[str, Any] | None:
    """What the footer says; None in files of an earlier evo."""
    text = pl.read_parquet_metadata(path).get(_FOOTER)
    found = reading.parsed(text) if text else None
    return found if isinstance(found, dict) else {} if text else None


def is_whole(path: Path, kind: str, batch: str) -> bool:
    """Whether a file of a part is as it was written, for this batch, by what it says of itself.

    Of an earlier evo's, which says nothing: whether it can be read and holds what its name says.
    """
    try:
        frame, own = read(path), _own(path)
        if own is not None:
            return dict(own) == {"batch": batch, "kind": kind, "part": path.stem, "content": _content(frame)}
        key, first, last = span(path.stem)
        numbers = frame["replicate"].unique().sort().to_list()
        return numbers == list(range(first, last + 1)) and frame["cell"].unique().to_list() == [key]
    except Exception:  # whatever a damaged file makes of its readers
        return False


def merged(frames: Sequence[pl.DataFrame], kind: str, folder: Path) -> pl.DataFrame:
    """Rows of parts that overlap, each once, in canonical order.

    Raises
    ------
    ScenarioError : the same replicate is there twice and is not the same
    """
    rows = pl.concat(frames, how="vertical_relaxed").unique(maintain_order=True)
    if (twice := rows.filter(pl.struct(ORDER[kind]).is_duplicated())).height:
        first = twice.row(0, named=True)
        raise ScenarioError(
            f"{folder}: holds replicate {first['replicate']} of cell {first['cell']} twice, and they differ: one was "
            "evolved by something else; move the parts of one of them elsewhere"
        )
    return rows.sort(ORDER[kind])
