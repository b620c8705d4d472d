"""What changed in a world's file: names of definitions, by syntax tree, so not comments, docstrings or layout."""

import ast

from evo.worlds.source import DOCUMENTED


def _definitions(content: bytes) -> dict[str, str]:
    """What each name of a file's top level stands for; what binds no name, by line."""
    found: dict[str, str] = {}
    for node in ast.parse(content).body:
        for inner in ast.walk(node):
            if isinstance(inner, DOCUMENTED) and ast.get_docstring(inner, clean=False) is not None:
                inner.body = inner.body[1:] or [ast.Pass()]
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        names = [getattr(node, "name", None), *(getattr(target, "id", None) for target in targets)]
        for name in [name for name in names if name] or [f"`{ast.unparse(node).splitlines()[0][:60]}`"]:
            found[name] = found.get(name, "") + ast.unparse(node) + "\n"
    return found


def changes(old: bytes, new: bytes) -> list[str]:
    """Names of what differs between two contents of a world's file, in order; empty where one is no Python."""
    try:
        before, after = _definitions(old), _definitions(new)
    except (SyntaxError, ValueError):
        return []
    return [name for name in {**after, **before} if before.get(name) != after.get(name)]
