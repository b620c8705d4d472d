"""Compiled code is kept until something that it calls is edited, and no shorter."""

import ast
import os

import pytest

from evo.kernels import jit
from evo.places import PACKAGE, sources

FILES = {
    ".".join(["evo", *file.relative_to(PACKAGE).with_suffix("").parts]): file
    for folder in ("kernels", "worlds") for file in sorted((PACKAGE / folder).rglob("*.py"))
}  # fmt: skip


def _imports(module):
    """Modules of kernels and worlds that a module imports anywhere, by its syntax tree."""
    found = set()
    for node in ast.walk(ast.parse(FILES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "an import says whose it is"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found & FILES.keys()


def _all_of(module):
    found, new = set(), {module}
    while new:
        found |= new
        new = {further for one in new for further in _imports(one)} - found
    return found


@pytest.mark.parametrize("package", ["evo.kernels.", "evo.worlds."])
def test_a_module_reaches_all_that_it_imports_on_any_way(package):
    for module in FILES:
        if module.startswith(package):
            assert jit.reached(module) == sorted(_all_of(module))


def test_folders_of_compiled_code_are_not_looked_into(tmp_path, monkeypatch):
    """Another process may be removing them, and a folder that goes while it is listed is an error."""
    (tmp_path / "inner" / "__pycache__" / "rng-0").mkdir(parents=True)
    (tmp_path / "inner" / "__pycache__" / "no.py").write_text("")
    wanted = [tmp_path / "a.py", tmp_path / "inner" / "b.py"]
    for file in wanted:
        file.write_text("")
    (tmp_path / "a.pyc").write_text("")
    listed = []
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(str(path)) or scan(path))
    assert sources(tmp_path) == wanted and not any("__pycache__" in path for path in listed)


def test_what_is_not_of_evo_may_reach_all():
    assert jit.reached("evo_world_1f") == sorted(FILES)


@pytest.mark.parametrize(
    ("edited", "again", "as_it_was"),
    [
        ("evo.kernels.rng", ["evo.kernels.evolve", "evo.worlds.kin", "evo_world_1f"], ["evo.kernels.vectors"]),
        ("evo.kernels.genealogy", ["evo.kernels.genealogy", "evo_world_1f"], ["evo.kernels.evolve", "evo.worlds.kin"]),
        ("evo.worlds.grid.rooms", ["evo.worlds.grid.coin", "evo_world_1f"], ["evo.kernels.evolve", "evo.worlds.kin"]),
    ],
)
def test_an_edit_has_compiled_again_what_calls_it_and_nothing_else(tmp_path, monkeypatch, edited, again, as_it_was):
    before = {module: jit._cache_folder(tmp_path, module) for module in again + as_it_was}
    content = jit._content
    monkeypatch.setattr(jit, "_content", lambda module: f"{content(module)}#" if module == edited else content(module))
    jit._cache_folder.cache_clear()
    after = {module: jit._cache_folder(tmp_path, module) for module in again + as_it_was}
    jit._cache_folder.cache_clear()
    monkeypatch.undo()
    assert {module for module in before if before[module] != after[module]} == set(again)
