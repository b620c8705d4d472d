"""Files that anybody may have written: read where they are ordinary, understood or refused, whatever they hold."""

import errno
import json
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from evo.errors import short


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
    said = text(path)
    try:
        return tomllib.loads(said)
    except RecursionError:
        raise ValueError("lists or tables are nested too deep") from None
    except tomllib.TOMLDecodeError as error:
        raise _named(error, said) from None
    except ValueError:  # of Python's own, on how many digits it takes
        raise ValueError("a number has thousands of digits") from None


def _named(error: tomllib.TOMLDecodeError, said: str) -> ValueError:
    """The same error; of a key or table that stands twice, with its name, which Python's does not tell."""
    found = re.match(r"Cannot (?:overwrite a value|declare .* twice) \(at (?:line ([0-9]+)|end)", str(error))
    if found is None:
        return error
    lines = said.replace("\r\n", "\n").split("\n")
    number = int(found[1] or len(lines))
    key = lines[number - 1].partition("=")[0].partition("#")[0].strip()
    return ValueError(f"{short(key)} is given twice (at line {number})")


def why_not(error: OSError | ValueError) -> str:
    """Why a file could not be read or understood."""
    return getattr(error, "strerror", None) or str(error)
