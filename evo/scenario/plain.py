"""What Python programs hand over, as plain Python: NumPy's numbers and arrays, ranges, tuples, paths."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """The same value as TOML and JSON have it: dict, list, str, bool, int, float; what is none of these stays."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, (Sequence, set, frozenset)) and not isinstance(value, (str, bytes)):
        return [plain(item) for item in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    return value.to_list() if type(value).__module__.startswith("polars") and hasattr(value, "to_list") else value
