"""That `make mutants` still finds what it breaks."""

import pytest

from tests.mutants import MUTANTS, ROOT, broken


@pytest.mark.parametrize(("what", "name", "old", "new", "tests"), MUTANTS, ids=[mutant[0] for mutant in MUTANTS])
def test_every_mutant_has_its_place_and_its_tests(what, name, old, new, tests):
    text = broken(ROOT / "evo" / "kernels", what, name, old, new)
    compile(text, name, "exec")
    assert all((ROOT / "tests" / test).is_file() for test in tests.split())
