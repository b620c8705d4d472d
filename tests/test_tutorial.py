"""Every command of docs/tutorial.md runs, its edits make its world, and what it prints stands on the page."""

import ast
import re
import shlex

from evo.places import CHECKOUT
from tests.command import command

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def name(node):
    """What a piece of a file is known by: the name that it defines, or the module that it takes from."""
    if isinstance(node, ast.ImportFrom):
        return f"from {node.module}"
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0])
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return node.name
    return "docstring" if isinstance(node, ast.Expr) else ast.unparse(node)


def pieces(text):
    """The top-level pieces of a Python file: first line and end, decorators included, by name."""
    found = {}
    for node in ast.parse(text).body:
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        found[name(node)] = (first - 1, node.end_lineno)
    return found


def edited(text, block):
    """A file in which each piece of the block stands in place of the piece of that name, which must be there."""
    for known, (first, end) in pieces(block).items():
        lines, (old, old_end) = text.splitlines(), pieces(text)[known]
        lines[old:old_end] = block.splitlines()[first:end]
        text = "\n".join(lines) + "\n"
    return text


def plain(text):
    """Words with one space between them."""
    return " ".join(text.split())


def test_the_tutorial_is_what_happens(tmp_path):
    """A text block holds lines of what the commands of the block before it print, in their order."""
    said, ran = "", []
    for kind, block in BLOCK.findall((CHECKOUT / "docs" / "tutorial.md").read_text(encoding="utf-8")):
        if kind == "python":
            world = tmp_path / "backup.py"
            world.write_text(edited(world.read_text(encoding="utf-8"), block), encoding="utf-8")
        elif kind == "toml":
            (tmp_path / "spare.toml").write_text(block, encoding="utf-8")
        elif kind == "sh":
            said = ""
            for line in block.splitlines():
                program, *given = shlex.split(line)
                assert program == "evo"
                done = command(*given, cwd=tmp_path)
                assert done.returncode == 0, done.output
                said, ran = said + done.stdout, [*ran, given[0]]
        else:
            assert kind == "text"
            left = plain(said)
            for line in map(plain, block.splitlines()):
                _, there, after = left.partition(line)
                assert line == "..." or there, f"not printed, or not in this order: {line}"
                left = left if line == "..." else after
    assert ran == ["new", "check", "new", "check", "run", "figures", "why", "run", "report"]
    assert (tmp_path / "results" / "spare-49f022d5" / "figures" / "realized.png").is_file()
    assert "What may fail gets a spare." in (tmp_path / "spare.html").read_text(encoding="utf-8")


def test_an_edit_of_what_is_not_there_is_seen():
    assert edited("A = 1\n\n\ndef f():\n    pass\n", "A = 2") == "A = 2\n\n\ndef f():\n    pass\n"
    try:
        edited("A = 1\n", "B = 2")
    except KeyError as error:
        assert "B" in str(error)
    else:
        raise AssertionError("nothing was said")
