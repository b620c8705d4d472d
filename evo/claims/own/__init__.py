"""What is special to one claim: a file of its name, with any of these functions of a batch.

`answer`: the measured answer, where it is not the realized rate; `measure`: what that is, in words, and its number in
each cell, of which the page tells the knob that it depends on most; `sentences`: further findings; `draw`: its figure.
"""

import importlib
from pkgutil import iter_modules
from types import ModuleType


def own(name: str) -> ModuleType | None:
    """The module of that claim, or None where it has none."""
    known = {module.name for module in iter_modules(__path__)}
    return importlib.import_module(f"{__name__}.{name}") if name in known else None
