"""What a scenario may hold, beyond its tables and fields; what is wrong with one is said in one sentence."""

import math
from typing import Any

from pydantic import ValidationError

from evo.errors import ScenarioError
from evo.kernels.operators import ALL_SCHEMES, DEAP_SCHEMES
from evo.scenario.fields import KEY, MOST_INDIVIDUALS, NAME, fields_at
from evo.scenario.resolved import Resolved
from evo.scenario.values import Kind, tidy
from evo.wording import closest, wrong
from evo.worlds.world import ARMS

_WHAT = {
    "dict_type": "must be a table", "model_type": "must be a table", "too_short": "must hold at least one value",
    "string_too_short": "must be text that is not empty",
}  # fmt: skip
_PATTERNS = {
    NAME: "must begin with a letter, and hold letters, digits, _ and - alone",
    KEY: "must be the key of a cell, 64 of 0 to 9 and a to f",
}
_BOUNDS = {"ge": "at least", "le": "at most", "gt": "above", "lt": "below"}


def _value_at(data: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def explain(error: ValidationError, data: Any, origin: str) -> ScenarioError:
    """The first thing that is wrong with the data, in one sentence."""
    first = error.errors()[0]
    path = tuple(part for part in first["loc"] if part not in ("list[any]", "str"))
    key = ".".join(str(part) for part in path)
    context = first.get("ctx", {})
    if first["type"] == "extra_forbidden":
        why = f"there is no such key; {closest(str(path[-1]), fields_at(path[:-1]))}"
    elif first["type"] == "missing":
        return ScenarioError(f"{origin}: {key} is missing; it is needed")
    elif first["type"] == "literal_error":
        why = f"must be one of {context['expected']}"
    elif bound := next((key for key in _BOUNDS if key in context), None):
        why = f"must be {_BOUNDS[bound]} {context[bound]}"
    elif first["type"] == "string_too_long":
        why = f"must be text of at most {context['max_length']} letters"
    elif first["type"] == "string_pattern_mismatch":
        why = _PATTERNS.get(context["pattern"], f"must match {context['pattern']}")
    elif first["type"] in _WHAT:
        why = _WHAT[first["type"]]
    else:
        why = first["msg"][0].lower() + first["msg"][1:].replace("Input", "it").replace("input", "it")
        why = why.replace("iNput ", "it ")
    return wrong(origin, key, _value_at(data, path), why)


def check(resolved: Resolved) -> None:
    """Raise ScenarioError where something in the scenario does not go with its world, its engine, or the rest of it."""
    s = resolved.scenario
    tables = {"knobs": s.knobs, "change.knobs": s.change.knobs if s.change else {}, "deployment": s.deployment}
    for table, values in tables.items():
        for name, value in values.items():
            _check_knob(resolved, f"{table}.{name}", name, value)
    _check_layout(resolved)
    _check_together(resolved)
    _check_arms(resolved)
    names = [trait.name for trait in (*resolved.world.traits, *resolved.world.probes)]
    if s.property.trait not in names:
        what = "trait or probe" if resolved.world.probes else "trait"
        why = f"world '{resolved.world.name}' has no such {what}; {closest(s.property.trait, names)}"
        raise resolved.wrong("property.trait", s.property.trait, why)
    for key in ("threshold", "stop_above", "stop_below"):
        value = getattr(s.property, key)
        if value is not None and not math.isfinite(value):
            raise resolved.wrong(f"property.{key}", value, "must be a finite number")
    if s.population.size % s.population.demes:
        why = f"must divide population.size = {s.population.size} without remainder"
        raise resolved.wrong("population.demes", s.population.demes, why)
    _check_groups(resolved)
    if s.population.carriers > s.population.size:
        why = f"must be at most population.size = {s.population.size}"
        raise resolved.wrong("population.carriers", s.population.carriers, why)
    if s.population.carriers and resolved.world.carrier is None:
        why = f"must be 0: world '{resolved.world.name}' cannot build a carrier"
        raise resolved.wrong("population.carriers", s.population.carriers, why)
    if s.selection.elites >= s.population.size // s.population.demes:
        why = f"must be below the size of a deme, {s.population.size // s.population.demes}"
        raise resolved.wrong("selection.elites", s.selection.elites, why)
    if s.population.budding and s.selection.elites:
        raise resolved.wrong("population.budding", s.population.budding, "needs selection.elites = 0")
    if s.variation.crossover != "none" and s.variation.parents == 1:
        raise resolved.wrong("variation.crossover", s.variation.crossover, "needs variation.parents = 2")
    if s.variation.parents == 2 and s.variation.crossover == "none":
        why = "needs a variation.crossover: one_point, two_point or uniform"
        raise resolved.wrong("variation.parents", 2, why)
    _check_parameter(resolved)
    _check_engine(resolved)


def _check_groups(resolved: Resolved) -> None:
    population, size = resolved.scenario.population, resolved.scenario.population.group_size
    if not size:
        if population.relatedness:
            why = "is of the members of a group; it needs population.group_size"
            raise resolved.wrong("population.relatedness", population.relatedness, why)
        return
    if size == 1 or population.size % size or population.size == size:
        why = f"must be 2 or more, below population.size = {population.size}, and divide it without remainder"
        raise resolved.wrong("population.group_size", size, why)
    if population.demes > 1:
        raise resolved.wrong("population.group_size", size, "needs population.demes = 1: groups form anew, demes stay")
    if resolved.scenario.selection.elites:
        raise resolved.wrong("population.group_size", size, "needs selection.elites = 0")
    if resolved.engine != "numba":
        raise resolved.wrong("population.group_size", size, f"engine {resolved.engine} has no groups; engine = numba")


def _check_engine(resolved: Resolved) -> None:
    s = resolved.scenario
    _check_optimizer(resolved)
    if s.engine == "classes" and (why := resolved.no_classes):
        raise resolved.wrong("engine", "classes", f"cannot be used here: {why}")
    if s.population.size > MOST_INDIVIDUALS and resolved.engine == "numba":
        why = f"must be at most {MOST_INDIVIDUALS} where individuals are simulated one by one"
        why += (
            f"; larger ones need engine classes, and {resolved.no_classes}"
            if resolved.no_classes
            else "; engine = auto"
        )
        raise resolved.wrong("population.size", s.population.size, why)
    _check_objectives(resolved)
    if s.engine != "deap":
        return
    if resolved.world.probes:
        why = f"cannot be used here: world '{resolved.world.name}' has probes, which engine numba asks"
        raise resolved.wrong("engine", "deap", why)
    allowed = [name for name, scheme in ALL_SCHEMES.items() if "deap" in scheme.engines]
    if s.selection.scheme not in allowed:
        raise resolved.wrong("selection.scheme", s.selection.scheme, f"engine deap has {', '.join(allowed)}")
    if s.population.budding:
        raise resolved.wrong("population.budding", s.population.budding, "engine deap has no budding")


def _check_optimizer(resolved: Resolved) -> None:
    s = resolved.scenario
    if s.optimizer is None or s.optimizer.kind == "genetic":
        return
    kind = s.optimizer.kind
    groups = s.population.model_dump(exclude={"size", "generations"})
    if named := next((name for name, value in groups.items() if value != (1 if name == "demes" else 0)), None):
        raise resolved.wrong(f"population.{named}", groups[named], f"is for the genetic optimizer, not for {kind}")
    if s.engine != "numba":
        raise resolved.wrong("optimizer.kind", kind, "is an engine of its own; leave engine out")
    if s.population.size < 4:
        raise resolved.wrong("population.size", s.population.size, f"{kind} needs at least 4 evaluations a generation")
    if s.optimizer.kind.endswith("gradient"):
        learns = kind == "policy_gradient" and resolved.world.learner is not None
        if not learns and (resolved.world.chooser is None or resolved.world.chooser(resolved.knobs) is None):
            why = f"world '{resolved.world.name}' has no closed form to climb with these knobs"
            raise resolved.wrong("optimizer.kind", kind, why)
        if s.change:
            raise resolved.wrong("optimizer.kind", kind, "cannot follow a change of training")


def _check_objectives(resolved: Resolved) -> None:
    s = resolved.scenario
    if s.selection.scheme not in DEAP_SCHEMES:
        if s.selection.objectives:
            why = f"is for {', '.join(DEAP_SCHEMES)}; scheme '{s.selection.scheme}' selects for fitness alone"
            raise resolved.wrong("selection.objectives", s.selection.objectives, why)
        return
    if s.engine != "deap":
        raise resolved.wrong("selection.scheme", s.selection.scheme, "needs engine = deap")
    names = [trait.name for trait in resolved.world.traits]
    if not s.selection.objectives:
        why = f"needs traits to select for; allowed: {', '.join(names)}"
        raise resolved.wrong("selection.objectives", [], why)
    for name in s.selection.objectives:
        if name.removeprefix("-") not in names:
            why = f"world '{resolved.world.name}' has no trait '{name}'; {closest(name.removeprefix('-'), names)}"
            raise resolved.wrong("selection.objectives", s.selection.objectives, why)
    if s.selection.scheme == "nsga2" and s.population.size // s.population.demes < 4:
        raise resolved.wrong("population.size", s.population.size, "nsga2 needs demes of at least 4")


def _check_knob(resolved: Resolved, key: str, name: str, value: float) -> None:
    names = [knob.name for knob in resolved.world.knobs]
    if name not in names:
        raise resolved.wrong(key, value, f"world '{resolved.world.name}' has no such knob; {closest(name, names)}")
    knob = resolved.world.knob(name)
    value = tidy(value, Kind.WHOLE) if knob.integer else value
    if not knob.low <= value <= knob.high:
        raise resolved.wrong(key, value, f"must be between {knob.low:g} and {knob.high:g} ({knob.unit})")
    if knob.integer and value != int(value):
        raise resolved.wrong(key, value, f"must be a whole number ({knob.unit})")


def _check_arms(resolved: Resolved) -> None:
    """Whether the knobs that arms of environment change can have those values."""
    layout = resolved.world.layout(resolved.knobs) if resolved.arms else None
    for arm, changes in resolved.arms.items():
        if arm not in ARMS:
            raise resolved.wrong(f"arms.{arm}", changes, f"there is no such arm; {closest(arm, list(ARMS))}")
        for name, value in changes.items():
            _check_knob(resolved, f"arms.{arm}.{name}", name, value)
        if resolved.world.layout(resolved.knobs | changes) != layout:
            why = f"world '{resolved.world.name}' makes this arm of knobs that lay out the genome, which must stay"
            raise resolved.wrong(f"arms.{arm}", changes, why)


def _check_layout(resolved: Resolved) -> None:
    layout = resolved.world.layout(resolved.knobs)
    for table, knobs in (("change.knobs", resolved.changed), ("deployment", resolved.deployment)):
        for name, value in knobs.items():
            if value != resolved.knobs[name] and resolved.world.layout(resolved.knobs | {name: value}) != layout:
                why = "cannot differ from training, for the genome and its mutation are laid out by it"
                raise resolved.wrong(f"{table}.{name}", tidy(value, resolved.kind_at(("knobs", name))), why)


def _check_together(resolved: Resolved) -> None:
    """Whether knobs go with each other, in training as it begins, as it ends, and in deployment."""
    environments = {"knobs": resolved.knobs, "change.knobs": resolved.changed, "deployment": resolved.deployment}
    for table, knobs in environments.items():
        if refused := resolved.world.refuses and resolved.world.refuses(knobs):
            name, why = refused
            raise resolved.wrong(f"{table}.{name}", tidy(knobs[name], resolved.kind_at(("knobs", name))), why)


def _check_parameter(resolved: Resolved) -> None:
    scheme, value = resolved.scenario.selection.scheme, resolved.scenario.selection.parameter
    parameter = ALL_SCHEMES[scheme].parameter
    if value is None:
        return
    if parameter is None:
        raise resolved.wrong("selection.parameter", value, f"scheme '{scheme}' has no parameter; leave it out")
    if why := parameter.refuses(value):
        raise resolved.wrong("selection.parameter", value, f"{parameter.what} of '{scheme}' {why}")
