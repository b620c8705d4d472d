"""The names of `evo`, for type checkers: at run time they are loaded on first use."""

from evo import errors as errors
from evo.api import Batch as Batch
from evo.api import run as run
from evo.api import scenarios as scenarios
from evo.audits.begin import audit as audit
from evo.scenario.library import load as load
from evo.scenario.spec import Spec as Scenario
from evo.worlds.world import Knob as Knob
from evo.worlds.world import Trait as Trait
from evo.worlds.world import World as World

__all__ = ["Batch", "Knob", "Scenario", "Trait", "World", "__version__", "audit", "errors", "load", "run", "scenarios"]

__version__: str
