"""Probes, films and arms of own worlds: what is wrong with them is told as of lives."""

import pytest

from evo.errors import WorldError
from evo.worlds.check.checks import NEVER, check
from evo.worlds.load import load_world
from tests.worlds.test_check import source, world_of

HEAD = ("columns, live_kernel\n", "columns, live_kernel, Film, film_kernel, probe_kernel\n")
KERNELS = """
PROBES = (Trait("wish", "0 to 1", "what it wants"), Trait("other", "number", "and else"))


@probe_kernel
def probe(bits, reals, knobs, group, rng_state, scores):
    loci = np.int64(knobs[K.loci])
    for i in range(bits.shape[0]):
        scores[i, 0] = count_ones(bits[i], 0, loci) / loci
        scores[i, 1] = uniform(rng_state)
        # of the probe


@film_kernel
def film(bits, reals, knobs, rng_state, frames):
    steps = frames.shape[0]
    for s in range(steps):
        for e in range(2):
            frames[s, e, 0] = s
            frames[s, e, 1] = e
            frames[s, e, 2] = e
            frames[s, e, 3] = 1.0
            # of the film
    return steps


"""
WORLD = 'carrier=carrier, probe=probe, probes=PROBES, film=Film(film, lambda k: 3, lambda k: 2, ("agent", "coin")),'


def own(*changes):
    """The file of a right world with a probe and a film, with changes."""
    text = source(changes=[HEAD, ("\nWORLD = World(", KERNELS + "WORLD = World("), ("carrier=carrier,", WORLD)])
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def told(folder, *changes):
    text = own(*changes)
    world = world_of(folder, text)
    return check(world, "own.py"), text.splitlines(), world


def test_what_is_right_is_not_told(tmp_path):
    assert told(tmp_path)[0] == []


def test_a_world_without_a_carrier_is_right(tmp_path):
    assert told(tmp_path, ("carrier=carrier, ", ""))[0] == []


@pytest.mark.parametrize(
    ("old", "new", "words", "kind"),
    [
        (
            "# of the probe",
            "scores[i, 2] = 1.0",
            "index 2 is out of bounds: scores has 2, 0 to 1 (wish",
            "index",
        ),
        ("# of the probe", "scores[i + 1, 0] = 1.0", "scores has 60 agents, 0 to 59", "index"),
        ("# of the probe", "scores[i, 0] += knobs[9]", "knobs[9]: index 9 is out of bounds", "index"),
        ("scores[i, 1] = uniform(rng_state)", "pass", "probe does not write the score 'other'", "unwritten"),
        ("scores[i, 1] = uniform(rng_state)", "scores[i, 1] += 1.0", "probe reads the score 'other'", "early"),
        ("scores[i, 1] = uniform(rng_state)", "scores[i, 1] = np.nan", "the score 'other' is nan", "value"),
        (
            "scores[i, 1] = uniform",
            "scores[i, 1] = np.random.random() + uniform",
            "another stream than rng",
            "random",
        ),
        ("# of the probe", "bits[i, 0] = np.uint64(0)", "probe changes bits; the genomes must stay", "changed"),
        (
            "# of the probe",
            "if scores[i, 0] > 0.5: raise ValueError('much')",
            "probe raises ValueError: much",
            "raises",
        ),
        ("# of the probe", "while scores[i, 0] > 0.5: scores[i, 0] += 1.0", "probe does not end", "endless"),
        ("# of the film", "frames[s, e, 4] = 1.0", "frames has 4 fields, 0 to 3 (x, y, kind, state)", "index"),
        ("# of the film", "frames[s, 2, 0] = 1.0", "frames has 2 entities, 0 to 1", "index"),
        ("frames[s, e, 3] = 1.0", "pass", "film: state of entity 0 in step 0 is not written", "film"),
        (
            "frames[s, e, 2] = e",
            "frames[s, e, 2] = e + 1",
            "kind of entity 1 in step 0 is 2, and must be 0",
            "film",
        ),
        ("return steps", "return steps + 1", "film says that it filled 4 steps, and must fill 1 to 3", "film"),
        ("lambda k: 3", "lambda k: k['stops']", "steps of the film fails: KeyError", "film"),
        ("lambda k: 2", "lambda k: 2.0", "entities of the film gives 2.0, and must give a whole number", "film"),
    ],
)
def test_each_fault_is_found_and_named(tmp_path, old, new, words, kind):
    found, lines, world = told(tmp_path, (old, new))
    (problem,) = [one for one in found if words in one.says] or [None]
    assert problem is not None, found
    assert "\n" not in problem.says and len(problem.says) < 300
    if kind in ("index", "random", "changed"):
        assert new.split(" = ")[0] in lines[problem.line - 1] or "kernel" in lines[problem.line - 1]
    must_not_run = [one for one in check(world, "own.py", kinds=NEVER) if words in one.says]
    assert bool(must_not_run) == (kind in NEVER)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("@probe_kernel\n", "", "probe needs @probe_kernel above it"),
        ("probe=probe, ", "", "probes names scores of no probe"),
        ("probes=PROBES, ", "", "probe needs probes=(...), which name its scores"),
        ('Trait("wish"', 'Trait("complete"', "there are two of the name 'complete' (Trait)"),
        ("film=Film(film,", "film=(film,", "film must be a Film(play, steps, entities, kinds)"),
        ("@film_kernel\n", "", "film needs @film_kernel above it"),
        ("rng_state, frames):", "frames):", "film takes 4 arguments, and must take 5"),
        ("carrier=carrier,", 'carrier=carrier, arms={"blond": {"loci": 4}},', "arms: there is no arm 'blond'"),
    ],
)
def test_what_cannot_be_loaded_is_one_sentence(tmp_path, old, new, words):
    with pytest.raises(WorldError) as raised:
        world_of(tmp_path, own((old, new)))
    assert words in str(raised.value) and "\n" not in str(raised.value)


def test_worlds_without_any_of_these_say_what_they_said():
    """So that what was stored of worlds that programs made keeps its streams."""
    from evo.worlds.inline import _text

    text = _text(load_world("kin"))
    assert not {line.split(" = ")[0] for line in text.splitlines()} & {"probe", "probes", "film", "arms"}
