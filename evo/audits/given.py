"""What a user says of individuals on the command line: an expression in `x`, or FILE.py:FUNCTION."""

import builtins
import math
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from evo.errors import AuditError


def named(option: str, text: str) -> tuple[str, str]:
    """NAME=WHAT in two; the first equals sign ends the name."""
    name, equals, what = text.partition("=")
    if not equals or not name.strip() or not what.strip():
        raise AuditError(f"{option} {text}: must be NAME=WHAT")
    return name.strip(), what.strip()


def check(option: str, what: str) -> None:
    """Raise AuditError where this can be no function of an individual."""
    if _file(what) is not None:
        path, _ = _file(what) or ("", "")
        if not Path(path).is_file():
            raise AuditError(f"{option} {what}: there is no file {path}")
        return
    try:
        compile(what, "<expression>", "eval")
    except (SyntaxError, ValueError) as error:
        why = error.msg if isinstance(error, SyntaxError) else str(error)
        raise AuditError(f"{option} {what}: is no expression in x ({why}), and no FILE.py:FUNCTION") from None


def _file(what: str) -> tuple[str, str] | None:
    path, colon, name = what.rpartition(":")
    return (path, name) if colon and path.endswith(".py") and name.isidentifier() else None


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
