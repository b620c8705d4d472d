"""How `make docs` builds the site; the pages are the markdown files of this folder, readable as they are."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE / "_site")]

project = "evo"
author = "The evo authors"
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_click",
    "sphinx_copybutton",
    "contents",
    "fields",
]
source_suffix = {".md": "markdown"}
root_doc = "index"
exclude_patterns = ["_build", "_site", "audit/*", "notebooks/*"]

html_theme = "furo"
html_title = "evo"
html_static_path = ["_site/static"]
html_css_files = ["site.css"]
html_copy_source = html_show_sourcelink = False
html_show_sphinx = False
highlight_language = "text"  # of indented blocks, which are commands and what they print
pygments_style, pygments_dark_style = "friendly", "github-dark"
copybutton_selector = "div.highlight-sh pre, div.highlight-python pre, div.highlight-toml pre"

myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False
autosummary_generate = False
