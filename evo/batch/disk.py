"""Files that last: folders and renames that are synced, the lock of a folder, lines and documents with a checksum."""

import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from evo.errors import ScenarioError
from evo.interrupts import half_written

SUM = "sum"  # the key of a line's own checksum


def _sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a power loss."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder and those it is in, where they are missing; their names last through a power loss.

    Raises
    ------
    OSError : it cannot be made
    """
    if not folder.is_dir():
        make_folder(folder.parent)
        try:
            folder.mkdir(exist_ok=True)
        except FileExistsError:
            raise NotADirectoryError(errno.ENOTDIR, f"{folder} is no folder", str(folder)) from None
        _sync_folder(folder.parent)


def refuse_links(folder: Path, *names: str) -> None:
    """Raise where one of these, or a folder that it is in, is a link, which may lead anywhere.

    names : of files and folders in a folder; they may have parts: 'arms/blind'

    Raises
    ------
    ScenarioError : it is a link
    """
    for name in names:
        found = folder / name
        for part in (found, *found.parents)[: len(Path(name).parts)]:
            if part.is_symlink():
                raise ScenarioError(
                    f"{part}: is a link, and a folder of results holds all that is its own; put there what it leads to"
                )


def make_inside(folder: Path, name: str) -> Path:
    """Make a folder of that name in another, which is there, and return it. Names may have parts: 'arms/blind'.

    Raises
    ------
    ScenarioError : it is a link, which may lead anywhere
    """
    refuse_links(folder, name)
    make_folder(folder / name)
    return folder / name


def write_atomically(path: Path, write: Any) -> None:
    """Call `write(temporary path)`, sync, and rename onto `path`; nothing is left behind where it fails.

    A link is replaced: in a folder of results, whoever sent that chose where it leads.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    half_written.add(aside)
    try:
        write(aside)
        with aside.open("rb") as handle:
            os.fsync(handle.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
        half_written.discard(aside)
    _sync_folder(path.parent)


def write_where_told(path: Path, write: Any) -> None:
    """The same for a file that a person named: of a link what it leads to; a device or a pipe is written into."""
    target = path.resolve()
    if target.exists() and not target.is_file():
        write(target)
    else:
        write_atomically(target, write)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file atomically."""
    write_atomically(path, lambda aside: aside.write_bytes(content))


def append_line(path: Path, text: str) -> None:
    """Append a line, synced; where the last line was cut off, it ends first. A new file's name lasts too."""
    new = not path.exists()
    with path.open("a+b") as handle:
        if handle.seek(0, os.SEEK_END) and handle.seek(-1, os.SEEK_END) >= 0 and handle.read(1) != b"\n":
            text = f"\n{text}"
        handle.write(f"{text}\n".encode())
        handle.flush()
        os.fsync(handle.fileno())
    if new:
        _sync_folder(path.parent)


def checksum(path: Path) -> str:
    """sha256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


# --- data that carry their own checksum


def canonical(data: Any) -> str:
    """sha256 of what data say, however they are written."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()


def sealed(data: dict[str, Any]) -> dict[str, Any]:
    """The same with a checksum of all of it."""
    return data | {SUM: canonical(data)[:16]}


def holds(data: Any) -> bool:
    """Whether data are as they were sealed."""
    if not isinstance(data, dict):
        return False
    bare = {key: value for key, value in data.items() if key != SUM}
    return bool(data.get(SUM) == canonical(bare)[:16])


# --- who is at work


@contextmanager
def alone(folder: Path, told: Callable[[str], None]) -> Iterator[None]:
    """Hold the folder's lock, which the system lets go of however the process ends; waits where another holds it."""
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        told(f"another evo is at work in {folder}; waiting for it to end ...")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def at_work(folder: Path) -> bool:
    """Whether some process writes into the folder now."""
    file = folder / ".lock"
    if not file.is_file():
        return False
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:  # a folder that may only be read: nobody like us can be at work
        return False
    lock.release()
    return False
