"""Before a batch evolves anything: its worlds are tried, and it is said where carriers do not have the property."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from evo.engines.carriers import carried, carries
from evo.scenario.spec import Cell, Spec
from evo.worlds.check.first import require
from evo.worlds.check.without import left, touches_who_lacks

_MOST = 64  # cells whose knobs a world is tried with, and whose carriers are looked at


def _some(cells: Sequence[Cell]) -> Sequence[Cell]:
    """At most `_MOST`, from the first on, evenly."""
    return cells[:: max(1, -(-len(cells) // _MOST))]


def knobs_of(specs: Iterable[Spec]) -> Iterator[dict[str, float]]:
    """Every environment that agents of these cells live in."""
    for spec in specs:
        yield from (spec.knobs, spec.changed, spec.deployment)


def try_worlds(cells: Sequence[Cell], limited: bool = False) -> None:
    """Try each world given by path, where its content is new.

    limited : a replicate may take so long and no longer, so that lives may be endless

    Raises
    ------
    WorldError : one must not be run
    """
    for world in {cell.spec.world.source: cell.spec.world for cell in cells if cell.spec.world.source}.values():
        mine = _some([cell for cell in cells if cell.spec.world.source == world.source])
        require(world, knobs_of(cell.spec for cell in mine), limited)


def tell_of_carriers(cells: Sequence[Cell], told: Callable[[str], None]) -> None:
    """Say once where carriers do not have the property; insertion tests are left out there."""
    if why := lacking([cell.spec for cell in _some(cells)]):
        told(f"{why}; so whether the property is selected for is not told")


def takes_away(spec: Spec) -> bool:
    """Whether `without` takes this scenario's property from everybody, however they came by it.

    Not where the property is another trait than that which `without` is about: then others than carriers may keep it,
    and what evolves without that trait says nothing about the property.
    """
    if spec.world.without is None:
        return False
    prop = spec.scenario.property
    return all(
        left(spec.world, knobs, prop.trait, carriers) < prop.threshold
        for knobs in spec.training_environments
        for carriers in (True, False)
    )


def keeping(specs: Sequence[Spec]) -> str:
    """That `without` leaves the property, or changes who lacks it, in how many of these cells; empty where neither."""
    specs = [spec for spec in specs if spec.world.without is not None]
    kept, touched, most = 0, 0, float("-inf")
    for spec in specs:
        prop, environments = spec.scenario.property, spec.training_environments
        value = max(left(spec.world, knobs, prop.trait) for knobs in environments)
        kept, most = kept + (value >= prop.threshold), max(most, value)
        touched += any(touches_who_lacks(spec.world, knobs, prop.trait) for knobs in environments)
    if not kept and not touched:
        return ""
    prop = specs[0].scenario.property
    often = f" in {kept or touched} of {len(specs)} cells" if len(specs) > 1 else ""
    if kept:
        return (
            f"without leaves a carrier the property of {specs[0].origin}{often}: its {prop.trait} is {most:.3g}, and "
            f"must be below the threshold {prop.threshold:g}"
        )
    return (
        f"without changes a genome and leaves its {prop.trait} as it was{often}: one that lacks the property of "
        f"{specs[0].origin} must stay as it is"
    )


def lacking(specs: Sequence[Spec]) -> str:
    """That carriers do not have the property, in how many of these cells; empty where all have it."""
    lack = [spec for spec in specs if spec.world.carrier is not None and not carries(spec)]
    if not lack:
        return ""
    world, prop = lack[0].world, lack[0].scenario.property
    often = f" in {len(lack)} of {len(specs)} cells" if len(specs) > 1 else ""
    return (
        f"{lack[0].origin}: property.trait = \"{prop.trait}\": the carrier of world '{world.name}' does not have the "
        f"property{often}: its {prop.trait} is {carried(lack[0]):.3g}, below the threshold {prop.threshold:g}"
    )
