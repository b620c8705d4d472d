"""What a user says of individuals on the command line: an expression in `x`, or FILE.py:FUNCTION."""

import builtins
import math
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from evo.errors import AuditError


def check(option: str, what: str, expression: bool = True) -> None:
    """Raise AuditError where this can be no function of an individual. expression: whether it may be one in `x`."""
    if (found := _file(what)) is not None:
        if not Path(found[0]).is_file():
            raise AuditError(f"{option} {what}: there is no file {found[0]}")
        return
    if not expression:
        raise AuditError(f"{option} {what}: must be FILE.py:FUNCTION, a function that takes the property from a copy")
    try:
        compile(what, "<expression>", "eval")
    except (SyntaxError, ValueError) as error:
        why = error.msg if isinstance(error, SyntaxError) else str(error)
        raise AuditError(f"{option} {what}: is no expression in x ({why}), and no FILE.py:FUNCTION") from None


def _file(what: str) -> tuple[str, str] | None:
    path, colon, name = what.rpartition(":")
    return (path, name) if colon and path.endswith(".py") and name.isidentifier() else None


def whole(what: str) -> str:
    """The same, its file by a whole path, for who reads it in another folder."""
    return what if (found := _file(what)) is None else f"{Path(found[0]).resolve()}:{found[1]}"


def file_of(what: str) -> str:
    """The file that is meant; empty where it is an expression."""
    found = _file(what)
    return found[0] if found is not None else ""


def named(what: str) -> str:
    """The same, its file by its name alone, for who reads it elsewhere."""
    return what if (found := _file(what)) is None else f"{Path(found[0]).name}:{found[1]}"


def function(option: str, what: str) -> Callable[[Any], Any]:
    """The function of an individual that is meant.

    Raises
    ------
    AuditError : the file does not run, or has no such function
    """
    if (found := _file(what)) is not None:
        path, name = found
        try:
            names = runpy.run_path(path)
        except Exception as error:
            raise AuditError(f"{option} {what}: {path} raised {type(error).__name__}: {error}") from None
        if not callable(names.get(name)):
            raise AuditError(f"{option} {what}: {path} has no function {name}")
        return names[name]  # type: ignore[no-any-return]
    code = compile(what, "<expression>", "eval")
    names = {name: getattr(math, name) for name in dir(math) if not name.startswith("_")}
    names |= {"__builtins__": builtins, "np": np, "math": math}

    def of(x: Any) -> Any:
        names["x"] = x  # global, for scopes inside of the expression
        return eval(code, names)

    return of
