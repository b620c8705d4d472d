"""World `circuits`: wiring by hand."""

import numpy as np
import pytest

from evo.kernels.records import ROW
from evo.worlds.circuits import FUNCTIONS, POWERS, TABLES, T
from tests.evolved import records
from tests.worlds.lives import life, spec_of


@pytest.mark.parametrize("gates", [5, 16, 33, 62])
def test_the_circuit_of_five_nands_computes_equality(gates):
    population = {"population__size": 3, "population__carriers": 3, "population__generations": 0}
    spec = spec_of("circuits", "equ", gates=gates, **population)
    assert records(spec, 1).trace[0, 0, ROW.mean, T.equ] == 1.0
    alone_rewarded = records(spec.set(stones=0), 1)
    assert alone_rewarded.trace[0, 0, ROW.mean, T.fitness] == 32.0


def test_circuits_against_wiring_by_hand():
    """Random genomes, decoded in Python: the functions found and their rewards."""
    rng, gates, outputs, width = np.random.default_rng(8), 10, 4, 4
    loci = (2 * gates + outputs) * width
    genome = rng.integers(0, 2, (300, loci))
    bits = np.zeros((300, 2), np.uint64)
    for locus in range(loci):
        bits[:, locus // 64] |= genome[:, locus].astype(np.uint64) << np.uint64(locus % 64)
    knobs = {"gates": gates, "outputs": outputs, "stones": 1}
    traits = life("circuits", bits, np.zeros((300, 0)), stream=(1, 1), **knobs)
    for row, got in zip(genome, traits, strict=True):
        fields = [
            sum(int(b) << k for k, b in enumerate(row[f * width : (f + 1) * width])) for f in range(loci // width)
        ]
        wires = [0b1100, 0b1010]
        for g in range(gates):
            a, b = (wires[field * (2 + g) >> width] for field in fields[2 * g : 2 * g + 2])
            wires.append(15 - (a & b))
        out = {wires[field * (2 + gates) >> width] for field in fields[2 * gates :]}
        done = [f for f in range(len(FUNCTIONS)) if out & set(TABLES[f])]
        assert got[T.fitness] == 2.0 ** sum(POWERS[f] for f in done) and got[T.functions] == len(done)
        assert got[T.equ] == (FUNCTIONS.index("equ") in done)
    assert traits[:, T.functions].max() >= 3
    rules = {
        "not": lambda a, b: 1 - a, "nand": lambda a, b: 1 - a * b, "and": lambda a, b: a * b,
        "or_n": lambda a, b: max(a, 1 - b), "or": max, "and_n": lambda a, b: a * (1 - b),
        "nor": lambda a, b: 1 - max(a, b), "xor": lambda a, b: a ^ b, "equ": lambda a, b: 1 - (a ^ b),
    }  # fmt: skip
    for f, name in enumerate(FUNCTIONS):
        expected = rules[name]
        table = sum(expected(a, b) << (2 * a + b) for a in (0, 1) for b in (0, 1))
        assert table in TABLES[f]
