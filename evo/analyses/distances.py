"""How many mutations a carrier is away, in each cell; kept in the folder, for a replicate is evolved to tell."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl

from evo import reading
from evo.batch.disk import holds, sealed, write_bytes
from evo.engines.distance import steps_to_carrier
from evo.scenario.spec import Cell

FILE, FORMAT = "distances.json", 1


def lacking(runs: pl.DataFrame) -> int | None:
    """The first replicate that lacks the property; None where none does. runs: rows of a cell"""
    return min(runs.filter(~pl.col("realized"))["replicate"].to_list(), default=None)


def distances(folder: Path, asked: Mapping[str, tuple[Cell, int | None]]) -> dict[str, dict[str, Any]]:
    """What `evo.engines.distance` tells of cells, what is not known of them found out and kept.

    Parameters
    ----------
    folder : of the batch
    asked : by its key a cell, with its code, and the replicate whose end is asked of, if any

    Returns
    -------
    by the key of a cell {"steps": from the commonest founder, "steps_end": from the commonest of the last of the
    replicate, None where there is none}
    """
    kept = _kept(folder)
    known = {key: of for key, of in kept.items() if key not in asked or of["replicate"] == asked[key][1]}
    for key, (cell, replicate) in asked.items():
        if key not in known:
            end = None if replicate is None else steps_to_carrier(cell.spec, replicate)
            known[key] = {"replicate": replicate, "steps": steps_to_carrier(cell.spec), "steps_end": end}
    if known != kept:
        with suppress(OSError):  # it is found out again
            write_bytes(folder / FILE, json.dumps(sealed({"format": FORMAT, "cells": known})).encode())
    return {key: {name: known[key][name] for name in ("steps", "steps_end")} for key in asked}


def _kept(folder: Path) -> dict[str, dict[str, Any]]:
    """What is kept in a folder; nothing where the file is damaged or another evo's."""
    try:
        data = reading.parsed(reading.content(folder / FILE))
    except (OSError, ValueError):
        return {}
    return dict(data["cells"]) if holds(data) and data["format"] == FORMAT else {}
