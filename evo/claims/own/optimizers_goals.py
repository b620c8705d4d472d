"""optimizers_goals: as `optimizers`, over tables of goals."""

from evo.claims.own.optimizers import answer, draw, sentences

__all__ = ["answer", "draw", "sentences"]
