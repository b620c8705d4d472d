"""The directive `scenario-fields`: every field of a scenario with its bounds, from the schema that editors use."""

import json
from typing import Any

from sphinx.util.docutils import SphinxDirective

from evo.scenario.fields import json_schema

_TYPES = {"object": "table", "array": "list"}
_BOUNDS = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}


def choices(field: dict[str, Any]) -> list[dict[str, Any]]:
    """What a field may be, each with its own bounds; null, which means left out, is not said."""
    return [one for one in field.get("anyOf", [field]) if one.get("type") != "null"]


def kind(field: dict[str, Any]) -> str:
    """What a field may be, in words: its type and its bounds."""
    said = []
    for one in choices(field):
        if "enum" in one:
            said.append(", ".join(f"`{value}`" for value in one["enum"]))
            continue
        if "const" in one:
            said.append(f"`{one['const']}`")
            continue
        if "$ref" in one:
            said.append(f"a table, [{one['$ref'].rpartition('/')[2]}]")
            continue
        bounds = [f"{words} {one[key]:g}" for key, words in _BOUNDS.items() if key in one]
        said.append(" ".join([_TYPES.get(one.get("type"), one.get("type", "any")), ", ".join(bounds)]).strip())
    return " or ".join(said)


def default(field: dict[str, Any], required: bool) -> str:
    """The default, or that there is none."""
    if required:
        return "must be given"
    if isinstance(field.get("default"), dict):
        return "those below"
    if field.get("default") is None:
        return "left out"
    return f"`{json.dumps(field['default'])}`"


def table(path: str, model: dict[str, Any]) -> str:
    """A table in markdown: a row per field, named as on the command line."""
    rows = ["| field | is | default | meaning |", "|---|---|---|---|"]
    for name, field in model["properties"].items():
        words = (path + name, kind(field), default(field, name in model.get("required", ())))
        meaning = field.get("description", "") or f"see below, `[{name}]`"
        rows.append(" | ".join(["| `" + words[0] + "`", *words[1:], meaning]) + " |")
    return "\n".join(rows)


def tables(schema: dict[str, Any]) -> str:
    """The whole schema in markdown: a heading and a table for each table of a scenario file."""
    named = {}
    for name, field in schema["properties"].items():
        named |= {one["$ref"].rpartition("/")[2]: name for one in choices(field) if "$ref" in one}
    text = ["## The file itself", table("", schema)]
    for model, name in named.items():
        one = schema["$defs"][model]
        text += [f"## `[{name}]`", one.get("description", ""), table(f"{name}.", one)]
    whole = "\n\n".join(text)
    for model, name in named.items():
        whole = whole.replace(f"[{model}]", f"`[{name}]`")
    return whole


class ScenarioFields(SphinxDirective):
    """The tables, where the page asks for them."""

    def run(self) -> list[Any]:
        """The nodes of the tables."""
        return self.parse_text_to_nodes(tables(json.loads(json_schema())), allow_section_headings=True)


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this."""
    app.add_directive("scenario-fields", ScenarioFields)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
