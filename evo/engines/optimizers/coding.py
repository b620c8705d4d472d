"""Genomes as points of one space in which founders are standard normal about the start, for optimizers of reals.

A real x is mean + sd u (the mutational step, where founders do not vary). A locus has a liability z (Wright 1934): it
is 1 where z > 0. Founders' liabilities are normal with variance 1 about the m for which a share Phi(m) are ones: the
founders' own share, or, where that is less, the share that one generation of mutation leaves.
"""

from typing import Any

import numpy as np
from scipy.special import ndtri

from evo.kernels.genome import pack, unpack


class Coding:
    """The space of one cell: L liabilities, then D reals.

    Attributes
    ----------
    start : float64[L + D], where founders are centred
    """

    def __init__(self, spec: Any):
        layout = spec.world.layout(spec.knobs)
        ones = [(b.initial * (1 - b.back) + (1 - b.initial) * b.forward, b.count) for b in layout.loci]
        share = np.array([p for p, count in ones for _ in range(count)])
        self.loci = share.size
        self.means = np.array([b.mean for b in layout.reals for _ in range(b.count)])
        self.scale = np.array([b.sd or b.step for b in layout.reals for _ in range(b.count)])
        self.start = np.concatenate([ndtri(np.clip(share, 1e-9, 1 - 1e-9)), np.zeros(self.means.size)])
        self.least = 0.5 / spec.scenario.population.size  # share of ones that one of two populations would show

    def genomes(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Bits uint64[N, W] and reals float64[N, D] of points float64[N, L + D]."""
        return pack(points[:, : self.loci] > 0.0), self.means + self.scale * points[:, self.loci :]

    def divergence(self, bits: np.ndarray, reals: np.ndarray) -> float:
        """Half the squared distance of these agents' mean from the start, in nats.

        That is the Kullback-Leibler divergence from the founders' distribution to the same one moved to that mean. A
        locus counts by the liability that its share of ones stands for, one within half an individual of 0 or 1.
        """
        share = np.clip(unpack(bits, self.loci).mean(axis=0), self.least, 1.0 - self.least)
        moved = np.concatenate([ndtri(share) - self.start[: self.loci], self._standard(reals.mean(axis=0))])
        return 0.5 * float(moved @ moved)

    def _standard(self, mean: np.ndarray) -> np.ndarray:
        moves = self.scale > 0.0
        return np.where(moves, (mean - self.means) / np.where(moves, self.scale, 1.0), 0.0)
