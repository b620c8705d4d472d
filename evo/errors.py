"""What can go wrong that a user should be told in one sentence. Imports nothing, so that every command can."""

from typing import Any


class ScenarioError(ValueError):
    """Bad input: one sentence that names file, key, value and what is allowed."""


class WorldError(ValueError):
    """A world that cannot be loaded; the message says what is wrong and what is allowed."""


class EvolutionError(ValueError):
    """A replicate whose fitness cannot be used; the message names it and says what to do."""


class Interrupted(Exception):
    """The batch was stopped; `batch` holds what is finished."""

    def __init__(self, batch: Any):
        super().__init__("interrupted")
        self.batch = batch


class AuditError(ValueError):
    """A DEAP program that cannot be audited."""
