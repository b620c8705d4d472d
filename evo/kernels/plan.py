"""A cell as the generation loops take it: numbers and arrays, without names."""

from typing import NamedTuple

from evo.kernels.jit import F64_1, F64_2, F64_3, I64_1, type_of
from evo.kernels.names import columns

FITNESS = 0  # the trait that selection sees

# Knobs that are lived with: in training, in training since its change, in deployment.
ENVIRONMENT = columns(("training", "changed", "deployment"))

# What is changed in a replicate that is evolved again; see `arms.py`.
ARM = columns(("none", "blind", "supplied", "watched"))


class Rule(NamedTuple):
    """Who become parents. Schemes are numbered by `operators.SCHEME`."""

    scheme: int
    parameter: float
    elites: int
    demes: int
    migration: float
    budding: float


class Plan(NamedTuple):
    """Everything about a cell that a loop needs. Blocks b and reals d as in `variation.found_population`."""

    size: int
    generations: int
    carriers: int
    groups: int  # of agents who meet: those formed anew, or demes
    anew: bool  # groups are formed anew in each generation
    relatedness: float  # chance that two of such a group are copies of one offspring
    rule: Rule
    roles: int  # parents per offspring
    crossover: int
    crossover_rate: float
    loci: int
    starts: I64_1
    frequencies: F64_1
    forward: F64_1
    back: F64_1
    means: F64_1
    sds: F64_1
    rates: F64_1
    steps: F64_1
    knobs: F64_1
    change_at: int  # from this generation on, training has other knobs
    changed: F64_1
    deployment: F64_1
    deployed: bool  # deployment differs from training
    traits: int
    property: int  # the trait that is the property; -1 where it is a probe
    threshold: float
    stop_above: float
    stop_below: float
    record_at: I64_1  # rising generations, first 0, last `generations`
    social: bool  # agents meet
    split_transmission: bool  # what transmission is made of is told
    arm: int
    carrier: bool  # the world can build one
    probes: int  # scores of a probe, 0 where the world has none
    probed: int  # the score that is the property; -1 where it is a trait


class Genotypes(NamedTuple):
    """The C genotype classes of a cell, T traits each."""

    start: F64_1  # [C], chances of a founder's class
    transition: F64_2  # [C, C], from a parent's class (row) to its offspring's
    carrier_of: I64_1  # [C], the class that a carrier made from each class is of
    without_of: I64_1  # [C], the class that each is of once it lacks the property; its own where a world has no such
    traits: F64_3  # [ENVIRONMENT, C, T]


PLAN, GENOTYPES = type_of(Plan), type_of(Genotypes)
