"""What can go wrong that a user should be told in one sentence. Imports nothing, so that every command can."""

from typing import Any, NamedTuple

LONGEST = 900  # letters of a sentence

# Letters that tell the terminal what to do, rather than to show something: controls, and turns of the direction.
COMMANDS = {
    code: chr(code).encode("unicode_escape").decode()
    for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F),
                 *range(0x2066, 0x206A), 0xFEFF)
}  # fmt: skip


def one_line(text: str) -> str:
    """Text that somebody wrote, on one line; what would command a terminal is written out: \\x1b."""
    return text.translate(COMMANDS)


def short(text: str, most: int = 60) -> str:
    """A text of at most `most` letters, cut in the middle where it is longer, that can be printed."""
    text = one_line(text if len(text) <= 2 * most else f"{text[:most]}...{text[-most:]}")
    if len(text) <= most:
        return text
    end = most // 3
    return f"{text[: most - end - 3]}...{text[-end:]}"


class _Told(ValueError):
    """An error whose message is one sentence wherever it is shown: on one line, and cut where it is very long."""

    def __init__(self, message: str = ""):
        super().__init__(short(str(message), LONGEST))


class ScenarioError(_Told):
    """Bad input: one sentence that names file, key, value and what is allowed."""


class Problem(NamedTuple):
    """What is wrong with a world: where, and a sentence. line: 1 is the first, None where no single line is wrong."""

    file: str
    line: int | None
    says: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.says}" if self.line else f"{self.file}: {self.says}"


class WorldError(ScenarioError):
    """A world that cannot be used; the message says what is wrong and what is allowed.

    Attributes
    ----------
    problems : the same with file and line, where these are known
    full : all that the compiler or Python said, empty where that is the message
    """

    def __init__(self, message: str, problems: tuple[Problem, ...] = (), full: str = ""):
        super().__init__(message)
        self.problems, self.full = problems, full


class EvolutionError(_Told):
    """A replicate whose fitness cannot be used; the message names it and says what to do."""


class Interrupted(Exception):
    """The batch was stopped; `batch` holds what is finished."""

    def __init__(self, batch: Any):
        super().__init__("interrupted")
        self.batch = batch


class AuditError(_Told):
    """A DEAP program that cannot be audited."""
