"""circuits: networks of NAND gates that compute logic functions of two inputs (after Lenski and others 2003)."""

import math

import numpy as np

from evo.kernels.genome import get_locus, set_locus
from evo.kernels.jit import kernel
from evo.worlds.world import Knob, Layout, Loci, Trait, World, carrier_kernel, columns, live_kernel, without_kernel

FUNCTIONS = ("not", "nand", "and", "or_n", "or", "and_n", "nor", "xor", "equ")
# Truth tables over the inputs a = 1100, b = 1010, all that count as the function; and its reward, as a power of two.
TABLES = ((0b0011, 0b0101), (0b0111,), (0b1000,), (0b1101, 0b1011), (0b1110,), (0b0100, 0b0010), (0b0001,), (0b0110,),
          (0b1001,))  # fmt: skip
POWERS = (1, 1, 2, 2, 3, 3, 4, 4, 5)
EQU = 8
_FUNCTION_OF = np.full(16, -1)
for _f, _tables in enumerate(TABLES):
    for _table in _tables:
        _FUNCTION_OF[_table] = _f
_POWER_OF = np.array(POWERS)

KNOBS = (
    Knob("gates", 16, 5, 62, "gates", "NAND gates of a genome, used or not", integer=True),
    Knob("outputs", 9, 1, 16, "outputs", "wires on which functions are looked for", integer=True),
    Knob("stones", 1, 0, 1, "0 or 1", "whether the eight simpler functions are rewarded too", integer=True),
    Knob("mutation_rate", 1e-3, 0, 1, "per locus and generation", "flips, both ways"),
)
TRAITS = (
    Trait("fitness", "offspring, relative", "product of the rewards of the functions done, each once"),
    Trait("equ", "0 or 1", "computes whether its inputs are equal"),
    Trait("functions", "functions", "of the nine, done", downstream=True),  # EQU is one of them
    Trait("xor", "0 or 1", "computes whether its inputs differ"),
)
K, T = columns(KNOBS), columns(TRAITS)


@kernel()
def _address_bits(gates):
    """Loci of an address: enough to name both inputs and all gates."""
    bits = 1
    while (1 << bits) < gates + 2:
        bits += 1
    return bits


def layout(knobs):
    """Two addresses per gate, then one per output; founders are all zeros: no output computes anything."""
    gates, rate = int(knobs["gates"]), knobs["mutation_rate"]
    return Layout(loci=(Loci((2 * gates + int(knobs["outputs"])) * _address_bits(gates), rate, rate),))


@kernel(inline=True, inner=True)
def _address(row, field, width, below):
    """The address in the given field of a genome, scaled to 0..below - 1. row: uint64[W]."""
    at = field * width
    word, shift = at >> 6, np.uint64(at & 63)
    low, high = row[word], row[min(word + 1, row.size - 1)]  # before any branch: else references are counted
    value = low >> shift
    if (at & 63) + width > 64:
        value |= high << (np.uint64(64) - shift)
    value &= (np.uint64(1) << np.uint64(width)) - np.uint64(1)
    return np.int64(value) * below >> width


@kernel(inline=True, inner=True)
def _compute(row, width, wire):
    """Fill the wires of a genome: 0 is input a, 1 is b, 2 + g the output of gate g; all four cases in four bits."""
    wire[0], wire[1] = 0b1100, 0b1010
    for g in range(wire.size - 2):
        first, second = _address(row, 2 * g, width, 2 + g), _address(row, 2 * g + 1, width, 2 + g)
        wire[2 + g] = ~(wire[first] & wire[second]) & 15


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Gates read earlier wires; a function is done where an output reads a wire that computes it."""
    gates, outputs, stones = np.int64(knobs[K.gates]), np.int64(knobs[K.outputs]), knobs[K.stones] > 0.0
    width = _address_bits(gates)
    wire = np.empty(2 + gates, np.int64)
    for i in range(bits.shape[0]):
        _compute(bits[i], width, wire)
        done = 0
        for o in range(outputs):
            function = _FUNCTION_OF[wire[_address(bits[i], 2 * gates + o, width, 2 + gates)]]
            if function >= 0:
                done |= 1 << function
        power, count = 0, 0
        for f in range(9):
            if done >> f & 1:
                count += 1
                if stones or f == EQU:
                    power += _POWER_OF[f]
        traits[i, T.fitness] = math.ldexp(1.0, power)
        traits[i, T.equ] = done >> EQU & 1
        traits[i, T.functions] = count
        traits[i, T.xor] = done >> 7 & 1


@kernel(inner=True)
def _point(row, field, width, below, wire):
    """Write into a field the least value that addresses `wire`."""
    value = ((wire << width) + below - 1) // below
    for b in range(width):
        set_locus(row, field * width + b, (value >> b) & 1)


@carrier_kernel
def carrier(bits, reals, knobs):
    """EQU by the first five gates, the fewest that do it, on the first output."""
    gates = np.int64(knobs[K.gates])
    width = _address_bits(gates)
    inputs = ((0, 1), (0, 2), (1, 2), (3, 4), (5, 5))  # nand; nand of it with each input; of both: xor; its opposite
    for g in range(5):
        for k in range(2):
            _point(bits, 2 * g + k, width, 2 + g, inputs[g][k])
    _point(bits, 2 * gates, width, 2 + gates, 6)


@kernel(inner=True)
def _elsewhere(row, output, width, wire, done):
    """The value for an output's address that flips least loci of it and adds no function to those done. row: uint64[W]

    One is always found: an input is no function.
    """
    gates = wire.size - 2
    best, least = 0, 65
    for value in range(1 << width):
        function = _FUNCTION_OF[wire[value * wire.size >> width]]
        if function < 0 or (function != EQU and done >> function & 1):
            flips = 0
            for b in range(width):
                flips += get_locus(row, (2 * gates + output) * width + b) != (value >> b) & 1
            if flips < least:
                best, least = value, flips
    return best


@without_kernel
def without(bits, reals, knobs):
    """Takes away `equ`: outputs that compute it are pointed to where no function is that is not done already.

    By as few flips of an output's address as will do; gates and other outputs stay, and so does what they compute.
    """
    gates, outputs = np.int64(knobs[K.gates]), np.int64(knobs[K.outputs])
    width = _address_bits(gates)
    wire = np.empty(2 + gates, np.int64)
    _compute(bits, width, wire)
    done = 0
    for o in range(outputs):
        function = _FUNCTION_OF[wire[_address(bits, 2 * gates + o, width, 2 + gates)]]
        if function >= 0:
            done |= 1 << function
    if not done >> EQU & 1:
        return
    for o in range(outputs):
        if _FUNCTION_OF[wire[_address(bits, 2 * gates + o, width, 2 + gates)]] == EQU:
            value = _elsewhere(bits, o, width, wire, done)
            for b in range(width):
                set_locus(bits, (2 * gates + o) * width + b, (value >> b) & 1)


WORLD = World(
    name="circuits",
    summary="networks of NAND gates, rewarded for the logic functions they compute",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    without=without,
)
