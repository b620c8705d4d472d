"""Files that anybody may have written: read where they are ordinary, understood or refused, whatever they hold."""

import errno
import json
import stat
import tomllib
from pathlib import Path
from typing import Any


def content(path: Path) -> bytes:
    """What a file holds. A pipe or device, which may have no end, is not opened.

    Raises
    ------
    OSError : it cannot be read, or is no ordinary file
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "Is no ordinary file", str(path))
    return path.read_bytes()


def text(path: Path) -> str:
    """The same as text in UTF-8, without the mark that some editors put before it.

    Raises
    ------
    OSError : it cannot be read, or is no ordinary file
    ValueError : it is no such text
    """
    return content(path).decode("utf-8-sig")


def parsed(said: str | bytes) -> Any:
    """What a JSON document says.

    Raises
    ------
    ValueError : it is none, or is nested deeper than can be read
    """
    try:
        return json.loads(said)
    except RecursionError:
        raise ValueError("lists or tables are nested too deep") from None


def tables(path: Path) -> dict[str, Any]:
    """What a TOML file says.

    Raises
    ------
    OSError : it cannot be read, or is no ordinary file
    ValueError : it is none, or holds what cannot be read, in words
    """
    try:
        return tomllib.loads(text(path))
    except RecursionError:
        raise ValueError("lists or tables are nested too deep") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise
    except ValueError:  # of Python's own, on how many digits it takes
        raise ValueError("a number has thousands of digits") from None


def why_not(error: OSError | ValueError) -> str:
    """Why a file could not be read or understood."""
    return getattr(error, "strerror", None) or str(error)
