"""The site of the docs: every page has its place in it, and the reference shows what there is."""

import importlib.util
import re

import evo
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


def test_the_reference_shows_all_that_python_users_hold():
    text = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    shown = re.findall(r"\.\. auto\w+:: evo\.(\w+)$|`evo\.(__\w+__|Scenario)`", text, re.MULTILINE)
    assert {"".join(names) for names in shown} == set(dir(evo))
