"""`without` of every shipped world: the property is gone by the least change, and nothing else is."""

import importlib
import itertools

import numpy as np
import pytest

import evo
from evo.batch.trial import keeping, takes_away
from evo.engines.carriers import carries
from evo.kernels.genome import pack, unpack
from evo.worlds import trust
from evo.worlds.baldwin import T as BALDWIN
from evo.worlds.check.settings import population
from evo.worlds.circuits import T as CIRCUITS
from evo.worlds.drives import T as DRIVES
from evo.worlds.load import GRID, NAMES, load_world, module_of
from evo.worlds.minds import T as MINDS
from evo.worlds.world import declared
from tests.records import SHIPPED
from tests.worlds.lives import alone, lived, packed

# Loci and reals of a genome that `without` changes at most; -1: as many as the world says in its docstring.
MOST = {
    "baldwin": (2, 0), "beliefs": (0, -1), "circuits": (-1, 0), "drives": (0, 1), "goals": (0, 1), "kin": (1, 0),
    "minds": (0, 2), "observed": (1, 0), "parts": (1, 0), "rewards": (0, 2), "scores": (0, 1), "ochs_desai": (1, 0),
}  # fmt: skip


def changed(kernel, bits, reals, values):
    """Copies of genomes, each changed by a kernel."""
    bits, reals = bits.copy(), reals.copy()
    for slot in range(bits.shape[0]):
        kernel(bits[slot], reals[slot], values)
    return bits, reals


def taken(name, genomes, **knobs):
    """Genomes without reals, each a string of 0 and 1, as `without` leaves them."""
    world, bits = load_world(name), packed(genomes)
    values = world.vector({knob.name: knob.default for knob in world.knobs} | knobs)
    bits, _ = changed(world.without, bits, np.zeros((len(genomes), 0)), values)
    return ["".join(str(int(one)) for one in row) for row in unpack(bits, len(genomes[0]))]


def cells_of(name):
    with trust.given():
        return [cell.spec for cell in evo.load(SHIPPED[name]).cells()][:24]


@pytest.mark.parametrize("name", [name for name in SHIPPED if evo.load(SHIPPED[name]).world.carrier])
def test_carriers_of_every_scenario_have_the_property_and_lose_it(name):
    cells = cells_of(name)
    assert all(map(carries, cells)) and keeping(cells) == ""
    for spec in cells[:6]:
        world, values, layout = spec.world, spec.world.vector(spec.knobs), spec.world.layout(spec.knobs)
        loci = sum(block.count for block in layout.loci)
        for genomes in (population(layout), changed(world.carrier, *population(layout), values)):
            bits, reals = changed(world.without, *genomes, values)
            flipped = (unpack(bits, loci) != unpack(genomes[0], loci)).sum(axis=1).max()
            moved = (reals != genomes[1]).sum(axis=1).max() if reals.size else 0
            for number, most in zip((flipped, moved), MOST[world.name], strict=True):
                assert most == -1 or number <= most
            again = changed(world.without, bits, reals, values)
            assert again[0].tobytes() == bits.tobytes() and again[1].tobytes() == reals.tobytes()
            traits = np.full((bits.shape[0], len(world.traits)), np.nan)
            world.live(bits, reals, values, np.zeros(len(bits), np.int64), np.arange(1, 5, dtype=np.uint64), traits)
            assert np.isfinite(traits).all()


def test_every_shipped_world_offers_it_and_every_one_is_tried():
    assert all(load_world(name).without is not None for name in NAMES)
    assert set(MOST) == {*NAMES, "ochs_desai"}


@pytest.mark.parametrize("name", GRID)
def test_where_there_is_no_such_thing_the_file_of_the_world_says_why(name):
    assert load_world(name).without is None and load_world(name).arms is not None
    assert "no `without` can be written by hand" in importlib.import_module(module_of(name)).__doc__


def test_where_the_property_is_another_trait_others_may_keep_it():
    """Proxies alone can be aligned: in `setup_search` what `without` takes is not all of the property."""
    reference = {"status": 0.9, "sweet": 0.9}
    spec = next(cell.spec for cell in evo.load("setup_search").cells() if reference.items() <= cell.set.items())
    assert not takes_away(spec)
    assert takes_away(evo.load("igf").over({})) and takes_away(evo.load("wolf_sniper").over({}))


# --- world by world


