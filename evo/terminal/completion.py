"""What the shell completes: scenarios, claims, knobs and fields. Loads nothing until it is asked."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from click.shell_completion import CompletionItem

from evo import reading


def scenario_names(ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
    """Names of scenarios, and files."""
    from evo.places import scenario_files

    found = [CompletionItem(name) for name in sorted(scenario_files()) if name.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="file")]


def claim_names(ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
    """Names of scenarios that have a page."""
    from evo.places import scenario_files

    known = {name: path for name, path in scenario_files().items() if name.startswith(incomplete)}
    return [CompletionItem(name) for name, path in sorted(known.items()) if _has_page(path)]


def _has_page(path: Path) -> bool:
    try:
        return b"\n[page]" in reading.content(path)
    except OSError:
        return False


def settings(ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
    """K= of every knob of the scenario that was named, and of every field by dotted path."""
    if "=" in incomplete:
        return []
    # Where the option still lacks its value, the scenario is not yet among the parameters.
    scenario = ctx.params.get("scenario") or next(iter(ctx.args), None)
    return [
        CompletionItem(f"{name}=", help=meaning) for name, meaning in _fields(scenario) if name.startswith(incomplete)
    ]


def _fields(scenario: str | None) -> Iterator[tuple[str, str]]:
    from evo.errors import ScenarioError
    from evo.scenario.fields import fields_at

    if scenario:
        from evo.scenario.library import load

        with suppress(ScenarioError):
            for knob in load(scenario).world.knobs:
                yield knob.name, f"{knob.meaning} ({knob.unit}), {knob.low:g} to {knob.high:g}"
    yield "engine", "how populations are simulated"
    for table in ("population", "selection", "variation", "property", "batch"):
        for name in fields_at((table,)):
            yield f"{table}.{name}", ""
