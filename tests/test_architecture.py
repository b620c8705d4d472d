"""Imports run one way: a file of evo imports from its own folder and from lower floors only (CONTRIBUTING.md)."""

import ast
from pathlib import Path

FLOORS = [
    "errors", "places", "wording", "kernels", "worlds", "scenario", "engines", "measure", "pressure", "batch",
    "figures", "audits", "report", "claims", "templates", "cli",
]  # fmt: skip
CONTRACT = {("batch", "figures")}  # Batch.figures(), which imports them when it is called

ROOT = Path(__file__).parents[1] / "evo"


def imports(file: Path) -> set[str]:
    """Files and folders of evo that a file imports, wherever in it, but for types alone."""
    found, tree = set(), ast.parse(file.read_text(encoding="utf-8"))
    types = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    left_out = {id(inner) for node in types for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        names = [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
        if isinstance(node, ast.ImportFrom):
            names = [f"evo.{name}" for name in names] if node.module == "evo" else [node.module or ""]
        found |= {name.split(".")[1] for name in names if name.startswith("evo.")}
    return found


def test_imports_run_one_way():
    wrong = []
    for file in sorted(ROOT.rglob("*.py")):
        own = file.relative_to(ROOT).with_suffix("").parts[0]
        if own == "__init__":
            continue
        allowed = {own, *FLOORS[: FLOORS.index(own)]}
        wrong += [f"{file}: {name}" for name in imports(file) - allowed if (own, name) not in CONTRACT]
    assert not wrong


def test_what_is_imported_is_seen():
    assert {"scenario", "batch", "wording"} <= imports(ROOT / "claims" / "page.py")
    assert "figures" in imports(ROOT / "batch" / "run.py")