def test_of_a_rifle_the_last_part_goes():
    assert taken("parts", ["1111", "1011", "1110", "0000"], parts=4) == ["1110", "1011", "1110", "0000"]
    assert taken("parts", ["111110"], parts=4, teeth=2) == ["111010"]  # teeth stay


def test_kin_lose_the_concept_and_keep_locus_0_and_markers():
    assert taken("kin", ["111" + "01" * 8, "011" + "1" * 16, "101" + "0" * 16]) == [
        "110" + "01" * 8, "010" + "1" * 16, "101" + "0" * 16
    ]  # fmt: skip


def test_the_honest_become_selfish_and_keep_their_detector():
    assert taken("observed", ["011", "000", "101"]) == ["111", "100", "101"]


def test_far_peak_goes_back_to_the_valley():
    (spec,) = cells_of("ochs_desai")[:1]
    bits = packed(["011", "010", "100", "000", "111"])
    out, _ = changed(spec.world.without, bits, np.zeros((5, 0)), spec.world.vector(spec.knobs))
    assert (out == packed(["010", "010", "100", "000", "111"])).all()  # the last is lethal, and on no peak


@pytest.mark.parametrize("genome", ["".join(row) for row in itertools.product("01", repeat=6)])
def test_one_wrong_connection_ends_the_search_by_as_few_flips_as_can_be(genome):
    """All genomes of three connections, against all genomes that cannot find it: learnable, then right."""
    wrong = any(genome[k] + genome[3 + k] == "00" for k in range(3))
    (after,) = taken("baldwin", [genome], connections=3)
    assert any(after[k] + after[3 + k] == "00" for k in range(3))
    flips = sum(a != b for a, b in zip(genome, after, strict=True))
    least = 0 if wrong else 1 if any(genome[k] + genome[3 + k] in ("01", "10") for k in range(3)) else 2
    assert flips == least
    assert not lived("baldwin", [after], 200, connections=3)[:, BALDWIN.found].any()


def test_circuits_keep_every_other_function_by_the_fewest_flips_of_an_address():
    """Of output 0, in 200 genomes that compute EQU, else random, at either of two values that address its gate."""
    world, gates, width = load_world("circuits"), 16, 5
    knobs = {knob.name: knob.default for knob in world.knobs} | {"gates": gates}
    values, first = world.vector(knobs), 2 * gates * width  # of output 0's address
    rng = np.random.default_rng(5)
    ones = rng.random((200, world.layout(knobs).loci[0].count)) < 0.5

    def done(genomes):
        """EQU, functions and XOR of genomes: bool[N, L]."""
        n = len(genomes)
        traits, stream = np.zeros((n, len(world.traits))), np.arange(1, 5, dtype=np.uint64)
        world.live(pack(genomes), np.zeros((n, 0)), values, np.zeros(n, np.int64), stream, traits)
        return traits[:, [CIRCUITS.equ, CIRCUITS.functions, CIRCUITS.xor]]

    def at(genome, value):
        other = genome.copy()
        other[first : first + width] = [value >> b & 1 for b in range(width)]
        return other

    bits, reals = changed(world.carrier, pack(ones), np.zeros((200, 0)), values)
    genomes = np.array([at(row, (11, 12)[i % 2]) for i, row in enumerate(unpack(bits, ones.shape[1]))])
    before = done(genomes)
    after = unpack(changed(world.without, pack(genomes), reals, values)[0], ones.shape[1])
    later, flips = done(after), (after != genomes).sum(axis=1)
    assert before[:, 0].all() and not later[:, 0].any()
    assert (later[:, 1] == before[:, 1] - 1).all() and (later[:, 2] == before[:, 2]).all()
    assert (after[:, :first] == genomes[:, :first]).all()  # gates stay
    alone = 0
    for genome, (_, functions, _), number in zip(genomes, before, flips, strict=True):
        others = np.array([at(genome, value) for value in range(1 << width)])
        found = done(others)
        fits = (found[:, 0] == 0) & (found[:, 1] == functions - 1)
        if fits.any():  # else more outputs than this one compute EQU
            alone += 1
            assert number == (others[fits] != genome).sum(axis=1).min()
    assert alone > 50


