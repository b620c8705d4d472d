"""The text that `evo new` writes."""

from pathlib import Path
from typing import Any

import numpy as np

from evo.worlds.carriers import found, trait_of_carriers
from evo.worlds.world import Knob, World

SHAPES = ("solitary", "social", "perceiving")
_SIZE = 200  # agents, and generations


_RIFLE = """# Say what this scenario is about.
name = "{name}"
claim = "Say the claim in one sentence."
source = "The sentence it formalizes, and where it was made."
world = "parts"          # a name (drives, parts) or the path of a world file, e.g. "./my_world.py"

[knobs]                  # 'evo show {name}.toml' lists them all
parts = 2

[population]
size = 500               # individuals
generations = 500

[selection]
scheme = "proportional"  # or tournament, truncation, boltzmann, ...: see docs/scenario.schema.json

[property]
trait = "rifle"          # a trait of the world
threshold = 0.5          # realized: the population mean is at least this at the end

[deployment]             # knobs that differ after training; none differs as it stands
# scaffold = 0.5

[batch]
replicates = 20          # populations per cell
seed = 1

[sweep]                  # every combination is a cell
parts = [1, 2, 3]
"""


def rifle_text(name: str) -> str:
    """A scenario of the world `parts`, where there is no other."""
    return _RIFLE.replace("{name}", name)


def world_text(name: str, shape: str) -> str:
    """A world's file: that of the shape, which is a world itself, under another name."""
    text = Path(__file__).with_name(f"{shape}.py").read_text(encoding="utf-8")
    return text.replace(f'"""{shape}:', f'"""{name}:').replace(f'name="{shape}"', f'name="{name}"')


def scenario_text(name: str, reference: str, world: World) -> str:
    """A scenario of a world: all its knobs at their defaults, a property that carriers have, deployment and sweep.

    reference : the world's name or path, as the scenario names it
    """
    knobs = {knob.name: float(knob.default) for knob in world.knobs}
    trait, threshold = _property(world, knobs)
    free = [knob for knob in world.knobs if not _lays_out(world, knobs, knob)]
    width = max((len(f"{knob.name} = {_value(knob, knob.default)}") for knob in world.knobs), default=0)
    told = ", ".join(one.name for one in (*world.traits, *world.probes))
    lines = [
        "# Say what this scenario is about.",
        f'name = "{name}"',
        'claim = "Say the claim in one sentence."',
        'source = "The sentence it formalizes, and where it was made."',
        f'world = "{reference}"',
        "",
        "[knobs]  # of the world, at their defaults",
        *(_line(knob, knob.default, width) for knob in world.knobs),
        "",
        "[population]",
        f"size = {_SIZE}         # individuals",
        f"generations = {_SIZE}",
        *(["demes = 10         # of equal size; agents meet within them", "migration = 0.05"] if world.social else []),
        "",
        "[selection]",
        'scheme = "tournament"  # or truncation, proportional (of fitness 0 or more), ...: docs/scenario.schema.json',
        "",
        "[property]",
        f'trait = "{trait}"  # one of {told}',
        f"threshold = {threshold:g}  # realized: the population mean is at least this at the end",
        "",
        "[deployment]  # knobs that differ after training, when nobody evolves any more; none differs as it stands",
        *(f"# {_line(knob, knob.default, width)}" for knob in free),
        "",
        "[batch]",
        "replicates = 20  # populations per cell",
        "seed = 1",
        "",
        "[sweep]  # every combination is a cell",
        *_sweep(free or list(world.knobs)),
    ]
    return "\n".join(lines) + "\n"


def _value(knob: Knob, value: float) -> str:
    return str(int(value)) if knob.integer else repr(float(value))


def _line(knob: Knob, value: float, width: int) -> str:
    """A knob with its unit, bounds and meaning."""
    bounds = f"{_value(knob, knob.low)} to {_value(knob, knob.high)}"
    text = f"{knob.name} = {_value(knob, value)}"
    return f"{text:<{width}}  # {knob.unit}, {bounds}: {knob.meaning}".replace("\n", " ")


def _lays_out(world: World, knobs: dict[str, float], knob: Knob) -> bool:
    """Whether the genome or its mutation is laid out by a knob, which then cannot differ in deployment."""
    plain = world.layout(knobs)
    return any(world.layout(knobs | {knob.name: value}) != plain for value in (knob.low, _other(knob)))


def _other(knob: Knob) -> float:
    """A value beside the default, not far from it."""
    low, default, high = float(knob.low), float(knob.default), float(knob.high)
    value = (low + default) / 2.0 if default > low else min(high, low + max(1.0, abs(low)))
    return float(round(value)) if knob.integer else float(f"{value:.6g}")


def _sweep(knobs: list[Knob]) -> list[str]:
    """A line that sweeps the first knob that can be more than one thing."""
    for knob in knobs:
        if _other(knob) != knob.default:
            values = sorted({_value(knob, _other(knob)), _value(knob, knob.default)}, key=float)
            return [f"{knob.name} = [{', '.join(values)}]"]
    return []


def _property(world: World, knobs: dict[str, float]) -> tuple[str, float]:
    """The first trait but fitness that carriers have more of than founders do, and a threshold half way.

    Of a world that builds no carrier, its first probe, else the first trait but fitness.
    """
    if world.carrier is None:
        return (world.probes or world.traits[1:] or world.traits)[0].name, 0.5
    bits, reals = found(world.layout(knobs), _SIZE, np.arange(1, 5, dtype=np.uint64))
    traits: Any = np.zeros((_SIZE, len(world.traits)))
    world.live(bits, reals, world.vector(knobs), np.zeros(_SIZE, np.int64), np.arange(1, 5, dtype=np.uint64), traits)
    for column, trait in list(enumerate(world.traits))[1:]:
        before, after = float(traits[:, column].mean()), trait_of_carriers(world, knobs, trait.name, _SIZE, 1)
        if after > before:
            half = (before + after) / 2.0
            return trait.name, next(v for v in (float(f"{half:.{n}g}") for n in range(1, 18)) if before < v <= after)
    return world.traits[min(1, len(world.traits) - 1)].name, 0.5
