"""The house keeps its order: imports run one way, columns have names, functions are short (CONTRIBUTING.md)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

# From the ground up. A file imports from lower floors, and from its own without a circle.
FLOORS = [
    "numba_alone", "errors", "interrupts", "places", "wording", "reading", "kernels", "worlds", "templates", "scenario",
    "engines", "measure", "pressure", "batch", "analyses", "figures", "audits", "terminal", "report", "watch", "claims",
    "api", "cli", "__main__",
]  # fmt: skip

TOP = Path(__file__).parents[1]
ROOT = TOP / "evo"

# Kernels that are one function on purpose, or take what a world supplies one by one, and say why.
# Loops whose halves, as functions of their own, would be compiled twice or count references at every step.
LONG = {"evo.kernels.evolve.evolve", "evo.worlds.rewards.live", "evo.worlds.grid.gathering._gather"}
MOST_LINES, MOST_ARGUMENTS = 60, 8
# Arrays whose last places have names, and how many of them.
COLUMNS = dict.fromkeys(
    ("knobs", "traits", "old", "scratch", "control", "streams", "insertion", "breeding", "last", "lived", "alone"), 1
) | {"moments": 2, "price": 2, "trace": 2}  # fmt: skip


def module_of(file: Path) -> str:
    parts = file.relative_to(TOP).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_of(file): file for file in sorted(ROOT.rglob("*.py"))}


def imports(file: Path) -> set[str]:
    """Modules of evo that a file imports, wherever in it, for whatever reason."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [f"{module}.{name}" if f"{module}.{name}" in FILES else module for name in names]
        found |= {name for name in names if name == "evo" or name.startswith("evo.")}
    return found


def floor_of(module: str) -> int:
    return FLOORS.index(module.split(".")[1])


def test_every_file_has_a_floor():
    assert {module.split(".")[1] for module in FILES if module != "evo"} == set(FLOORS)


def test_imports_run_one_way():
    wrong = [
        f"{module} imports {name}"
        for module, file in FILES.items()
        for name in imports(file)
        if module != "evo" and (name == "evo" or floor_of(name) > floor_of(module))
    ]
    assert not wrong


def test_no_files_import_each_other_in_a_circle():
    graph = {module: imports(file) & set(FILES) for module, file in FILES.items()}
    while leaves := [module for module, below in graph.items() if not below]:
        for module in leaves:
            del graph[module]
        graph = {module: below - set(leaves) for module, below in graph.items()}
    assert not graph


def test_what_is_imported_is_seen():
    assert {"evo.scenario.spec", "evo.batch.run", "evo.wording"} <= imports(FILES["evo.claims.page"])
    assert "evo.figures.every" in imports(FILES["evo.api"])  # inside a function
    assert "TYPE_CHECKING" not in "".join(file.read_text(encoding="utf-8") for file in FILES.values())


def functions(file: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def test_functions_are_short():
    """Lines of code: without decorators, docstring and comments."""
    wrong = []
    for module, file in FILES.items():
        text = file.read_text(encoding="utf-8").splitlines()
        for node in functions(file):
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            body = [line for line in text[first.lineno - 1 : node.end_lineno] if line.strip()[:1] not in ("", "#")]
            if len(body) > MOST_LINES and f"{module}.{node.name}" not in LONG:
                wrong.append(f"{module}.{node.name}: {len(body)} lines")
    assert not wrong


def test_functions_have_few_arguments():
    wrong = []
    for module, file in FILES.items():
        for node in functions(file):
            count = len([*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs])
            if count > MOST_ARGUMENTS and f"{module}.{node.name}" not in LONG:
                wrong.append(f"{module}.{node.name}: {count} arguments")
    assert not wrong


def name_of(node: ast.AST) -> str:
    """What an array is called, or the function that gives it."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))


def is_number(part: ast.AST | None) -> bool:
    """Whether an index is a number, negative or not, a list of such, or a slice between such."""
    if isinstance(part, ast.UnaryOp):
        return is_number(part.operand)
    if isinstance(part, ast.List):
        return any(map(is_number, part.elts))
    if isinstance(part, ast.Slice):
        return is_number(part.lower) or is_number(part.upper)
    return isinstance(part, ast.Constant) and isinstance(part.value, int)


def numbered(text: str) -> list[str]:
    """Subscripts of named columns by a number."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Subscript) or (name := name_of(node.value)) not in COLUMNS:
            continue
        if not isinstance(node.slice, ast.Tuple) and (
            isinstance(node.slice, ast.Slice) or isinstance(node.value, ast.Call)
        ):
            continue  # rows
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        # trace[replicate, record, row, trait]
        whole = isinstance(node.value, ast.Attribute) and name == "trace" and ast.unparse(parts[0]) != "..."
        found += [
            f"line {node.lineno}: {ast.unparse(node)}"
            for part in (parts[2:] if whole else parts[-COLUMNS[name] :])
            if is_number(part) and (part is parts[-1] or not isinstance(part, ast.Slice))
        ]
    return found


@pytest.mark.parametrize("folder", ["evo", "scenarios", "tests"])
def test_columns_have_names(folder):
    files = [file for file in sorted((TOP / folder).rglob("*.py")) if "folder_v1" not in file.parts]  # a kept result
    found = {str(file): numbered(file.read_text(encoding="utf-8")) for file in files}
    assert not {file: lines for file, lines in found.items() if lines}


def test_a_numbered_column_is_seen():
    assert len(numbered("knobs[3] + traits[i, 0] + space.moments[2, t] + control[0]")) == 4
    assert len(numbered("knobs[-1] + traits[:, [0, T.teeth]] + traits[:, 1:3] + last(out)[:, 2]")) == 4
    assert len(numbered("out.trace[0, 1, 2, t] + out.trace[..., 2] + trace[3, 0] + breeding[:, 1, 0]")) == 5
    assert not numbered("knobs[K.cost] + traits[i, T.fitness] + bits[0, 1] + traits[0, T.rifle] + lived(x)[0]")
