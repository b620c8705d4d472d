"""The checks of a world, one after the other, each of a few watched lives."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from evo.errors import Problem, WorldError
from evo.kernels.plan import FITNESS
from evo.worlds.check.classes import class_faults
from evo.worlds.check.film import film_faults
from evo.worlds.check.lives import (
    OTHER,
    STREAM,
    Fault,
    Genomes,
    Life,
    Lives,
    Poison,
    Stopped,
    defined_at,
    where,
)
from evo.worlds.check.order import order_faults
from evo.worlds.check.settings import SIZE, Setting, outside, population, settings
from evo.worlds.check.watch import POISON
from evo.worlds.check.without import without_faults
from evo.worlds.world import Layout, World

# What is always wrong, whatever is evolved; a world that does it must not be run.
NEVER = (
    "index", "unwritten", "early", "scratch", "state", "random", "order", "others", "changed", "outside", "classes",
    "layout", "shape",
)  # fmt: skip
# What fails now and then, or does not fit a purpose: told by `evo check`, and where it happens.
ENDLESS = "endless"  # must not be run without a time limit
SOMETIMES = ("value", "raises", "carrier", "without", "theory", "alone", ENDLESS, "film")
_WHAT = {"live": "trait", "probe": "score"}  # that each fills
_ENOUGH = 12  # problems that are told


def check(
    world: World, shown: str, further: Sequence[Mapping[str, float]] = (), kinds: Sequence[str] = (*NEVER, *SOMETIMES)
) -> list[Problem]:
    """What is wrong with a world, the first first; nothing where it is right.

    Parameters
    ----------
    shown : its file, as messages name it
    further : knobs by name that it is tried with beside its defaults and bounds
    kinds : what is told
    """
    return problems_of(Lives(world, shown), further, kinds)


def problems_of(
    lives: Lives, further: Sequence[Mapping[str, float]], kinds: Sequence[str], alone: bool = False
) -> list[Problem]:
    """The same, of a world whose watched kernels are there; alone: tried with `further` and nothing else."""
    found: dict[tuple[str, int | None], Fault] = {}
    for fault in _faults(lives, settings(lives.world, further, alone)):
        if fault.kind in kinds:
            found.setdefault((fault.kind, fault.line), fault)
        if len(found) == _ENOUGH:
            break
    return [lives.problem(fault) for fault in found.values()]


def _faults(lives: Lives, tried: Iterator[Setting]) -> Iterator[Fault]:
    for site in lives.shop.random:
        yield Fault(
            "random", site.line, f"{site.text}: draws from another stream than rng_state, so a replicate could not be "
            "had again; draw with evo.kernels.rng"
        )  # fmt: skip
    broken = False
    for setting in tried:
        if broken and not setting.usual:
            return  # bounds of knobs would tell the same again
        for fault in _of_setting(lives, setting):
            if not (setting.corner and fault.kind in SOMETIMES):
                yield fault
            broken |= fault.kind in NEVER
    yield from _theory(lives)


def _of_setting(lives: Lives, setting: Setting) -> Iterator[Fault]:
    """All that is tried with one setting of the knobs."""
    world = lives.world
    try:
        layout = world.layout(setting.knobs)
    except WorldError as error:
        line = error.problems[0].line if error.problems else None
        says = error.problems[0].says if error.problems else str(error)
        yield Fault("layout" if setting.usual else "value", line, says + where(setting))
        return
    if world.layout(setting.knobs) != layout:
        says = f"layout gives another genome each time it is called{where(setting)}"
        yield Fault("state", defined_at(world.layout), says)
    lives.loci = sum(block.count for block in layout.loci)
    try:
        genomes = Genomes(*population(layout))
    except MemoryError:
        says = f"a genome of {lives.loci:,} loci does not fit into memory{where(setting)}"
        yield Fault("layout" if setting.usual else "value", defined_at(world.layout), says)
        return
    parts = [_of_life(lives, setting, layout, genomes)]
    parts += [_of_probe(lives, setting, genomes)] if world.probe is not None else []
    parts += [film_faults(lives, setting, genomes)] if world.film is not None else []
    for part in parts:
        try:
            yield from part
        except Stopped as stop:
            if stop.fault is not None:
                yield stop.fault._replace(says=stop.fault.says + where(setting))


def _of_life(lives: Lives, setting: Setting, layout: Layout, genomes: Genomes) -> Iterator[Fault]:
    """All but probes and films."""
    world, knobs, carriers = lives.world, lives.world.vector(setting.knobs), genomes
    if world.carrier is not None:
        carriers = yield from _made(lives, setting, layout, "carrier", genomes)
    if world.without is not None:
        lacking = yield from _made(lives, setting, layout, "without", carriers)
        yield from _made(lives, setting, layout, "without", genomes)
    if setting.usual:
        lives.ends(genomes, knobs)
    whole = yield from _traits(lives, setting, genomes)
    lives.live(carriers, knobs)
    if world.without is not None:
        lives.live(lacking, knobs)
    lives.live(genomes, knobs, group=np.arange(SIZE) // (SIZE // 2))
    if whole is None:
        return
    if not setting.usual:
        return
    yield from order_faults(lives, genomes, knobs, where(setting))
    if world.carrier is not None:
        yield from _carrier(lives, genomes, carriers, knobs, setting)
    if world.without is not None:
        yield from without_faults(lives, genomes, carriers, knobs, setting)
    yield from class_faults(lives, layout, setting)
    yield from _own(lives, genomes, knobs, whole, "live", where(setting))


def _of_probe(lives: Lives, setting: Setting, genomes: Genomes) -> Iterator[Fault]:
    """What is tried of probes: as lives are, but that agents may depend on each other."""
    knobs = lives.world.vector(setting.knobs)
    if setting.usual:
        lives.ends(genomes, knobs, "probe")
    whole = yield from _traits(lives, setting, genomes, "probe")
    lives.live(genomes, knobs, group=np.arange(SIZE) // (SIZE // 2), name="probe")
    if whole is not None and setting.usual:
        yield from _own(lives, genomes, knobs, whole, "probe", where(setting))


def _own(lives: Lives, genomes: Genomes, knobs: np.ndarray, whole: Life, name: str, at: str) -> Iterator[Fault]:
    """Whether the kernel itself gives what its watched form did, and moves its stream on when it draws."""
    other = lives.live(genomes, knobs, state=OTHER, name=name)
    if (whole.state == STREAM).all() and (other.state == OTHER).all():
        if not _equal(whole.traits, other.traits).all():
            says = f"{name} draws from a copy of rng_state and leaves that as it was, so the same numbers come again"
            yield Fault("random", lives.line(name), f"{says}; draw from rng_state itself{at}")
    elif (whole.state == other.state).any():
        says = f"{name} writes numbers of its own into rng_state, so all replicates would go on alike"
        yield Fault("random", lives.line(name), f"{says}; draw with evo.kernels.rng{at}")
    if not np.allclose(lives.plain(genomes, knobs, name), whole.traits, rtol=1e-6, atol=1e-9, equal_nan=True):
        says = f"{name} gives other {_WHAT[name]}s where memory around its arrays is another"
        yield Fault("state", lives.line(name), f"{says}: it reads what is not its own{at}")


def _made(lives: Lives, setting: Setting, layout: Layout, name: str, genomes: Genomes) -> Any:
    """The genomes as `carrier` or `without` changes them; whether they are still genomes."""
    made = lives.changed(name, genomes, lives.world.vector(setting.knobs))
    if (made.bits & outside(layout, made.bits.shape[1])).any():
        loci = sum(block.count for block in layout.loci)
        says = f"{name} sets a locus past the last of the genome, which has {loci} loci, 0 to {loci - 1}"
        yield Fault("outside", lives.line(name), says + where(setting))
    if not np.isfinite(made.reals).all():
        yield Fault("value", lives.line(name), f"{name} makes a real that is not finite{where(setting)}")
    return made


def _traits(lives: Lives, setting: Setting, genomes: Genomes, name: str = "live") -> Any:
    """Whether live writes all traits, all of them finite, and from what it is given alone; the life, if so.

    name : or "probe", of its scores
    """
    knobs, line, names, what = lives.world.vector(setting.knobs), lives.line(name), lives.named(name), _WHAT[name]
    life = lives.live(genomes, knobs, name=name)
    again, other = lives.live(genomes, knobs, name=name), lives.live(genomes, knobs, Poison(traits=1), name=name)
    if not _same(life, again):
        says = f"{name} gives other {what}s when it is called again with the same genomes, knobs and stream"
        if lives.shop.random:  # that is why, and it is told
            return None
        yield Fault("state", line, says + where(setting))
        return None
    unwritten = other.traits == POISON[1]
    early = ~_equal(life.traits, other.traits) & ~unwritten
    if early.any():
        trait = int(np.flatnonzero(early.any(axis=0))[0])
        says = f"{name} reads the {what} '{names[trait]}', or one that it depends on, before it writes it"
        yield Fault("early", lives.line_of_trait(trait, name), says + where(setting))
        return None
    for trait in np.flatnonzero(unwritten.any(axis=0)).tolist():
        rows = np.flatnonzero(unwritten[:, trait])
        whose = "" if rows.size == SIZE else f" of {rows.size} of {SIZE} agents"
        at = lives.line_of_trait(trait, name) if whose else line
        yield Fault("unwritten", at, f"{name} does not write the {what} '{names[trait]}'{whose}{where(setting)}")
    if unwritten.any():
        return None
    if lives.shop.scratch and not _same(life, lives.live(genomes, knobs, Poison(scratch=1), name=name)):
        sites = [
            site for number, site in lives.shop.scratch.items()
            if not _same(life, lives.live(genomes, knobs, Poison(scratch=1, only=number), name=name))
        ]  # fmt: skip
        text, at = (sites[0].text, sites[0].line) if sites else ("np.empty", line)
        yield Fault("scratch", at, f"{text}: {name} reads some of it before it writes it{where(setting)}")
        return None
    for trait in np.flatnonzero(~np.isfinite(life.traits).all(axis=0)).tolist():
        value = life.traits[~np.isfinite(life.traits[:, trait]), trait][0]
        says = f"the {what} '{names[trait]}' is {value}, and must be a finite number"
        yield Fault("value", lives.line_of_trait(trait, name), says + where(setting))
    return life if np.isfinite(life.traits).all() else None


def _equal(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray((a == b) | (np.isnan(a) & np.isnan(b)))


def _same(a: Life, b: Life) -> bool:
    return bool(_equal(a.traits, b.traits).all() and (a.state == b.state).all())


def _carrier(lives: Lives, plain: Genomes, carriers: Genomes, knobs: np.ndarray, setting: Setting) -> Iterator[Fault]:
    """Whether carriers can be told from others by any trait but fitness. Of the property itself, a scenario knows."""
    if plain.bits.shape[1] + plain.reals.shape[1] == 0 or setting.name:
        return
    without, with_ = (lives.live(residents, knobs).traits[:, FITNESS + 1 :] for residents in (plain, carriers))
    if _equal(without, with_).all():
        nothing = plain.bits.tobytes() == carriers.bits.tobytes() and plain.reals.tobytes() == carriers.reals.tobytes()
        what = "changes no genome" if nothing else "changes no trait but perhaps fitness"
        yield Fault("carrier", lives.line("carrier"), f"carrier {what}: a carrier does not have the property")


_POPULATION = {
    "size": 1000, "generations": 1000, "demes": 1, "migration": 0.0, "budding": 0.0, "group_size": 0,
    "relatedness": 0.0, "carriers": 0, "scheme": "proportional",
}  # fmt: skip


def _theory(lives: Lives) -> Iterator[Fault]:
    """Whether what a world offers beside its kernels can be called at all."""
    world = lives.world
    knobs = {knob.name: float(knob.default) for knob in world.knobs}
    calls: list[tuple[str, Callable[[], Any]]] = []
    if world.theory is not None:
        theory = world.theory
        calls.append(("theory", lambda: theory(knobs, _POPULATION)))
    if world.chooser is not None:
        chooser = world.chooser
        calls.append(("chooser", lambda: chooser(knobs)))
    for name, call in calls:
        try:
            call()
        except WorldError as error:
            for problem in error.problems:
                yield Fault("theory", problem.line, problem.says)
        except Exception as error:
            yield Fault("theory", None, f"{name} fails: {type(error).__name__}: {error}")
