"""`audit.generation`: what a program tells of itself, by hand."""

import random

import numpy as np
import pytest

import evo
from evo.errors import AuditError

TOLD = {
    "too few parents": ({"traits": {"p": [1, 2]}, "parents": [0]}, "parents has 1 entries, and there are 2 indiv"),
    "no place": ({"traits": {"p": [1, 2]}, "parents": [0, 3]}, "3 is no place in the generation before, 0 to 2"),
    "a word": ({"traits": {"p": [1, 2]}, "parents": [0, "x"]}, '"x" is no place'),
    "half a place": ({"traits": {"p": [1, 2]}, "parents": [0, 1.5]}, "1.5 is no place"),
    "yes": ({"traits": {"p": [1, 2]}, "parents": [0, True]}, "true is no place"),
    "no list": ({"traits": {"p": [1, 2]}, "parents": 3}, "parents = 3: must be a list, one entry for each"),
    "a dict": ({"traits": {"p": [1, 2]}, "parents": {0: 1}}, "must be a list, one entry for each"),
    "shares": ({"traits": {"p": [1, 2]}, "parents": [[(0, 0.5), (1, 0.6)], 1]}, "0 or more, and 1 together"),
    "less than nothing": ({"traits": {"p": [1, 2]}, "parents": [[(0, -1), (1, 2)], 1]}, "0 or more, and 1 together"),
    "other names": ({"traits": {"q": [1, 2]}}, "traits = q: must be the same in every generation, p"),
    "not finite": ({"traits": {"p": [1, float("nan")]}}, "p: must be finite numbers"),
    "too large": ({"traits": {"p": [1e200, 2]}}, "p: must be finite numbers up to 1e+150"),
    "words": ({"traits": {"p": ["a", 2]}}, "p: must be numbers"),
    "one number": ({"traits": {"p": 3}}, "p: must be numbers, one for each individual"),
    "nobody": ({"traits": {"p": []}}, "needs at least one individual"),
    "no dict": ({"traits": [1, 2]}, "traits must be a dict"),
    "nothing": ({}, "needs traits, or individuals"),
    "one fitness": ({"traits": {"p": [1, 2]}, "fitness": 5}, "fitness: must be numbers, one for each individual"),
    "deployment": ({"traits": {"p": [1, 2]}, "deployment": [1]}, "deployment has 1 numbers, and there are 2"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_what_is_told_wrongly_is_one_sentence(name):
    given, message = TOLD[name]
    audit = evo.audit()
    audit.generation({"p": [1, 2, 3]}, fitness=[1, 2, 3])
    with pytest.raises(AuditError) as error:
        audit.generation(**given)
    assert message in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"thresholds": 3}, "thresholds = 3: must be a dict"),
        ({"thresholds": {"a": "x"}}, 'thresholds = a: "x": must be a number'),
        ({"properties": 3}, "properties = 3: must be a dict"),
        ({"properties": {"p": 3}}, "properties = p: 3: must be a function"),
        ({"deployment": 3}, "deployment = 3: must be a function"),
        ({"maximize": "no"}, 'maximize = "no": must be True or False'),
    ],
)
def test_what_is_asked_wrongly_is_one_sentence(given, message):
    with pytest.raises(AuditError) as error:
        evo.audit(**given)
    assert message in str(error.value)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("most", [float("inf"), 1.7e308])
def test_fitness_without_bounds_is_unknown_and_warns_of_nothing(most):
    audit = evo.audit()
    audit.generation({"p": [1, 2]}, fitness=[most, most])
    audit.generation({"p": [1, 1]}, parents=[0, 0], fitness=[most, 1])
    told = audit.report().to_dict()
    assert told["fitness"]["change"] is None and told["fitness"]["intensity"] is None
    assert told["properties"]["p"]["selection"] == -0.5 and told["properties"]["p"]["change"] == -0.5
    assert "inf" not in str(audit.report()) and "; \n" not in str(audit.report())


def test_individuals_are_measured_and_shares_counted():
    audit = evo.audit(properties={"p": lambda row: row[0]})
    with pytest.raises(AuditError, match="individuals = 5: must be a list"):
        audit.generation(individuals=5)
    with pytest.raises(AuditError, match="at least one individual"):
        audit.generation(individuals=[])
    audit.generation(individuals=[[0.0], [1.0]], fitness=[0, 1])
    audit.generation(individuals=[[1.0], [0.75]], parents=[1, [(0, 0.25), (1, 0.75)]], fitness=[1, 1])
    p = audit.report().to_dict()["properties"]["p"]
    assert p["selection"] == pytest.approx(0.375) and p["transmission"] == pytest.approx(0.0)


def test_arrays_of_two_parents_with_unknown_ones():
    rng = np.random.default_rng(random.Random(4).getrandbits(32))
    necks, selected, audit = rng.normal(size=30), 0.0, evo.audit()
    audit.generation({"long": necks, "square": necks**2}, fitness=necks)
    for _ in range(6):
        parents = np.stack([rng.integers(0, 30, 30), rng.integers(0, 30, 30)], axis=1)
        parents[0] = [5, -1]
        known = [[place for place in row if place >= 0] for row in parents.tolist()]
        selected += np.mean([necks[row].mean() for row in known]) - necks.mean()
        necks = np.array([necks[row].mean() for row in known]) + 0.1
        audit.generation({"square": necks**2, "long": necks}, parents=parents, fitness=necks)
    p = audit.report().to_dict()["properties"]["long"]
    assert p["selection"] == pytest.approx(selected) and p["transmission"] == pytest.approx(0.6)
    assert p["end"] == pytest.approx(necks.mean())
