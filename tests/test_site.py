"""The site of the docs: every page has its place in it, and the reference shows what there is."""

import importlib.util
import re
import shlex
from types import SimpleNamespace

import pytest

import evo
from evo import cli
from evo.cli import main
from evo.places import CHECKOUT

DOCS = CHECKOUT / "docs"


def ours(name):
    """A module of docs/_site, as the site's build loads it."""
    spec = importlib.util.spec_from_file_location(name, DOCS / "_site" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_page_is_in_the_contents_once():
    parts = ours("contents").parts((DOCS / "index.md").read_text(encoding="utf-8"))
    linked = [page for pages in parts.values() for page in pages]
    pages = (path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md"))
    built = [page for page in pages if not page.startswith(("_", "claims/")) and page != "index"]
    assert sorted(linked) == sorted(built)


@pytest.mark.parametrize("name", ["index", "claims"])
def test_the_site_lists_each_page_once(name):
    source = [(DOCS / f"{name}.md").read_text(encoding="utf-8")]
    ours("contents").add_contents(SimpleNamespace(srcdir=str(DOCS)), name, source)
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")}
    blocks = re.findall(r"```{toctree}\n(.*?)```", source[0], re.DOTALL)
    listed = [word for block in blocks for word in block.split() if word in pages]
    assert listed and len(listed) == len(set(listed))


def test_the_reference_shows_all_that_python_users_hold():
    text = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    shown = re.findall(r"\.\. auto\w+:: evo\.(\w+)$|`evo\.(__\w+__|Scenario)`", text, re.MULTILINE)
    assert {"".join(names) for names in shown} == set(dir(evo))


COMMANDS = [
    pytest.param(page, line, id=f"{page.stem}: {line}")
    for page in sorted((DOCS / "how").glob("*.md"))
    for block in re.findall(r"^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]

# Of the README, which everybody meets first: those that stand alone, and those in a sentence.
README = DOCS.parent / "README.md"
COMMANDS += [
    pytest.param(README, line, id=f"README: {line}")
    for pair in re.findall(r"^    (evo [^#\n]+?)(?: +#.*)?$|`(evo [^`]+)`", README.read_text("utf-8"), re.MULTILINE)
    for line in pair
    if len(line.split()) > 2
]


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_commands_of_how_to_pages_are_understood(page, line):
    """Options and what they are given; of runs of shipped scenarios also every knob and range."""
    program, name, *given = shlex.split(line)
    if program == "pip":
        assert name == "install"
        return
    assert program == "evo"
    context = main.commands[name].make_context(name, given)
    if name == "run" and not context.params["scenario"].endswith(".toml"):
        assert next(cli._asked(context.params["scenario"], context.params).cells())
