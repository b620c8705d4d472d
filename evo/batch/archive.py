"""What makes a batch's folder stand alone: its scenario resolved, its world declared, the source of a world by path.

    scenario.toml      every field and knob as it was, runnable again; names nothing outside of the folder
    world.json         the world's knobs, traits and units, and of each cell what only code can tell, as data
    world/NAME.py      the file of a world given by path, which is run to evolve and never to read

`world.json` is written before `scenario.toml`, and names every form of it that belongs to the batch, so that a folder
can be read whenever a run was cut off.
"""

import json
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import polars as pl
import tomli_w

from evo import reading
from evo.batch.disk import canonical, holds, make_inside, sealed, write_bytes
from evo.batch.manifest import Manifest
from evo.batch.mending import what_mends
from evo.errors import ScenarioError, WorldError
from evo.kernels.operators import ALL_SCHEMES
from evo.scenario.identity import REVISION, earlier_batch_hash
from evo.scenario.kept import Kept, Stored, entry_of
from evo.scenario.spec import Cell, Spec
from evo.wording import counted, short
from evo.worlds.changes import changes
from evo.worlds.world import declared

FORMAT = 1  # raised where a folder can no longer be read by versions that know only those below


def resolved(spec: Spec) -> dict[str, Any]:
    """The scenario with every field and knob said, as data that run again anywhere."""
    s = spec.scenario
    data = s.model_dump(exclude_none=True)
    data["knobs"] = {
        knob.name: int(spec.knobs[knob.name]) if knob.integer else spec.knobs[knob.name] for knob in spec.world.knobs
    }
    if ALL_SCHEMES[s.selection.scheme].parameter is not None:
        data["selection"]["parameter"] = spec.parameter
    if spec.world.source is not None:
        data["world"] = f"./world/{spec.world.source.path.name}"
    for key in s.sweep:
        data["sweep"][key] = spec.axis(key)
    said = {key: value for key, value in data.items() if value not in ({}, "")}
    return tomllib.loads(tomli_w.dumps(said))  # as whoever reads the file gets it


def _decisive(data: Mapping[str, Any]) -> str:
    """Hash of what decides the records in a scenario's data: not of words, nor of how many replicates and points."""
    rest = {key: value for key, value in data.items() if key not in ("name", "claim", "source", "page")}
    for table, keys in (("batch", ("replicates", "until")), ("sample", ("points",))):
        if isinstance(rest.get(table), dict):
            rest[table] = {key: value for key, value in rest[table].items() if key not in keys}
    return canonical(rest)


def _toml(file: Path) -> dict[str, Any]:
    try:
        return reading.tables(file)
    except (OSError, ValueError) as error:
        raise ScenarioError(f"{file}: cannot be read as TOML: {short(reading.why_not(error), 300)}") from None


# --- writing, by whoever holds the lock


def _known(folder: Path) -> dict[str, Any] | None:
    """What `world.json` says; None where it is not there or does not hold.

    Raises
    ------
    ScenarioError : it is of a later evo
    """
    try:
        data = reading.parsed(reading.content(folder / "world.json"))
    except (OSError, ValueError):
        return None
    if not holds(data):
        return None
    if data["format"] > FORMAT:
        which = f"{data['evo']} (format {data['format']})"
        raise ScenarioError(f"{folder / 'world.json'}: is of a later evo, {which}; install that to use it")
    return dict(data)


