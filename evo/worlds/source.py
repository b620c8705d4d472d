"""The file of a world given by path, read once: what is hashed, trusted, run and kept is the same bytes."""

import ast
import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from evo import reading
from evo.errors import WorldError
from evo.places import caches, temporary

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Source:
    """A world's file as it was when it was read."""

    path: Path
    content: bytes

    @cached_property
    def digest(self) -> str:
        """sha256 of the bytes."""
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def meaning(self) -> str:
        """sha256 of what the file says: of its syntax tree without docstrings, so not of comments or layout.

        Raises
        ------
        WorldError : the file is no Python
        """
        try:
            tree = ast.parse(self.content)
        except (SyntaxError, ValueError) as error:
            raise WorldError(f"names a file that is no Python ({error})") from None
        for node in ast.walk(tree):
            if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:] or [ast.Pass()]
        return hashlib.sha256(ast.unparse(tree).encode()).hexdigest()

    @property
    def shown(self) -> str:
        """The file as messages name it: from the current folder where it is in there."""
        try:
            return str(self.path.relative_to(Path.cwd()))
        except (OSError, ValueError):
            return str(self.path)

    @property
    def module(self) -> str:
        """A module name of this content alone."""
        return f"evo_world_{self.digest[:16]}"

    def copy(self) -> Path:
        """A file of exactly these bytes, in evo's own caches: for numba's cache, and for lines in messages."""
        for folder in (caches, temporary):
            path = folder() / "worlds" / self.digest[:32] / self.path.name
            try:
                if path.is_file() and path.read_bytes() == self.content:
                    return path
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                aside = path.with_name(f".{os.getpid()}.tmp")
                aside.write_bytes(self.content)
                aside.replace(path)
            except OSError:
                continue
            return path
        return self.path


def read(path: Path) -> Source:
    """Read a world's file.

    Raises
    ------
    WorldError : there is none, or it cannot be read
    """
    try:
        return Source(path, reading.content(path))
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and not isinstance(error, (FileNotFoundError, NotADirectoryError)):
            raise WorldError(f"names a file that cannot be read: {error.strerror}") from None
        raise WorldError("names a file that does not exist") from None
