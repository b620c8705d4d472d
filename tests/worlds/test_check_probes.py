"""Probes, films and arms of own worlds: what is wrong with them is told as of lives."""

import pytest

from evo.errors import WorldError
from evo.worlds.check.checks import NEVER, check
from evo.worlds.check.lives import Lives
from evo.worlds.load import load_world
from tests.worlds.test_check import faults_of, source, world_of

HEAD = ("columns, live_kernel\n", "columns, live_kernel, Film, film_kernel, probe_kernel\n")
KERNELS = """
PROBES = (Trait("wish", "0 to 1", "what it wants"), Trait("other", "number", "and else"))


@probe_kernel
def probe(bits, reals, knobs, group, rng_state, scores):
    loci, fault = np.int64(knobs[K.loci]), np.int64(knobs[K.fault])
    for i in range(bits.shape[0]):
        scores[i, 0] = count_ones(bits[i], 0, loci) / loci
        scores[i, 1] = uniform(rng_state)
        # of the probe


@film_kernel
def film(bits, reals, knobs, rng_state, frames):
    steps, fault = frames.shape[0], np.int64(knobs[K.fault])
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
PROBE, OTHER, FILM = "# of the probe", "scores[i, 1] = uniform(rng_state)", "# of the film"

# A line of the kernels, what stands in its place where the knob fault has the number of the row, words of the sentence,
# and its kind.
FAULTS = (
    (PROBE, "scores[i, 2] = 1.0", "index 2 is out of bounds: scores has 2, 0 to 1 (wish", "index"),
    (PROBE, "scores[i + 1, 0] = 1.0", "scores has 60 agents, 0 to 59", "index"),
    (PROBE, "scores[i, 0] += knobs[9]", "knobs[9]: index 9 is out of bounds", "index"),
    (OTHER, "pass", "probe does not write the score 'other'", "unwritten"),
    (OTHER, "scores[i, 1] += 1.0", "probe reads the score 'other'", "early"),
    (OTHER, "scores[i, 1] = np.nan", "the score 'other' is nan", "value"),
    (PROBE, "bits[i, 0] = np.uint64(0)", "probe changes bits; the genomes must stay", "changed"),
    (PROBE, "if scores[i, 0] > 0.5: raise ValueError('much')", "probe raises ValueError: much", "raises"),
    (PROBE, "while scores[i, 0] > 0.5: scores[i, 0] += 1.0", "probe does not end", "endless"),
    (FILM, "frames[s, e, 4] = 1.0", "frames has 4 fields, 0 to 3 (x, y, kind, state)", "index"),
    (FILM, "frames[s, 2, 0] = 1.0", "frames has 2 entities, 0 to 1", "index"),
    ("frames[s, e, 3] = 1.0", "pass", "film: state of entity 0 in step 0 is not written", "film"),
    ("frames[s, e, 2] = e", "frames[s, e, 2] = e + 1", "kind of entity 1 in step 0 is 2, and must be 0", "film"),
    ("return steps", "return steps + 1", "film says that it filled 4 steps, and must fill 1 to 3", "film"),
    ("lambda k: 3", "k['stops']", "steps of the film fails: KeyError", "film"),
    ("lambda k: 2", "2.0", "entities of the film gives 2.0, and must give a whole number", "film"),
)


def own(*changes):
    """The file of a right world with a probe and a film, with changes."""
    text = source(changes=[HEAD, ("\nWORLD = World(", KERNELS + "WORLD = World("), ("carrier=carrier,", WORLD)])
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def with_faults():
    """The text of a world that does what the knob fault says, and is right where that is 0."""
    lines = []
    for line in own().splitlines():
        rows = [(n, new) for n, (old, new, *_) in enumerate(FAULTS, 1) if old in line]
        space = line[: len(line) - len(line.lstrip())]
        if rows and "lambda" in rows[0][1] + line:
            for n, new in rows:
                old = FAULTS[n - 1][0]
                line = line.replace(old, f"{old} if k['fault'] != {n} else {new}")
            lines.append(line)
            continue
        for n, new in rows:
            lines += [f"{space}{'if' if n == rows[0][0] else 'elif'} fault == {n}:", f"{space}    {new}"]
        if rows and not line.lstrip().startswith("#"):
            lines.append(f"{space}else:")
            space += "    "
        lines.append(space + line.lstrip() if rows else line)
    return "\n".join(lines).replace("k['", 'k["').replace("']", '"]') + "\n"


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """The world with every fault, compiled once, and its lines."""
    text = with_faults()
    return Lives(world_of(tmp_path_factory.mktemp("faulty"), text), "faulty.py"), text.splitlines()


def told(folder, *changes):
    text = own(*changes)
    world = world_of(folder, text)
    return check(world, "own.py"), text.splitlines()


def test_what_is_right_is_not_told(faulty, tmp_path):
    assert told(tmp_path)[0] == [] and faults_of(faulty[0], 0) == []


def test_a_world_without_a_carrier_is_right(tmp_path):
    assert told(tmp_path, ("carrier=carrier, ", ""))[0] == []


@pytest.mark.parametrize("number", range(1, len(FAULTS) + 1), ids=[row[1] for row in FAULTS])
def test_each_fault_is_found_and_named(faulty, number, monkeypatch):
    monkeypatch.setattr("evo.worlds.check.lives._ENDLESS", 10**7)  # rounds; the many more take half a minute
    lives, lines = faulty
    _, new, words, kind = FAULTS[number - 1]
    (fault,) = [one for one in faults_of(lives, number) if words in one.says] or [None]
    assert fault is not None, faults_of(lives, number)
    assert fault.kind == kind and "\n" not in fault.says and len(fault.says) < 300
    if kind in ("index", "changed"):
        assert new.split(" = ")[0] in lines[fault.line - 1] or "kernel" in lines[fault.line - 1]


def test_those_that_forbid_a_run_are_told_apart():
    assert {kind for *_, kind in FAULTS} - set(NEVER) == {"value", "raises", "endless", "film"}


def test_draws_from_another_stream(tmp_path):
    (problem,), lines = told(tmp_path, (OTHER, "scores[i, 1] = np.random.random() + uniform(rng_state)"))
    assert "another stream than rng" in problem.says and "np.random" in lines[problem.line - 1]


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