def keep_world(folder: Path, spec: Spec, cells: list[Cell]) -> frozenset[str]:
    """Write the world's source and declaration where they are not there; returns the keys of all cells ever asked for.

    cells : of the spec
    """
    known = _known(folder)
    if known is not None and known["batch"] != spec.batch_hash:
        known = None
    world, source = spec.world.declaration(), spec.world.source
    if source is not None:
        file = make_inside(folder, "world") / source.path.name
        if known is None or not file.is_file():
            write_bytes(file, source.content)
        world["source"] = {"file": f"world/{file.name}", "sha256": source.digest, "meaning": source.meaning}
    before = {canonical(entry["set"]): entry for entry in known["cells"]} if known else {}
    asked = {canonical(cell.set): cell for cell in cells}
    forms = known["scenario"] if known else []
    form = _decisive(resolved(spec))
    if known is None or not asked.keys() <= before.keys() or form not in forms:
        entries = {name: before[name] if name in before else entry_of(cell) for name, cell in asked.items()}
        entries |= {name: entry for name, entry in before.items() if name not in entries}
        known = {
            "format": FORMAT, "evo": metadata.version("evo-sandbox"), "revision": REVISION, "batch": spec.batch_hash,
            "scenario": [*forms, *([form] if form not in forms else [])], "engine": spec.engine,
            "world": known["world"] if known else world, "cells": list(entries.values()),
        }  # fmt: skip
        write_bytes(folder / "world.json", (json.dumps(sealed(known), indent=1) + "\n").encode())
    return frozenset(entry["key"] for entry in known["cells"])


def keep_scenario(folder: Path, spec: Spec, stored: int) -> None:
    """Write the scenario where it differs from what is there; asking for fewer replicates or points changes nothing.

    stored : replicates that some cell has by now
    """
    file, data = folder / "scenario.toml", resolved(spec)
    try:
        before = _toml(file)
    except ScenarioError:
        before = {}
    size = dict(data["batch"])
    if before and _decisive(before) == _decisive(data):
        old = before.get("batch", {})
        if old.get("until") == size.get("until"):
            size["replicates"] = max(size["replicates"], old.get("replicates", 0))
        if "sample" in data:
            points = max(data["sample"]["points"], before["sample"].get("points", 0))
            data["sample"] = data["sample"] | {"points": points}
    data["batch"] = size | {"replicates": max(size["replicates"], stored)}
    if data != before:
        write_bytes(file, tomli_w.dumps(data).encode())


def _when(folder: Path) -> float:
    """When a folder was changed; long ago where it is gone meanwhile, or a link to nowhere."""
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


def changed_since(folder: Path, spec: Spec) -> str:
    """What changed in the world's file since its latest other batch beside this folder; empty where nothing did."""
    source = spec.world.source
    if source is None:
        return ""
    others = [other for other in folder.parent.glob(f"{spec.scenario.name}-*") if other != folder]
    for other in sorted(others, key=_when, reverse=True):
        manifest = Manifest(other)
        try:
            kept = (_known(other) or {}).get("world", {}).get("source")
            manifest.read()
        except ScenarioError:  # of a later evo, or damaged
            continue
        if kept is None or Path(kept["file"]).name != source.path.name:
            continue
        if kept["meaning"] == source.meaning:
            return ""
        count = sum(last - first + 1 for _, first, last in manifest.spans)
        if not count:  # every replicate of it failed, or none was evolved
            continue
        try:
            names = changes(reading.content(other / "world" / source.path.name), source.content)
        except OSError:
            names = []
        what = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        what = f"{source.path.name}: {what or 'something'} changed since the {counted(count, 'replicate')} in {other}"
        return f"{what}; these go into a folder of their own, {folder}"
    return ""


def under_another_name(folder: Path, spec: Spec) -> str:
    """That the scenario lies in a folder of this batch which is not that of its name; empty where it does not."""
    other = spec.folder
    if other is None or not (other / "manifest.jsonl").is_file() or other.resolve() == folder.resolve():
        return ""
    manifest = Manifest(other)
    with suppress(ScenarioError):
        manifest.read()
    if manifest.batch != spec.batch_hash:
        return ""
    return f"{other} holds this batch too, and stays as it is; these replicates go into a folder of their own, {folder}"


# --- reading


