"""How verdicts and differences are said."""

from evo.wording import difference_text, undecided_text


def test_what_is_undecided_names_two_causes_and_what_would_decide():
    cell = {"between": ["no supply", "not kept"], "needed": 90}
    assert undecided_text(cell) == "between no supply and not kept; about 90 replicates would decide"
    assert undecided_text(cell | {"needed": None}, "*") == "between *no supply* and *not kept*"


def test_a_difference_has_its_sign_and_its_interval():
    assert difference_text({"difference": 0.25, "low": 0.1, "high": 0.4}) == "+0.25 (0.1 to 0.4)"
    assert difference_text({"difference": -0.5, "low": -0.71, "high": 0.02}) == "-0.5 (-0.71 to 0.02)"
