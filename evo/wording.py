"""How things are said: what is wrong with an input, numbers with their intervals, names of cells."""

import difflib
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evo.errors import COMMANDS, LONGEST, ScenarioError
from evo.errors import one_line as one_line
from evo.errors import short as short


def nearest(name: str, allowed: list[str]) -> str:
    """The name that was meant, if one is near: one that goes on from it or ends so, else one of like letters."""
    longer = [other for other in allowed if len(name) > 2 and other.startswith(name)]
    longer += [other for other in allowed if len(name) > 2 and other.endswith(f"_{name}")]
    return next(iter(longer or difflib.get_close_matches(name[:100], allowed, 1, 0.5)), "")


def closest(name: str, allowed: list[str]) -> str:
    """'did you mean ...?' where a name is near, and what is allowed."""
    if not allowed:
        return "there are none"
    every = short(", ".join(allowed), 700)
    return f"did you mean '{near}'? Allowed: {every}" if (near := nearest(name, allowed)) else f"allowed: {every}"


def counted(count: int, what: str) -> str:
    """'1 replicate', '40 replicates'; with commas from 10,000 on."""
    return f"{f'{count:,}' if count >= 10_000 else count} {what}{'s' * (count != 1)}"


def show(value: Any) -> str:
    """A value as it stands in a file, cut short and without anything that a terminal would obey."""
    if isinstance(value, int) and value.bit_length() > 200:  # Python refuses to write those of thousands of digits
        return f"a whole number of about {round(value.bit_length() * 0.30103)} digits"
    if isinstance(value, (list, tuple)):
        value = value[:60]
    try:
        text = json.dumps(value, default=str, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError):
        text = f"a {type(value).__name__}"
    text = one_line(text)
    return text if len(text) <= 60 else text[:57] + "..."


def wrong(origin: str, key: str, value: Any, why: str) -> ScenarioError:
    """What is wrong with the value of a key, in one sentence."""
    return ScenarioError(short(f"{short(origin, 300)}: {short(key)} = {show(value)}: {why}", LONGEST))


# --- text of others

_LINES = {code: text for code, text in COMMANDS.items() if code not in (0x09, 0x0A)}


def refuse_letters(path: Path | str) -> None:
    """Raise ScenarioError where a path has letters that are no UTF-8: libraries that store tables take no other."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        told = str(path).encode("utf-8", "backslashreplace").decode("utf-8")
        raise ScenarioError(f"{show(told)}: the names of folders of results must be UTF-8") from None


def shown(text: str) -> str:
    """Text that somebody wrote, letter for letter; what would command a terminal is written out: \\x1b."""
    return text.translate(_LINES)


def markdown(text: str) -> str:
    """The same as Markdown has it, on one line: no formatting, no table's bar, no HTML, no formula."""
    text = one_line(" ".join(text.split()))
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text).replace("<", "&lt;")
    text = re.sub(r"([\\`*\[\]|$~]|(?<![^\W_])_|_(?![^\W_]))", r"\\\1", text)
    return re.sub(r"^(\d*)([#>+.)-])", r"\1\\\2", text)  # a heading, a quotation, a list


# --- numbers


