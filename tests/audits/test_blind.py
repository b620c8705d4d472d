"""The blind arm: fitness as it would be without the property, in every library; and where it cannot be, why not."""

import numpy as np
import pytest

from evo.audits.answer import audited
from evo.audits.blind import Blind, Evaluation
from evo.audits.repeat import Program
from evo.errors import AuditError
from tests.audits.libraries import LEAP, PYGAD, PYMOO
from tests.audits.programs import HEAD

# Fitness is the first bit alone; without it there is nothing left to select.
PROGRAMS = {
    "deap, evaluated in worker processes": HEAD.format(weight=1.0) + """
import multiprocessing
def first(row): return (row[0],)
toolbox.register("evaluate", first)
if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2) as pool:
        toolbox.register("map", pool.map)
        rows = toolbox.population(n=24)
        algorithms.eaSimple(rows, toolbox, 0.2, 0.1, 8, verbose=False)
""",
    "pymoo": PYMOO + """
class One(Problem):
    def __init__(self):
        super().__init__(n_var=15, n_obj=1, xl=0, xu=1, vtype=bool)
    def _evaluate(self, x, out, *args, **kwargs):
        out["F"] = -x[:, 0].astype(float)
minimize(One(), GA(24, **bits), ("n_gen", 9))
""",
    "leap": LEAP + """
from leap_ec.problem import FunctionProblem
problem = FunctionProblem(lambda row: float(row[0]), maximize=True)
generational_ea(9, 24, problem, bits, line(24, flip))
""",
    "pygad": PYGAD + """
program(fitness_func=lambda ga, row, place: float(row[0]), mutation_num_genes=1)
""",
    "pygad, several at once": PYGAD + """
program(fitness_func=lambda ga, rows, places: [float(row[0]) for row in rows], fitness_batch_size=5)
""",
}  # fmt: skip


def run(folder, text, replicates=4):
    """The summary of a program with a blind arm."""
    script, without = folder / "program.py", folder / "without.py"
    script.write_text(text)
    without.write_text("def lacking(row):\n    row[0] = 0\n")
    program = Program(
        str(script), properties=(("first", "x[0]"),), thresholds={"first": 0.8}, without=f"{without}:lacking"
    )
    return audited(program.checked(), replicates, str(folder / "out"), jobs=2).summary


@pytest.mark.parametrize("name", PROGRAMS)
def test_selection_does_not_see_the_property(name, tmp_path):
    library = name.partition(",")[0]
    pytest.importorskip({"leap": "leap_ec"}.get(library, library))
    summary = run(tmp_path, PROGRAMS[name])
    arm, own = summary["blind"]["first"], summary["properties"]["first"]["realized"]
    assert arm["replicates"] == 4 and own >= 3 and arm["realized"] < own


def test_where_evaluation_cannot_be_seen_the_rest_is_told(tmp_path):
    text = """
import random
import evo
with evo.audit() as audit:
    rows = [[random.randint(0, 1) for _ in range(5)] for _ in range(10)]
    for _ in range(3):
        audit.generation({"first": [row[0] for row in rows]}, parents=range(10) if _ else None)
"""
    script, without = tmp_path / "program.py", tmp_path / "without.py"
    script.write_text(text)
    without.write_text("def lacking(row):\n    row[0] = 0\n")
    program = Program(str(script), without=f"{without}:lacking").checked()
    summary = audited(program, 2, str(tmp_path / "out"), jobs=2).summary
    assert "blind" not in summary and summary["properties"]["first"]["end"]["mean"] is not None
    (told,) = (one["text"] for one in summary["diagnoses"] if one["kind"] == "not_blind")
    assert "no blind arm was run" in told


@pytest.fixture
def blind(tmp_path):
    path = tmp_path / "without.py"
    path.write_text("def lacking(row):\n    row[0] = 0\ndef other(row):\n    return row[1]\n")
    return lambda on=True, name="lacking": Blind(f"{path}:{name}", on)


def test_copies_are_changed_and_never_the_individuals(blind):
    rows = np.ones((3, 2), bool)
    assert blind().lacking_rows(rows).tolist() == [[False, True]] * 3 and rows.all()
    assert blind().lacking_rows(rows[0]).tolist() == [False, True] and rows.all()
    listed = [[1, 1], [1, 2]]
    assert blind().lacking_rows(listed) == [[0, 1], [0, 2]] and listed == [[1, 1], [1, 2]]
    assert blind(on=False).lacking_rows(rows) is rows
    looked = blind(on=False)
    assert not looked.used and Evaluation(lambda row: row, looked)(rows) is rows and looked.used
    assert Evaluation(lambda row, more: row + more, blind())([1, 2], more=[3]) == [0, 2, 3]
    assert Evaluation(lambda row: row, blind())(row=[1, 2]) == [0, 2]


def test_what_the_function_raises_is_told_with_the_individual(blind):
    with pytest.raises(AuditError, match=r"without.py:other: raised IndexError: .* for the individual \[7\]"):
        blind(name="other").lacking([7])
