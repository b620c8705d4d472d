"""docs/claims.md: the table of all claims, from the pages that are there."""

from pathlib import Path

from evo import reading
from evo.claims.answer import ALONE, MOVES, OTHER
from evo.claims.holding import TURNED
from evo.claims.known import claims
from evo.claims.page import put
from evo.claims.text import ANSWER, BUILT, DEPENDS, FOUND, HOLDS, WITHDRAWN
from evo.claims.untreated import UNTREATED, Sentence
from evo.measure.robustness import GONE, WEAKENS
from evo.wording import markdown

# Of the answer itself; a page says it of each of its numbers.
_KINDS = {BUILT: "by construction", FOUND: "found", WITHDRAWN: "withdrawn"}


def write_table(docs: Path) -> Path:
    """Write docs/claims.md from the pages that are there."""
    lines = [
        "# Claims",
        "",
        "Each claim of the debate as a runnable scenario: who says it, what the answer is, how far that holds, whether "
        "it follows from the knobs (by construction) or was found, and what would change it. A claim that cannot "
        "be shown this way is withdrawn, and kept with that verdict. Written by `evo claims`; each page says more, and "
        "the words are defined in [measures](measures.md).",
        "",
        "| claim | who says it | the answer | holds | by construction, or found | what changes it |",
        "|---|---|---|---|---|---|",
    ]
    for name, path in claims().items():
        page = docs / "claims" / f"{name}.md"
        if page.is_file():
            text, data = page.read_text(encoding="utf-8").splitlines(), reading.tables(path)
            said = data["page"]  # as written: to load it would compile every world
            found = [
                f"[{markdown(data['claim'])}](claims/{name}.md)",
                markdown(said.get("says", "")),
                next(filter(None, (_line(text, begins) for begins in (FOUND, BUILT, WITHDRAWN, ANSWER))), ""),
                _line(text, HOLDS) or ("withdrawn" if said.get("withdrawn") else "not asked"),
                next((word for begins, word in _KINDS.items() if _line(text, begins)), "not labelled yet"),
                _changes(text),
            ]
            lines.append("| " + " | ".join(found) + " |")
    lines += ["", "## Sentences without a page", "", *(_said(sentence) for sentence in UNTREATED)]
    table = docs / "claims.md"
    put(table, "\n".join(lines) + "\n")
    return table


def _said(sentence: Sentence) -> str:
    return f"- {sentence.text} ({sentence.says}) {sentence.reason}"


def _changes(text: list[str]) -> str:
    """What changes the answer: a swept field, of it or of a number beside it, and what it does not hold with."""
    alone = next((line for line in text if line.startswith(f"{ALONE}`")), "")
    swept = _line(text, DEPENDS) or _line(text, MOVES) or alone or _line(text, OTHER)
    holds = _line(text, HOLDS)
    if swept or not holds:
        return swept
    lost = any(f"it {word} with" in holds for word in (WEAKENS, GONE)) or TURNED in holds or "nothing" in holds
    return "what stands under *holds*" if lost else "nothing that was tried"


def _line(text: list[str], begins: str) -> str:
    """What follows on the first line that begins so; empty where there is none."""
    return next((line.removeprefix(begins) for line in text if line.startswith(begins)), "")
