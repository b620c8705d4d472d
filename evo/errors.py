"""What can go wrong that a user should be told in one sentence. Imports nothing, so that every command can."""

from typing import Any, NamedTuple


class ScenarioError(ValueError):
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


class EvolutionError(ValueError):
    """A replicate whose fitness cannot be used; the message names it and says what to do."""


class Interrupted(Exception):
    """The batch was stopped; `batch` holds what is finished."""

    def __init__(self, batch: Any):
        super().__init__("interrupted")
        self.batch = batch


class AuditError(ValueError):
    """A DEAP program that cannot be audited."""
