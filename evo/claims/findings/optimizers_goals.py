"""optimizers_goals: as `optimizers`, over tables of goals."""

from evo.claims.findings.optimizers import FINDING

__all__ = ["FINDING"]
