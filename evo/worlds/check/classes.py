"""Whether genotype classes live, arise and mutate as the genomes that they stand for."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from evo.errors import WorldError
from evo.kernels.rng import seed_streams
from evo.kernels.variation import mutate_bits
from evo.worlds.carriers import found
from evo.worlds.check.lives import Fault, Genomes, Lives, defined_at, where
from evo.worlds.check.settings import Setting
from evo.worlds.world import Classes, Layout

_MOST = 200  # classes that are looked at
_SAMPLE = 10_000  # founders, and offspring of each of some classes
_SIGMAS = 6.0  # by which shares may differ


def class_faults(lives: Lives, layout: Layout, setting: Setting) -> Iterator[Fault]:
    """What does not agree with live, founders or mutation."""
    world = lives.world
    if world.classes is None:
        return
    try:
        count = world.class_count(setting.knobs) if world.class_count is not None else None
        if count is not None and count > _MOST:
            return
        classes = world.classes(setting.knobs)
        why = _shape(classes, count) or _agree(lives, layout, classes, world.vector(setting.knobs))
    except WorldError as error:
        for problem in error.problems:
            yield Fault("classes", problem.line, problem.says + where(setting))
        return
    if why:
        yield Fault("classes", defined_at(world.classes), f"classes: {why}{where(setting)}")


def _shape(classes: Any, count: int | None) -> str:
    if not isinstance(classes, Classes):
        return f"returns {type(classes).__name__}, and must return Classes"
    n = classes.start.size
    if count is not None and count != n:
        return f"there are {n}, and class_count says {count}"
    if classes.bits.shape[:1] != (n,) or classes.transition.shape != (n, n):
        return f"{n} classes need bits of {n} rows and a transition of {n} rows and columns"
    for name, rows in (("start", classes.start[None, :]), ("transition", classes.transition)):
        if (rows < -1e-12).any() or not np.allclose(rows.sum(axis=1), 1.0, atol=1e-9):
            return f"{name} must be chances that sum to 1" + (" in each row" if name == "transition" else "")
    return ""


def _agree(lives: Lives, layout: Layout, classes: Classes, knobs: np.ndarray) -> str:
    """A class is told by its traits, since nothing else says which genomes are of it."""
    n, bits = classes.start.size, np.ascontiguousarray(classes.bits, np.uint64)
    if layout.reals:
        return "the genome has reals, and classes are of loci alone"
    own = lives.live(_plain(bits), knobs).traits
    known = {row.tobytes() for row in bits}
    for name in ("carrier", "without"):
        if getattr(lives.world, name) is None:
            continue
        if any(row.tobytes() not in known for row in lives.changed(name, _plain(bits), knobs).bits):
            return f"{name} makes of one of them a genome that is none of them"
    names, kind_of = np.unique(own, axis=0, return_inverse=True)
    kind_of = kind_of.reshape(n)
    kinds = {row.tobytes(): kind for kind, row in enumerate(names)}
    sample, _ = found(layout, _SAMPLE, seed_streams(11, (1,), 1)[0])
    if why := _shares(lives, sample, knobs, kinds, _pushed(classes.start, kind_of, len(kinds))):
        return f"founders {why}"
    starts = np.cumsum([0, *(block.count for block in layout.loci)]).astype(np.int64)
    forward, back = (np.array([float(getattr(b, name)) for b in layout.loci]) for name in ("forward", "back"))
    for c in np.unique(np.linspace(0, n - 1, min(n, 12)).astype(int)):
        offspring = np.repeat(bits[c : c + 1], _SAMPLE, axis=0)
        mutate_bits(starts, forward, back, seed_streams(12, (int(c),), 1)[0], _SAMPLE, 0, offspring)
        expected = _pushed(classes.transition[c], kind_of, len(kinds))
        if why := _shares(lives, offspring, knobs, kinds, expected):
            return f"offspring of class {c} {why}"
    return ""


def _plain(bits: np.ndarray) -> Genomes:
    return Genomes(bits, np.zeros((bits.shape[0], 0)))


def _pushed(chances: np.ndarray, kind_of: np.ndarray, kinds: int) -> np.ndarray:
    """Chances of classes as chances of kinds of traits."""
    return np.bincount(kind_of, weights=chances, minlength=kinds)


def _shares(lives: Lives, bits: np.ndarray, knobs: np.ndarray, kinds: dict[bytes, int], expected: np.ndarray) -> str:
    """How the shares of kinds of traits differ from those expected; empty where they do not."""
    distinct, counts = np.unique(bits, axis=0, return_counts=True)
    traits = lives.live(_plain(np.ascontiguousarray(distinct)), knobs).traits
    seen = np.zeros(expected.size)
    for row, number in zip(traits, counts, strict=True):
        kind = kinds.get(row.tobytes())
        if kind is None:
            return "live as none of the classes does"
        seen[kind] += number / _SAMPLE
    sd = np.sqrt(np.maximum(expected * (1.0 - expected), 0.0) / _SAMPLE)
    worst = int(np.argmax(np.abs(seen - expected) - _SIGMAS * sd))
    if abs(seen[worst] - expected[worst]) > _SIGMAS * sd[worst] + 2.0 / _SAMPLE:
        return f"are of one kind in {seen[worst]:.3g} of cases, and should be in {expected[worst]:.3g}"
    return ""
