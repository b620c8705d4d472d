"""What a batch was made of, where it comes from, and how to make it again."""

import hashlib
import json
import shlex
from pathlib import Path
from typing import Any

from evo import reading
from evo.errors import ScenarioError
from evo.report.page import Element, element, section, table

RUNS_TOLD = 50  # of the history
SOURCE = 200_000  # bytes of a world's file


def scenario(batch: Any, place: str) -> Element:
    world = batch.spec.world
    knobs = [
        [
            knob.name, f"{batch.spec.knobs[knob.name]:g}", f"{batch.spec.deployment[knob.name]:g}",
            f"{knob.low:g} to {knob.high:g}", knob.unit, knob.meaning,
        ]
        for knob in world.knobs
    ]  # fmt: skip
    traits, probes = ([[one.name, one.unit, one.meaning] for one in many] for many in (world.traits, world.probes))
    text = (batch.folder / "scenario.toml").read_text(encoding="utf-8", errors="replace")
    return section(
        "Scenario", place,
        element("p", f"World “{world.name}”: {world.summary}. Its knobs, before any sweep:"),
        table(["knob", "training", "deployment", "allowed", "unit", "meaning"], knobs, "Knobs of the world", (1, 2)),
        element("p", "What is measured of each agent, its traits; the first is what selection sees:"),
        table(["trait", "unit", "meaning"], traits, "Traits of the world"),
        element("p", "What agents are asked at recorded generations, its probes:") if probes else None,
        table(["probe", "unit", "meaning"], probes, "Probes of the world") if probes else None,
        element("p", "The whole scenario, every field written out, as it runs again:"),
        element("pre", element("code", text)),
        _source(batch.folder),
    )  # fmt: skip


def _kept_source(folder: Path) -> tuple[str, str]:
    """Name of a world's kept file and its sha256, as the folder says; both empty where there is none."""
    try:
        said = reading.parsed(reading.content(folder / "world.json"))["world"]["source"]
        return Path(str(said["file"])).name, str(said["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", ""


def _source(folder: Path) -> Element | None:
    """The file of a world given by path, as text; nothing that a link in the folder leads to."""
    name, digest = _kept_source(folder)
    file = folder / "world" / name
    if not name or file.is_symlink() or file.parent.is_symlink() or not file.is_file() or file.stat().st_size > SOURCE:
        return None
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        return None
    text = content.decode("utf-8", "replace")
    return element("details", element("summary", f"The world's file, {name}"), element("pre", element("code", text)))


def _plain(value: Any) -> str:
    """A word or list of words of the history, whatever a folder from elsewhere has in that place."""
    if isinstance(value, list):
        return shlex.join(map(str, value))
    return value if isinstance(value, str) else "-" if value is None else json.dumps(value, default=str)


def _run_of(entry: dict[str, Any]) -> list[str]:
    """A run of the history: when, what, by which evo, on what."""

    def part(name: str) -> dict[str, Any]:
        return found if isinstance(found := entry.get(name), dict) else {}

    versions = ", ".join(f"{name} {_plain(version)}" for name, version in part("versions").items())
    evo, machine = part("evo"), part("machine")
    commit = _plain(entry.get("commit"))[:12]
    return [
        _plain(entry.get("started")), _plain(entry.get("command")), _plain(entry.get("new_replicates")),
        _plain(entry.get("seconds")), _plain(entry.get("seed")),
        f"{_plain(evo.get('version'))}, revision {_plain(evo.get('revision'))}, commit {commit}", versions,
        f"{_plain(machine.get('system'))} {_plain(machine.get('processor'))}, {_plain(machine.get('cores'))} cores",
    ]  # fmt: skip


def _digest(batch: Any) -> str:
    """The digest of the records, or that they are not all there to have one."""
    try:
        return f"sha256 {batch.digest()}"
    except ScenarioError:
        return "none, for some of them are missing or damaged"


def provenance(batch: Any, place: str) -> Element:
    facts = [
        ["records", _digest(batch), "digest of all records, however they were split or computed"],
        ["batch", f"{batch.spec.batch_hash}", "hash of everything that decides the records but their number"],
    ]
    name, source = _kept_source(batch.folder)
    if name:
        facts.append([name, f"sha256 {source}", "the world's file, which the folder keeps"])
    return section("Where it comes from", place, *facts_and_runs(facts, batch.provenance()))


def facts_and_runs(facts: list[list[str]], history: list[dict[str, Any]]) -> list[Element]:
    """Digests, and every run that a folder tells of. facts: what, value, meaning of each."""
    head = ["begun (UTC)", "command", "new replicates", "seconds", "seed", "evo", "versions", "machine"]
    some = f"The last {RUNS_TOLD} of {len(history)} runs" if len(history) > RUNS_TOLD else "Every run"
    found = [table(["what", "value", "meaning"], facts, "Digests")]
    if not history:
        return [*found, element("p", "The folder does not say which runs evolved it.")]
    runs = table(head, [_run_of(entry) for entry in history[-RUNS_TOLD:]], "Runs", (2, 3, 4))
    return [*found, element("p", f"{some} that evolved something of it:"), runs]


def again(batch: Any, place: str) -> Element:
    s = batch.spec.scenario
    own, file = _kept_source(batch.folder)[0], f"{s.name}.toml"
    beside: list[Element | str] = (
        [", and the world's file beside it as ", element("code", f"world/{own}")] if own else []
    )
    steps = [
        element("li", "Install evo; of the same version and revision for the same records to the last bit."),
        element("li", "Save the scenario above as ", element("code", file), *beside, "."),
        element("li", "Run it: ", element("code", f"evo run {file}" + (" --trust" if own else "")), ". "
                "It prints the folder of the results; ", element("code", "evo digest FOLDER"),
                " must print the digest above, if as many replicates were evolved."),
        element("li", "With the folder itself at hand: ", element("code", "evo why FOLDER"), " tells why, ",
                element("code", "evo figures FOLDER"), " draws, ",
                element("code", "evo replay FOLDER CELL REPLICATE"), " evolves one replicate again and compares."),
    ]  # fmt: skip
    trust = (
        "This world is a Python file of its author: --trust runs it. Read it first."
        if own
        else "Scenario files run no code of their own."
    )
    return section(
        "How to repeat it", place, element("ol", *steps), element("p", trust),
        element("p", "Every replicate draws from streams that follow from the seed, the cell and its number alone, so "
                "that more replicates or cells leave these as they are."),
    )  # fmt: skip
