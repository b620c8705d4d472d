"""What `evo check` says of `without`, in one sentence with file and line."""

import pytest

from evo.analyses.check import check_path
from evo.errors import WorldError
from evo.worlds import trust
from evo.worlds.check.checks import check
from tests.worlds.test_check import CARRIER, SCENARIO, WORLD, source, told, world_of

WITHOUT = """

@without_kernel
def without(bits, reals, knobs):
    if count_ones(bits, 0, np.int64(knobs[0])) == np.int64(knobs[0]):
        set_locus(bits, 0, 0)
"""
OFFERED = (
    ("columns, live_kernel\n", "columns, live_kernel, without_kernel\n"),
    ("carrier=carrier,\n", "carrier=carrier,\n    without=without,\n"),
)


def offering(without=WITHOUT, changes=()):
    """A world's file that offers `without`; `changes` are made in its text."""
    return source(carrier=CARRIER + without, changes=(*OFFERED, *changes))


def test_a_world_that_offers_it_is_right_and_one_that_does_not_too(tmp_path):
    world = world_of(tmp_path, offering())
    assert world.without is not None and check(world, "own.py") == []
    assert told(tmp_path, world=WORLD) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    set_locus(bits, 0, 0)", "    set_locus(bits, 64, 0)", "set_locus is out of bounds: it asks for locus 64"),
        ("    set_locus(bits, 0, 0)", "    bits[3] = 0", "bits[3]: index 3 is out of bounds: bits has 1 words of 64"),
        ("    set_locus(bits, 0, 0)", "    reals[0] = 1.0", "reals[0]: index 0 is out of bounds: reals has no reals"),
        ("    set_locus(bits, 0, 0)", "    knobs[1] = 2.0", "without changes the knobs; they must stay"),
        ("    set_locus(bits, 0, 0)", "    set_locus(bits, 63, 1)", "without sets a locus past the last of the genome"),
        ("    set_locus(bits, 0, 0)", "    pass", "without changes no carrier: the property is still there"),
        ("    if count_ones(bits, 0, np.int64(knobs[0])) == np.int64(knobs[0]):\n        set_locus(bits, 0, 0)",
         "    bits[0] ^= np.uint64(1)", "without changes again what it has changed"),
        ("        set_locus(bits, 0, 0)", "        raise ValueError('no')", "without raises ValueError: no"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_one_sentence_with_its_line(tmp_path, old, new, words):
    text = offering(WITHOUT.replace(old, new))
    assert new in text
    world = world_of(tmp_path, text)
    found = check(world, world.source.shown)
    assert words in found[0].says and found[0].file.endswith("own.py") and len(found[0].says) < 300
    lines = text.splitlines()
    assert found[0].line > lines.index("@without_kernel")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("@without_kernel\n", "", "without needs @without_kernel above it"),
        ("@without_kernel\ndef without(bits, reals, knobs)", "@without_kernel\ndef without(bits, reals)",
         "without takes 2 arguments, and must take 3: bits, reals, knobs"),
        ("set_locus(bits, 0, 0)", "set_locus(bits, 0)", "missing a required argument: 'value'"),
        ("@without_kernel\n", "@live_kernel\n", "without takes 3 arguments, and must take 6"),
    ],
)  # fmt: skip
def test_what_cannot_be_loaded(tmp_path, old, new, words):
    text = WITHOUT.replace(old, new)
    with pytest.raises(WorldError) as raised:
        world_of(tmp_path, offering(text))
    (problem,) = raised.value.problems
    assert words in problem.says and problem.line and "\n" not in str(problem)


def of_scenario(folder, text, trait="complete"):
    """What `evo check` says of a scenario of the world with that text."""
    (folder / "own.py").write_text(text, encoding="utf-8")
    (folder / "own.toml").write_text(SCENARIO.replace('"complete"', f'"{trait}"'), encoding="utf-8")
    with trust.given():
        return check_path(str(folder / "own.toml")).problems


def test_a_scenario_is_told_where_its_property_stays(tmp_path):
    """The world has a second trait that is there with any locus; without takes one of four."""
    assert of_scenario(tmp_path, offering()) == []
    more = (
        ('Trait("complete", "0 or 1", "every locus is 1"))',
         'Trait("complete", "0 or 1", "every locus is 1"), Trait("some", "0 or 1", "some locus is 1"))'),
        ("        # faults\n", "        traits[i, T.some] = 1.0 if ones > 0 else 0.0\n"),
    )  # fmt: skip
    (problem,) = of_scenario(tmp_path, offering(changes=more), "some")
    assert "without leaves a carrier the property of" in problem.says
    assert "its some is 1, and must be below the threshold 0.5" in problem.says
    assert (tmp_path / "own.py").read_text().splitlines()[problem.line - 1] == "@without_kernel"


def test_a_scenario_is_told_where_who_lacks_the_property_is_changed(tmp_path):
    always = "\n\n@without_kernel\ndef without(bits, reals, knobs):\n    set_locus(bits, 0, 0)\n"
    (problem,) = of_scenario(tmp_path, offering(always))
    assert "without changes a genome and leaves its complete as it was" in problem.says
    assert (tmp_path / "own.py").read_text().splitlines()[problem.line - 1] == "@without_kernel"


@pytest.mark.parametrize("far", [False, True])
def test_classes_turn_into_each_other_by_it(tmp_path, far):
    """Of classes by ones the genome of each has its first loci: a whole one less its first locus is no class."""
    locus = "0" if far else "np.int64(knobs[0]) - 1"
    without = WITHOUT.replace("set_locus(bits, 0, 0)", f"set_locus(bits, {locus}, 0)")
    classes = (
        ("carrier=carrier,\n", "carrier=carrier, classes=lambda knobs: by_ones(layout(knobs)),\n"),
        ("import Knob,", "import Classes, Knob,"),
        ("\nimport numpy", "\nfrom evo.worlds.classes import by_ones\nimport numpy"),
    )
    text = source(carrier=CARRIER + without, changes=(*OFFERED, *classes))
    world = world_of(tmp_path, text.replace("carrier=carrier,\n    without", "carrier=carrier, without"))
    found = check(world, "own.py")
    assert ["without makes of one of them a genome that is none" in p.says for p in found] == [True] * far