def number(value: Any, digits: int = 3) -> str:
    """A number for a table; a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}g}"


def percent(share: float) -> str:
    """A share above nought in percent: '118%', '12%', '0.4%'."""
    return f"{share:.0%}" if share >= 0.0995 else f"{100.0 * share:.2g}%"


def signed(share: float) -> str:
    """A share of either sign in percent: '+12%', '-0.4%'."""
    return ("+" if share >= 0.0 else "-") + percent(abs(share))


def fixed(value: float, digits: int = 2) -> str:
    """A number with so many decimals; what rounds to nought has no sign: '0.00', never '-0.00'."""
    return f"{round(value, digits) + 0.0:.{digits}f}"


def estimate_text(value: float, low: float, high: float, apart: float | None = None) -> str:
    """'0.41 (0.37 to 0.46)': all three with the same decimals, as many as the width of the interval bears out.

    The first digit of the width counts, and the second where that is 1 to 3.5 (as the Particle Data Group rounds); two
    decimals at least of what is narrower than 1. Up to five where an end would else be rounded to `apart`, so that a
    reader sees on which side of it the interval lies. Only the value where an end is not finite.
    """
    width = high - low
    if not math.isfinite(width):
        return fixed(value)
    digits = 2
    if width > 0.0:
        digits = math.ceil(-math.log10(width))
        digits = min(5, digits + (width * 10.0**digits < 3.5))
    digits = max(digits, 2 if width < 1.0 else 1 if width < 10.0 else 0)
    while apart is not None and digits < 5 and any(end != apart == round(end, digits) for end in (low, high)):
        digits += 1
    return f"{fixed(value, digits)} ({fixed(low, digits)} to {fixed(high, digits)})"


def interval(low: Any, high: Any, digits: int = 2) -> str:
    """'low to high'; empty where there is none."""
    return "" if low is None or high is None else f"{low:.{digits}g} to {high:.{digits}g}"


def rate_text(summary: Mapping[str, Any]) -> str:
    """A realized rate with its interval; none of n is an upper bound, never 0 %."""
    if summary["realized"] == 0:
        return f"below {summary['high']:.2g}"
    return f"{summary['rate']:.3g} ({interval(summary['low'], summary['high'])})"


def rate_sentence(k: int, n: int, low: float, high: float) -> str:
    """'3 of 40 (95 % interval 0.026 to 0.2)'."""
    return f"{k} of {n} (95 % interval {interval(low, high)})"


def difference_text(arm: Mapping[str, Any]) -> str:
    """The rate of an arm less that as it is, with its interval: '-0.25 (-0.4 to -0.1)'."""
    return f"{arm['difference']:+.2g} ({interval(arm['low'], arm['high'])})"


def kept_text(cell: Mapping[str, Any]) -> str:
    """How many have the property after the shift too, where that is not all that have it; else empty.

    Empty too where the shift cannot take it away.
    """
    if not cell["at_stake"]:
        return ""
    stages, arms = cell["stages"], cell["arms"]
    pairs = [(stages["realized"]["count"], stages["generalizes"]["count"])]
    pairs += [(arm["realized"], arm["kept"]) for arm in arms.values()]
    if not arms or all(realized == kept for realized, kept in pairs):
        return ""
    words = [f"{pairs[0][1]} as it is", *(f"{arm['kept']} {name}" for name, arm in arms.items())]
    return f"told by who keeps it after the shift: {', '.join(words)}"


def cause_text(cause: str, arms: Mapping[str, Mapping[str, Any]]) -> str:
    """A verdict, or the cause of a share, in words: arms of environment supply no carrier, but what tells."""
    return "not told" if cause == "no supply" and any("knobs" in arm for arm in arms.values()) else cause


def undecided_text(cell: Mapping[str, Any], mark: str = "") -> str:
    """Between which causes a verdict is undecided, each between two marks, and how many replicates would decide."""
    first, second = (f"{mark}{cause_text(cause, cell['arms'])}{mark}" for cause in cell["between"])
    enough = f"; about {cell['needed']} replicates would decide" if cell["needed"] else ""
    return f"between {first} and {second}{enough}"


def of_failure(failure: Mapping[str, Any]) -> str:
    """Which replicate failed, in which generation where that is known, and why."""
    when = f", generation {failure['generation']}" if failure["generation"] >= 0 else ""
    return f"replicate {failure['replicate']}{when}: {failure['reason']}"


# --- names


def short_name(key: str) -> str:
    """A field in a word or two: 'parts', 'size', 'change at', 'validity deployed'."""
    table, _, name = key.rpartition(".")
    return f"{name} deployed" if table == "deployment" else f"change {name}" if table == "change" else name


def value_text(value: Any) -> str:
    """A value of a field, in the one form that tables, sentences and figures have: 0, 0.05, 50000, 1e8, true.

    Whole where a person may have written it, so that no two look alike: up to ten digits; others, of ranges and
    samples, have four.
    """
    if isinstance(value, list):
        return ", ".join(map(value_text, value))
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    if isinstance(value, float):
        whole = f"{value:.10g}"
        text = whole if float(whole) == value else f"{value:.4g}" if abs(value) < 1e4 else f"{value:g}"
    if isinstance(value, (int, float)) and abs(value) >= 1_000_000 and float(f"{value:.3g}") == value:
        text = f"{value:.3g}"
    return shown(re.sub(r"(\d)e\+0*", r"\1e", text) if isinstance(value, (int, float)) else text)


def knobs_text(knobs: Mapping[str, float]) -> str:
    """Knobs and their values, in words: 'tell 1, step 0.05'."""
    return ", ".join(f"{name} {value_text(value)}" for name, value in knobs.items())


def cell_name(settings: Mapping[str, Any]) -> str:
    """What a cell sets, in words: 'parts 4, size 1000'; empty where nothing is swept."""
    return ", ".join(f"{short_name(key)} {value_text(value)}" for key, value in settings.items())
