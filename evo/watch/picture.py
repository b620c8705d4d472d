"""A population as a picture: a row an individual, a column a locus or real; and its commonest genotypes."""

import hashlib
from typing import Any, NamedTuple

import numpy as np

from evo.engines.individuals import Population
from evo.kernels.genome import unpack
from evo.kernels.plan import FITNESS
from evo.scenario.spec import Spec

MOST_ROWS = 360  # that are drawn
MOST_COLUMNS = 512
MOST_SORTED = 4000  # that are looked at; of more, a sample
OFF, ON, LOWEST, HIGHEST = 0, 1, 2, 254  # what a byte stands for: a locus, or a real from low to high
MOST_BANDS = 12  # genotypes that have a band of their own
RAREST = 0.01  # share of the population that a band stands for at least
_SIGN, _HIGHEST = np.uint64(63), np.uint64(1 << 63)


class Picture(NamedTuple):
    """A population, or a sample of it.

    Attributes
    ----------
    cells : uint8[rows, columns]
    marks : uint8[rows], 255 where the property is at its threshold, and less by so much as is missing; 0 where unknown
    fitness : uint8[rows], from the least in the picture to the greatest
    blocks : columns of each block of loci, then of reals
    scale : the size of a real that is drawn as the greatest
    seen, of : how many individuals are looked at, of how many
    """

    cells: np.ndarray
    marks: np.ndarray
    fitness: np.ndarray
    blocks: list[int]
    loci: int
    scale: float
    seen: int
    of: int


def sampled(size: int) -> np.ndarray:
    """Who is looked at: all, or every so manieth of more than there is time for: int64[n]."""
    return np.arange(size) if size <= MOST_SORTED else np.linspace(0, size - 1, MOST_SORTED).astype(np.int64)


def picture(spec: Spec, population: Population) -> Picture:
    """The population as it is now; a copy."""
    layout, size = spec.world.layout(spec.knobs), population.traits.shape[0]
    counts = [block.count for block in layout.loci] + [block.count for block in layout.reals]
    loci = sum(counts[: len(layout.loci)])
    who = sampled(size)
    bits = unpack(population.bits[who], loci) if loci else np.zeros((who.size, 0), bool)
    reals, traits = population.reals[who], population.traits[who]
    have = _marks(spec, traits)
    order = sorted_rows(bits, reals, have)
    order = order[np.linspace(0, order.size - 1, min(order.size, MOST_ROWS)).astype(np.int64)]
    scale = float(np.abs(reals).max(initial=0.0)) or 1.0
    cells = np.concatenate([bits[order].astype(np.uint8), _shades(reals[order], scale)], axis=1)
    fitness = traits[order, FITNESS]
    low, high = fitness.min(), fitness.max()
    shades = np.full(order.size, 255.0) if high <= low else 40.0 + 215.0 * (fitness - low) / (high - low)
    return Picture(
        cells[:, :MOST_COLUMNS], have[order], shades.astype(np.uint8),
        [count for count in counts if count], loci, scale, who.size, size,
    )  # fmt: skip


def _shades(reals: np.ndarray, scale: float) -> np.ndarray:
    middle, half = (LOWEST + HIGHEST) / 2.0, (HIGHEST - LOWEST) / 2.0
    return np.rint(middle + half * np.clip(reals / scale, -1.0, 1.0)).astype(np.uint8)


def _marks(spec: Spec, traits: np.ndarray) -> np.ndarray:
    prop = spec.scenario.property
    if spec.asked:
        return np.zeros(traits.shape[0], np.uint8)
    values = traits[:, spec.world.trait(prop.trait)]
    share = values / prop.threshold if prop.threshold > 0 else (values >= prop.threshold).astype(float)
    return np.rint(255.0 * np.clip(share, 0.0, 1.0)).astype(np.uint8)


def sorted_rows(bits: np.ndarray, reals: np.ndarray, have: np.ndarray) -> np.ndarray:
    """Rows sorted by the property, the most first, then by loci, then by reals."""
    words = (reals + 0.0).view(np.uint64)  # -0 is 0
    rising = np.where(words >> _SIGN, ~words, words | _HIGHEST).astype(">u8")  # octets that sort as the reals do
    octets = [255 - have[:, None], 255 - np.packbits(bits, axis=1), rising.view(np.uint8)]
    rows = np.ascontiguousarray(np.concatenate(octets, axis=1))
    return np.argsort(rows.view(np.dtype((np.void, rows.shape[1]))).ravel(), kind="stable")


def genotypes(spec: Spec, population: Population) -> list[tuple[str, float]]:
    """The commonest genotypes by their loci, each with its share of the population; none where there are no loci."""
    if population.bits.shape[1] == 0:
        return []
    who = sampled(population.bits.shape[0])
    bits = np.ascontiguousarray(population.bits[who])
    rows = bits.view(np.dtype((np.void, bits.dtype.itemsize * bits.shape[1]))).ravel()
    kinds, counts = np.unique(rows, return_counts=True)
    first = np.argsort(-counts, kind="stable")[:MOST_BANDS]
    named = ((kinds[k], counts[k] / who.size) for k in first)
    return [(_name(kind), float(share)) for kind, share in named if share >= RAREST]


def _name(kind: Any) -> str:
    return hashlib.sha256(bytes(kind)).hexdigest()[:8]
