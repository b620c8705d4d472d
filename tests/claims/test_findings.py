"""What backs the sentences of claims: fits and correlations."""

from pathlib import Path

import numpy as np
import pytest

from evo.claims import findings
from evo.claims.finding import Finding, finding_of
from evo.claims.findings import goodhart, igf_variety
from evo.claims.findings.expansion import correlations
from evo.claims.page import claims


@pytest.mark.parametrize("form", ["linear", "log"])
def test_fits_of_the_published_forms(form):
    d = np.linspace(0.0, 3.0, 20)
    with np.errstate(divide="ignore", invalid="ignore"):
        gold = np.nan_to_num(d * (0.9 - 0.3 * (d if form == "linear" else np.log(d))))
    a, b, r2 = goodhart.fit(d, gold, form)
    assert (a, b, r2) == pytest.approx((0.9, 0.3, 1.0))


def test_correlation_along_a_run():
    rng = np.random.default_rng(7)
    x, y = rng.standard_normal((2, 3, 12))
    assert correlations(x, y) == pytest.approx([np.corrcoef(a, b)[0, 1] for a, b in zip(x, y, strict=True)])


def test_only_claims_have_something_of_their_own():
    files = {path.stem for path in Path(findings.__path__[0]).glob("*.py")} - {"__init__"}
    assert files <= set(claims()) and finding_of("no_such_claim") == Finding()


def test_lead_of_the_concept_by_hand():
    """Of two options the best is 1 / sqrt(pi) on average; a perfect cue leaves the cost, a fifth shifted adds 0.24."""
    knobs = {"options": 2, "validity": 1, "shifted_validity": -0.2, "part_cost": 0.01, "concept_parts": 2}
    best = 1 / np.sqrt(np.pi)
    assert igf_variety.lead(knobs | {"sweet": 1.0, "variety": 0.0}) == pytest.approx(-0.02)
    assert igf_variety.lead(knobs | {"sweet": 1.0, "variety": 0.2}) == pytest.approx(0.24 * best - 0.02)
    assert igf_variety.lead(knobs | {"sweet": 0.5, "variety": 1.0}) == pytest.approx(1.1 * best - 0.02)
