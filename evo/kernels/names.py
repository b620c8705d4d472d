"""Names in numbers' place: kernels say which column of an array they mean. Imports no numba."""

import collections
from collections.abc import Iterable
from typing import Any

_namedtuple: Any = collections.namedtuple


def columns(declared: Iterable[Any]) -> Any:
    """A named tuple of 0, 1, 2, ... by the names declared: texts, or whatever has a `name`.

    Numba freezes it: `knobs[K.cost]` compiles to what `knobs[3]` compiles to, and follows the order declared.

    >>> columns(("mean", "variance")).variance
    1
    """
    names = [getattr(one, "name", one) for one in declared]
    return _namedtuple("Columns", names)(*range(len(names)))
