"""How verdicts and differences are said."""

from evo.wording import (
    cell_name,
    counted,
    difference_text,
    estimate_text,
    fixed,
    kept_text,
    knobs_text,
    nearest,
    undecided_text,
    value_text,
)


def test_what_is_undecided_names_two_causes_and_what_would_decide():
    cell = {"between": ["no supply", "not kept"], "needed": 90, "arms": {"blind": {}}}
    assert undecided_text(cell) == "between no supply and not kept; about 90 replicates would decide"
    told = cell | {"arms": {"blind": {"knobs": {"tell": 0.0}}}}
    assert undecided_text(told) == "between not told and not kept; about 90 replicates would decide"
    assert undecided_text(cell | {"needed": None}, "*") == "between *no supply* and *not kept*"


def test_a_difference_has_its_sign_and_its_interval():
    assert difference_text({"difference": 0.25, "low": 0.1, "high": 0.4}) == "+0.25 (0.1 to 0.4)"
    assert difference_text({"difference": -0.5, "low": -0.71, "high": 0.02}) == "-0.5 (-0.71 to 0.02)"


def test_what_is_kept_is_told_where_something_is_lost():
    cell = {
        "at_stake": True,
        "stages": {"realized": {"count": 9}, "generalizes": {"count": 9}},
        "arms": {"blind": {"realized": 4, "kept": 4}},
    }
    assert kept_text(cell) == "" == kept_text(cell | {"arms": {}})
    cell["arms"]["blind"]["kept"] = 1
    assert kept_text(cell | {"at_stake": False}) == ""
    assert kept_text(cell) == "told by who keeps it after the shift: 9 as it is, 1 blind"


def test_nought_has_no_sign():
    assert fixed(-0.004) == "0.00" and fixed(-0.006) == "-0.01" and fixed(-0.0, 0) == "0"


def test_a_number_and_its_interval_have_the_same_decimals():
    """So that a number never lies outside of its own interval by rounding alone."""
    assert estimate_text(0.9979, 0.9972, 0.9986) == "0.9979 (0.9972 to 0.9986)"
    assert estimate_text(0.0732, 0.0661, 0.0802) == "0.073 (0.066 to 0.080)"
    assert estimate_text(0.411, 0.371, 0.46) == "0.41 (0.37 to 0.46)"
    assert estimate_text(21.77, 18.1, 25.4) == "21.8 (18.1 to 25.4)"
    assert estimate_text(134.6, 101.0, 168.2) == "135 (101 to 168)"
    assert estimate_text(0.5, 0.004, 0.9) == "0.50 (0.00 to 0.90)"
    assert estimate_text(0.5, 0.004, 0.9, apart=0.0) == "0.500 (0.004 to 0.900)"
    assert estimate_text(0.5, 0.0, 0.9, apart=0.0) == "0.50 (0.00 to 0.90)"
    assert estimate_text(0.33, 0.2, 0.4961, apart=0.5) == "0.330 (0.200 to 0.496)"
    assert estimate_text(-0.001, -0.02, 0.018) == "0.00 (-0.02 to 0.02)"
    assert estimate_text(1.0, 1.0, 1.0) == "1.00 (1.00 to 1.00)" and estimate_text(0.3, float("-inf"), 1.0) == "0.30"


def test_a_value_of_a_field_has_one_form():
    said = {
        0.0: "0", 1.0: "1", 0.25: "0.25", 1 / 6: "0.1667", 1e-8: "1e-08", 1e8: "1e8", 50000: "50000",
        0.0123456: "0.0123456", 0.0123457: "0.0123457", 12345.5: "12345.5", 0.3333333333333: "0.3333",
        10**8: "1e8", 1_234_567: "1234567", "cma_es": "cma_es", "a\x1b[2J": r"a\x1b[2J",
    }  # fmt: skip
    assert {value: value_text(value) for value in said} == said
    assert value_text(["-parts", "teeth"]) == "-parts, teeth" and value_text(False) == "false"
    settings = {"scaffold": 0.0, "population.size": 1000, "deployment.proxy": 0.5}
    assert cell_name(settings) == "scaffold 0, size 1000, proxy deployed 0.5"
    assert knobs_text({"tell": 1.0, "step": 0.05}) == "tell 1, step 0.05"


def test_a_name_is_taken_for_the_one_that_goes_on_from_it():
    fields = ["batch.replicates", "batch.seed", "batch.split_transmission"]
    assert nearest("batch.split", fields) == "batch.split_transmission"
    assert nearest("batch.replicate", fields) == "batch.replicates"
    assert nearest("batch.sed", fields) == "batch.seed"
    assert nearest("zzz", fields) == "" and nearest("", fields) == ""


def test_one_is_no_plural():
    assert [counted(n, "cell") for n in (0, 1, 2, 9999, 10_000)] == [
        "0 cells", "1 cell", "2 cells", "9999 cells", "10,000 cells",
    ]  # fmt: skip
