"""How to say in one sentence what is wrong with an input."""

import difflib
import json
from typing import Any

from evo.errors import ScenarioError


def closest(name: str, allowed: list[str]) -> str:
    """'did you mean ...?' where a name is near, and what is allowed."""
    near = difflib.get_close_matches(name, allowed, 1, 0.5)
    return f"did you mean '{near[0]}'? Allowed: {', '.join(allowed)}" if near else f"allowed: {', '.join(allowed)}"


def show(value: Any) -> str:
    """A value as it stands in a file, cut short."""
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def wrong(origin: str, key: str, value: Any, why: str) -> ScenarioError:
    """What is wrong with the value of a key, in one sentence."""
    return ScenarioError(f"{origin}: {key} = {show(value)}: {why}")
