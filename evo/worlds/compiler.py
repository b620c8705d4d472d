"""What numba says of code that it cannot compile, in one short sentence with the line."""

import re
from typing import Any, NamedTuple

_PLAIN = (
    (r"Literal\[str\]\((.*?)\)", r"the text '\1'"),
    (r"Literal\[(?:int|bool)\]\((.*?)\)", r"\1"),
    (r"(?:readonly )?array\((\w+), (\d)d, \w+\)", r"an array of \1 with \2 dimensions"),
    (r"Array\((\w+), (\d), '\w+'[^)]*\)", r"an array of \1 with \2 dimensions"),
    (r"unicode_type", "a text"),
    (r"UniTuple\((\w+) x (\d+)\)", r"\2 numbers (\1)"),
    (r"reflected list\((.*?)\)<iv=.*?>", r"a list of \1"),
    (r"\bnone\b", "nothing"),
    (r"with 1 dimensions", "with 1 dimension"),
)
_BOILERPLATE = ("Failed in", "Invalid use of", "During:", "Internal error", "Overload", "There are")


class Said(NamedTuple):
    """Where in a file the compiler stopped, None where it does not say, and why."""

    line: int | None
    why: str


def plain(text: str) -> str:
    """Numba's names of types in words."""
    for pattern, words in _PLAIN:
        text = re.sub(pattern, words, text)
    return text


def explain(error: Exception, file: str) -> Said:
    """The short form of an error. file: whose lines are looked for."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    name = re.escape(file.rsplit("/", 1)[-1])
    lines = [int(n) for n in re.findall(rf'(?:{name} \((\d+)\)|File "[^"]*{name}", line (\d+))', text) for n in n if n]
    loc = getattr(error, "loc", None)
    if not lines and loc is not None and str(loc.filename) == file:
        lines = [int(loc.line)]
    why = _why(text)
    return Said(lines[0] if lines else None, why if len(why) <= 220 else why[:217] + "...")


def _why(text: str) -> str:
    for known, sentence in _KNOWN:
        if match := re.search(known, text):
            return plain(sentence(match)).strip()
    for line in text.splitlines():
        if line.strip() and not line.strip().startswith(_BOILERPLATE):
            return plain(line.strip())
    return "it cannot be compiled"


def _parts(arguments: str) -> list[str]:
    """What stands between the commas of a call, whatever brackets hold."""
    parts, depth = [""], 0
    for c in arguments:
        depth += (c in "([<") - (c in ")]>")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return [part.strip() for part in parts]


def _no_such_call(match: Any) -> str:
    name, arguments = match[1], _parts(match[2])
    if name in ("setitem", "static_setitem") and len(arguments) == 3:
        if arguments[0] in _NUMBERS:
            return "a number is written into as if it were an array; its name was given to a number before"
        return f"{arguments[2]} cannot be put into a place of {arguments[0]}"
    if name in ("getitem", "static_getitem") and len(arguments) == 2:
        return f"{arguments[0]} cannot be indexed by {arguments[1]}"
    return f"{name} cannot be done with {' and '.join(arguments)}"


_NUMBERS = ("int64", "uint64", "float64", "bool", "boolean")
_OPCODES = {
    "STORE_GLOBAL": "a global cannot be changed by compiled code",
    "IMPORT_NAME": "compiled code cannot import; import at the top of the file",
}


def _of_what(match: Any) -> str:
    kind = {"function": "a Python function that is not compiled; decorate it with @kernel() from evo.kernels.jit"}
    known = kind.get(match[2], f"a {match[2]}, which compiled code cannot use")
    return f"'{match[1]}' is {known}"


# A pattern of numba's text, and what it means; the first that is found.
_KNOWN: tuple[tuple[str, Any], ...] = (
    (r"NameError: name '(\w+)' is not defined", lambda m: f"the name '{m[1]}' is not defined before it is used"),
    (r"[Uu]ntyped global name '(\w+)'.*?<class '(?:\w+\.)*(\w+)'>", _of_what),
    (r"f-strings?\b|opcode \(FORMAT_", lambda m: "compiled code cannot put numbers into text"),
    (r"unsupported opcode \((\w+)\)", lambda m: _OPCODES.get(m[1], f"compiled code has no {m[1]}")),
    (r">>> exception_match", lambda m: "compiled code cannot tell kinds of errors; write `except Exception:`"),
    (
        r"array index type unicode_type|array index type Literal\[str\]",
        lambda m: "an array is indexed by a text; name its column: knobs[K.name], traits[i, T.name]",
    ),
    (r"Cannot modify readonly array", lambda m: "an array of the file cannot be changed by compiled code"),
    (r"Cannot unify (.+?) and (.+?) for '(\w+)", lambda m: f"'{m[3]}' is {m[1]} here and {m[2]} elsewhere"),
    (r"Unknown attribute '(\w+)' of type Columns\((.*?)\)", lambda m: f"there is no knob or trait '{m[1]}'"),
    (r"Unknown attribute '(\w+)' of type (.+)", lambda m: f"there is no '{m[1]}' in it ({m[2][:60]})"),
    (r"due to \"TypeError: (.+?)\"", lambda m: f"a call does not fit what it calls: {m[1].rstrip('.')}"),
    (r"No conversion from .+ to none for '\$\w*return_value", lambda m: "it returns a value, and must return nothing"),
    (r"(?:NumbaTypeError|TypingError|NumbaValueError): ((?:cannot index|Unsupported array index).+)", lambda m: m[1]),
    (r">>> (\w+)\((.*)\)", _no_such_call),
)
