"""What the optimizers of a scenario were tuned to: fields that hold where one kind is used, and not beside others."""

import itertools
from collections.abc import Collection, Mapping
from typing import Any

KIND = "optimizer.kind"


def tuned(data: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario's data with the fields that its kind of optimizer was tuned to; as it is where several are swept."""
    data = dict(data)
    if any(KIND in axes for axes in (data.get("sweep", {}), data.get("sample", {}).get("ranges", {}))):
        return data
    kind = data.get("optimizer", {}).get("kind", "genetic")
    for key, value in data["tuning"].get("chosen", {}).get(kind, {}).items():
        table, _, name = key.rpartition(".")
        table = table or "knobs"
        data[table] = data.get(table, {}) | {name: value}
    return data


def untuned(tuning: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """The table of tuning without what was chosen for these fields."""
    chosen = {
        kind: {key: value for key, value in values.items() if key not in keys}
        for kind, values in tuning.get("chosen", {}).items()
    }
    return dict(tuning) | {"chosen": chosen}


def settings(tried: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """Every combination of the values that are tried of one kind, in order."""
    return [dict(zip(tried, values, strict=True)) for values in itertools.product(*tried.values())]
