"""Shipped scenarios, changed and evolved, for tests of engines and worlds."""

import numpy as np

import evo
from evo.engines.dispatch import evolve
from evo.engines.replicates import new_control
from evo.kernels.records import ROW


def shipped(name, **changes):
    """A shipped scenario without its sweep, with changes; in their names two underscores stand for a dot."""
    return evo.load(name).over({}).set({key.replace("__", "."): value for key, value in changes.items()})


def wolf(engine="classes", **changes):
    """Wolves and snipers without a sweep, by class counts or by another engine."""
    return shipped("wolf_sniper", engine=engine, **changes)


def evolved(spec, replicates):
    """So many replicates of a cell, by its engine."""
    return evolve(spec, range(replicates), new_control())


def records(spec, replicates):
    """Records of so many replicates of a cell."""
    return evolved(spec, replicates).records


def last(out, row=ROW.mean):
    """A row of the last record of each replicate: float64[R, T]."""
    return out.trace[np.arange(out.records.size), out.records - 1, row]
