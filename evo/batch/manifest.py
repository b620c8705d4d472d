"""`manifest.jsonl`: what a batch's folder holds, a line for each part and failure, each line with its own checksum.

It is only ever appended to, a synced line at a time: first the batch's hash, then a line for each part with the
checksums of its two files, once both are in place. A line may also take parts out, those that were merged into it or
found damaged. What no line names does not exist. Lines without a checksum, of an earlier evo, are read too.
"""

import json
import os
from pathlib import Path
from typing import Any

from evo import reading
from evo.batch.disk import SUM, append_line, holds, sealed, write_bytes
from evo.batch.parts import KINDS, Damaged, Span, span, span_of

Sums = dict[str, str]  # sha256 by kind of file

# The keys that a line has, and those that it may have.
_FORMS: tuple[tuple[set[str], set[str]], ...] = (
    ({"batch"}, set()),
    ({"part", *KINDS}, {"without"}),
    ({"without"}, {"damaged"}),
    ({"failed", "set", "seed", "replicate", "generation", "reason"}, {"again"}),
)
_TYPES: dict[str, type] = {
    "batch": str, "part": str, "runs": str, "traces": str, "without": list, "damaged": bool, "failed": str,
    "set": dict, "seed": int, "replicate": int, "generation": int, "reason": str, "again": bool,
}  # fmt: skip


def _is_line(data: Any) -> bool:
    """Whether a line is one of ours: whole, of a known form, and naming nothing but parts."""
    if not isinstance(data, dict) or (SUM in data and not holds(data)):
        return False
    keys = data.keys() - {SUM}
    if not any(must <= keys <= must | may for must, may in _FORMS):
        return False
    if not all(isinstance(data[key], _TYPES[key]) for key in keys):
        return False
    names = [*data.get("without", ()), *([data["part"]] if "part" in data else ())]
    names += [f"{data['failed']}-0000000-0000000"] if "failed" in data else []
    return all(span_of(name) for name in names)


class Manifest:
    """The manifest of one folder, read anew where it has changed.

    Attributes
    ----------
    batch : hash of the batch that the folder was made for; empty where no line says so
    parts : by name, in canonical order, the checksums that its files may have: one pair, or more where two folders were
        joined
    by_cell : the same by cell's key
    named : every part that any line names
    failed : the latest failure of each (cell's key, replicate)
    damaged : numbers of the lines that do not hold, from 1
    cut : whether the last line was cut off; it counts as not there
    """

    def __init__(self, folder: Path):
        self.path = folder / "manifest.jsonl"
        self.stamp: tuple[int, int, int] | None = None  # inode, time and size, as last read
        self.cells: frozenset[str] | None = None  # keys that parts may have, where they are known
        self._take([], [], False)

    def read(self) -> bool:
        """Read it where it has changed; whether it had.

        Raises
        ------
        Damaged : it cannot be read at all
        """
        try:
            status = self.path.stat()
            stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
            if stamp == self.stamp:
                return False
            content = reading.content(self.path)
        except FileNotFoundError:
            changed, self.stamp = self.stamp is not None, None
            self._take([], [], False)
            return changed
        except OSError as error:
            raise Damaged(f"{self.path}: cannot be read: {error.strerror}") from None
        texts = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        found = [self._parsed(text) for text in texts]
        ours = any(line is not None and SUM in line for line in found)
        # Earlier versions left a line that was cut off by a crash where it was.
        bad = [
            number
            for number, (text, line) in enumerate(zip(texts[:-1], found, strict=False), 1)
            if text.strip() and line is None and (ours or text.rstrip().endswith(b"}") or not text.startswith(b"{"))
        ]
        self.stamp = stamp
        self._take([line for line in found if line is not None], bad, bool(texts[-1]) and found[-1] is None)
        return True

    def _parsed(self, text: bytes) -> dict[str, Any] | None:
        try:
            line = reading.parsed(text)
        except ValueError:
            return None
        if not _is_line(line):
            return None
        known = "part" not in line or self.cells is None or span(line["part"]).cell in self.cells
        return dict(line) if known else None

    def _take(self, lines: list[dict[str, Any]], damaged: list[int], cut: bool) -> None:
        self.lines, self.damaged, self.cut = lines, damaged, cut
        self.batch: str = next((line["batch"] for line in lines if line.get("batch")), "")
        self.failed = {(line["failed"], line["replicate"]): line for line in lines if "failed" in line}
        self.named: set[str] = set()
        found: dict[str, list[Sums]] = {}
        for line in lines:
            for gone in line.get("without", ()):
                self.named.add(gone)
                found.pop(gone, None)
            if "part" in line:
                self.named.add(line["part"])
                found.setdefault(line["part"], []).append({kind: line[kind] for kind in KINDS})
        self.parts = dict(sorted(found.items(), key=lambda item: span(item[0])))
        self.by_cell: dict[str, dict[str, list[Sums]]] = {}
        for part, sums in self.parts.items():
            self.by_cell.setdefault(span(part).cell, {})[part] = sums

    @property
    def spans(self) -> list[Span]:
        """What the parts hold, in canonical order."""
        return [span(part) for part in self.parts]

    def say(self, **line: Any) -> None:
        """Append a line, synced."""
        append_line(self.path, json.dumps(sealed(line)))

    def mend(self, batch: str, set_aside: Path) -> list[int]:
        """Leave only lines that hold, and the batch's hash among them; returns the numbers of those that did not.

        What was there goes to the file `set_aside`.
        """
        self.read()
        gone = list(self.damaged)
        if gone:
            write_bytes(set_aside, reading.content(self.path))
            lines = [{"batch": self.batch}] if self.batch else []
            lines += [line for line in self.lines if "batch" not in line]
            text = "".join(json.dumps(sealed({k: v for k, v in line.items() if k != SUM})) + "\n" for line in lines)
            write_bytes(self.path, text.encode())
        elif self.cut:
            with self.path.open("r+b") as handle:
                handle.truncate(handle.read().rfind(b"\n") + 1)
                os.fsync(handle.fileno())
        self.read()
        if not self.batch:
            self.say(batch=batch)
            self.read()
        return gone