def read(folder: Path) -> Kept | None:
    """The scenario of a folder as it was stored; None in folders of an earlier evo, which keep no declaration.

    Raises
    ------
    ScenarioError : something is damaged or was edited, in one sentence
    """
    file = folder / "world.json"
    if not file.exists():
        return None
    kept = _known(folder)
    if kept is None:
        raise ScenarioError(f"{file}: cannot be read, or is damaged; {what_mends(folder)}")
    scenario = folder / "scenario.toml"
    data = _toml(scenario)
    if _decisive(data) not in kept["scenario"]:
        raise ScenarioError(
            f"{scenario}: is not what this folder was evolved from: it was edited or damaged since; run the scenario "
            "that you want again, from a file elsewhere"
        )
    try:
        world = declared(kept["world"])
    except WorldError as error:
        raise ScenarioError(f"{file}: {error}") from None
    return Kept(data, str(scenario), folder, world, Stored(kept["cells"], kept["batch"], kept["engine"]))


def names_a_file(folder: Path) -> bool:
    """Whether the scenario of a folder names the file of a world.

    Raises
    ------
    ScenarioError : the scenario cannot be read
    """
    return str(_toml(folder / "scenario.toml").get("world", "")).endswith(".py")


def is_earlier(folder: Path, spec: Spec, batch: str | None) -> bool:
    """Whether a folder of this hash is of the scenario in it, by an evo that hashed values as they were written.

    spec : of that scenario, of a world that came with evo
    """
    if batch is None or names_a_file(folder):
        return False
    return earlier_batch_hash(spec, _toml(folder / "scenario.toml")) == batch


def stored_earlier(folder: Path, spec: Spec) -> str:
    """Where beside this folder an earlier evo stored the same batch, by another hash; empty where nowhere."""
    for other in sorted(folder.parent.glob(f"{spec.scenario.name}-*")):
        if other == folder or (other / "world.json").exists():
            continue
        manifest = Manifest(other)
        try:
            manifest.read()
            if not names_a_file(other) and manifest.batch not in ("", spec.batch_hash):
                kept = Spec(_toml(other / "scenario.toml"), str(other), other)
                if kept.batch_hash == spec.batch_hash and is_earlier(other, kept, manifest.batch):
                    return (
                        f"{other} holds this batch as an earlier evo stored it, by other forms of its values; it can "
                        f"be read, and these replicates go into a folder of their own, {folder}"
                    )
        except (ScenarioError, OSError):  # damaged, or of a world that is no more
            continue
    return ""


def told_by_records(folder: Path, runs: pl.DataFrame, batch: str) -> Kept:
    """The scenario of a folder of an earlier evo, of a world by path, which is declared by its columns alone.

    Raises
    ------
    ScenarioError : there are no records
    """
    file = folder / "scenario.toml"
    data = _toml(file)
    if runs.is_empty():
        raise ScenarioError(f"{folder}: holds no replicate, and nothing that tells of its world without its code")
    named = {
        start: [name.removeprefix(start) for name in runs.columns if name.startswith(start)]
        for start in ("knob.", "training.", "set.")
    }
    unknown = {"unit": "unit unknown", "meaning": ""}
    bounds = {"low": -float("inf"), "high": float("inf")}
    world = declared({
        "name": Path(str(data.get("world", ""))).stem,
        "summary": "as its columns tell",
        "knobs": [{"name": n, "default": runs[f"knob.{n}"][0], **bounds, **unknown} for n in named["knob."]],
        "traits": [{"name": n, **unknown} for n in named["training."]],
    })  # fmt: skip
    engine = str(data.get("engine", "numba"))
    columns = ["cell", *(f"set.{name}" for name in named["set."])]
    cells = [
        {"set": dict(zip(named["set."], row[1:], strict=True)), "key": row[0], "engine": engine}
        for row in runs.select(columns).unique(maintain_order=True).sort(columns[1:] or columns).rows()
    ]
    axes = {key: runs[f"set.{key}"].unique(maintain_order=True).to_list() for key in data.get("sweep", ())}
    return Kept(data, str(file), folder, world, Stored(cells, batch, engine, axes))