def test_without_the_concept_nothing_but_the_share_of_it_goes():
    """Of the drive on fitness alone: parts and proxies stay; with no parts at all too."""
    world = load_world("drives")
    for parts, loci in ((2, "11"), (0, "")):
        values = world.vector({knob.name: knob.default for knob in world.knobs} | {"concept_parts": parts})
        bits, reals = changed(world.without, packed([loci]), np.array([[0.4, -0.2, 0.3, 0.8]]), values)
        assert reals.tolist() == [[0.4, -0.2, 0.3, 0.0]] and (bits == packed([loci])).all()
        before = alone("drives", [0.4, -0.2, 0.3, 0.8], loci, concept_parts=parts)[0]
        after = alone("drives", reals[0], loci, concept_parts=parts)[0]
        assert before[DRIVES.igf_share] > 0.5 and after[DRIVES.igf_share] == 0.0
        assert before[DRIVES.has_concept] == after[DRIVES.has_concept] == 1.0
        plain = alone("drives", [0.4, -0.2, 0.3, 0.8], "0" * 2, concept_parts=2)[0]  # who cannot represent it
        assert after[DRIVES.alignment] == pytest.approx(plain[DRIVES.alignment])
    values = world.vector({knob.name: knob.default for knob in world.knobs} | {"concept_parts": 2})
    for loci in ("10", "00"):  # lacks it, whatever the drive
        _, reals = changed(world.without, packed([loci]), np.array([[0.4, -0.2, 0.3, 0.8]]), values)
        assert reals.tolist() == [[0.4, -0.2, 0.3, 0.8]]


def test_beliefs_keep_their_signals_so_that_tests_see_no_difference():
    world = load_world("beliefs")
    rng = np.random.default_rng(2)
    for rho in (-0.5, 0.0, 0.3, 0.9, 0.999999):
        knobs = {knob.name: knob.default for knob in world.knobs} | {"rho": rho}
        reals = rng.standard_normal((50, 100))
        _, after = changed(world.without, np.zeros((50, 0), np.uint64), reals, world.vector(knobs))
        assert (after[:, :50] == reals[:, :50]).all()
        rest = np.sqrt(1 - rho**2)
        values, turned = (rho * r[:, :50] + rest * r[:, 50:] for r in (reals, after))
        sound = (reals[:, :50] > 0) & (values >= 0)
        assert (turned[sound] < 0).all() and np.allclose(turned[sound], -values[sound], atol=1e-8)
        assert (after[:, 50:][~sound] == reals[:, 50:][~sound]).all()


def test_goals_lose_the_weight_of_the_true_one_alone_where_it_counts():
    world = load_world("goals")
    values = world.vector({knob.name: knob.default for knob in world.knobs} | {"true_parts": 3})
    weights = np.linspace(0.1, 0.8, 8)[None, :]
    for loci, first in (("111", 0.0), ("110", 0.1), ("000", 0.1)):
        bits = packed([loci + "1" * 20])
        after, reals = changed(world.without, bits, weights, values)
        assert reals[0, 0] == first and (reals[:, 1:] == weights[:, 1:]).all() and (after == bits).all()


def test_minds_and_rewards_stand_at_the_zero_of_the_scale_from_either_side():
    for reals in ([0.5, 0.4], [-0.5, -0.4], [0.5, -0.4]):
        world = load_world("minds")
        values = world.vector({knob.name: knob.default for knob in world.knobs})
        _, after = changed(world.without, packed(["1" * 16]), np.array([reals]), values)
        traits = alone("minds", after[0], "1" * 16)[0]
        assert traits[MINDS.values] == traits[MINDS.alignment] == 0.0 and traits[MINDS.options] == 10
    world = load_world("rewards")
    values = world.vector({knob.name: knob.default for knob in world.knobs})
    _, after = changed(world.without, np.zeros((1, 0), np.uint64), np.array([[-0.3, 0.4, 0.5, 0.2]]), values)
    assert after.tolist() == [[0.0, 0.0, 0.5, 0.2]]


# --- declared


def test_downstream_and_social_are_data_and_older_data_are_read():
    data = load_world("kin").declaration()
    assert data["social"] is True and declared(data).social
    traits = {trait["name"]: trait["downstream"] for trait in load_world("drives").declaration()["traits"]}
    assert traits["alignment"] and not traits["igf_share"]
    old = load_world("drives").declaration()
    del old["social"]
    for trait in old["traits"]:
        del trait["downstream"]
    world = declared(old)
    assert not world.social and not any(trait.downstream for trait in world.traits) and world.without is None
