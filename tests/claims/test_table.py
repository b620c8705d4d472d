"""The table of all claims: what would change an answer, from the lines of its page."""

import pytest

from evo.claims.table import _changes


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["**Depends on:** `tell`: it crosses 0.", "Only `tell` is swept: so."], "`tell`: it crosses 0."),
        (["Of what is swept, `a` moves it most."], "`a` moves it most."),
        (["Only `watched` is swept: it is 0 and 1."], "Only `watched` is swept: it is 0 and 1."),
        (["Another number than the one above: of what is swept, `c` moves it."], "`c` moves it."),
        (["**Holds:** in 2 of 3 changes; it is gone with b."], "what stands under *holds*"),
        (["**Holds:** in 2 of 3 changes; it depends on what turns it: b."], "what stands under *holds*"),
        (["**Holds:** in 2 of 3 changes; it is undecided with b."], "nothing that was tried"),
        (["**Holds:** in 3 of 3 changes."], "nothing that was tried"),
        (["**Measured:** 1."], ""),
    ],
)  # fmt: skip
def test_what_changes_an_answer(lines, told):
    assert _changes(lines) == told
