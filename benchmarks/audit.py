"""Cost of being audited: processor time and memory of programs that are watched, over the same programs alone.

.venv-benchmarks/bin/python benchmarks/audit.py [--memory]
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from pinned import clock, pin

# What an evaluation costs: about a millisecond of plain Python, or as little as it can.
HEAD = """
import random
def score(bits):
    total = 0
    for _ in range({loops}):
        total += 1
    return float(sum(bits)) + 0.0 * total
"""
PROGRAMS = {
    "deap": """
from deap import algorithms, base, creator, tools
creator.create("Fit", base.Fitness, weights=(1.0,))
creator.create("Bits", list, fitness=creator.Fit)
toolbox = base.Toolbox()
toolbox.register("individual", lambda: creator.Bits(random.randint(0, 1) for _ in range(60)))
toolbox.register("population", tools.initRepeat, list, toolbox.individual)
toolbox.register("evaluate", lambda bits: (score(bits),))
toolbox.register("mate", tools.cxTwoPoint)
toolbox.register("mutate", tools.mutFlipBit, indpb=0.02)
toolbox.register("select", tools.selTournament, tournsize=3)
algorithms.eaSimple(toolbox.population(n=100), toolbox, 0.7, 0.7, {turns}, verbose=False)
""",
    "pymoo": """
import numpy as np
from pymoo.algorithms.soo.nonconvex.ga import GA
from pymoo.core.problem import ElementwiseProblem
from pymoo.optimize import minimize
class Ones(ElementwiseProblem):
    def __init__(self):
        super().__init__(n_var=60, n_obj=1, xl=0.0, xu=1.0)
    def _evaluate(self, x, out, *args, **kwargs):
        out["F"] = -score(x)
minimize(Ones(), GA(100), ("n_gen", {turns}))
""",
    "leap_ec": """
from leap_ec import Representation, ops
from leap_ec.algorithm import generational_ea
from leap_ec.binary_rep.initializers import create_binary_sequence
from leap_ec.binary_rep.ops import mutate_bitflip
from leap_ec.problem import FunctionProblem
generational_ea({turns}, 100, FunctionProblem(score, maximize=True),
    Representation(initialize=create_binary_sequence(length=60)),
    [ops.tournament_selection, ops.clone, mutate_bitflip(expected_num_mutations=1), ops.UniformCrossover(p_swap=0.2),
     ops.evaluate, ops.pool(size=100)])
""",
    "pygad": """
import pygad
ga = pygad.GA(num_generations={turns}, num_parents_mating=20, sol_per_pop=100, num_genes=60,
    fitness_func=lambda ga, bits, place: score(bits), gene_type=int, gene_space=[0, 1], keep_elitism=2,
    mutation_num_genes=1)
ga.run()
""",
}  # fmt: skip
# 500 cases, each an objective, by lexicase selection over 1,000 generations.
LEXICASE = """
import random
from deap import algorithms, base, creator, tools
creator.create("Fit", base.Fitness, weights=(1.0,) * {cases})
creator.create("Reals", list, fitness=creator.Fit)
toolbox = base.Toolbox()
toolbox.register("individual", lambda: creator.Reals(random.random() for _ in range(20)))
toolbox.register("population", tools.initRepeat, list, toolbox.individual)
toolbox.register("evaluate", lambda x: tuple(x[k % 20] * (k % 7) + x[k % 13] for k in range({cases})))
toolbox.register("mate", tools.cxTwoPoint)
toolbox.register("mutate", tools.mutGaussian, mu=0.0, sigma=0.1, indpb=0.1)
toolbox.register("select", tools.selLexicase)
algorithms.eaSimple(toolbox.population(n=60), toolbox, 0.5, 0.5, {turns}, verbose=False)
"""
_CHILD = "from evo.audits.child import main; main({job!r})"


def measured(words: list[str]) -> tuple[float, float]:
    """Processor seconds and peak memory in MB of a command, with whatever it starts."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read() if process.stderr else b""
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{words[-1]}: {said.decode()[-500:]}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024.0


def commands(text: str, folder: Path) -> tuple[list[str], list[str]]:
    """A program alone, and the same as `evo audit` runs it."""
    script, job = folder / "program.py", folder / "job.json"
    script.write_text(text)
    said = {
        "script": str(script), "arguments": [], "properties": [["first", "x[0]"], ["mean", "sum(x)/len(x)"]],
        "thresholds": {}, "deployment": None, "without": None, "seed": 1, "replicate": 0, "blind": False,
        "watch": True, "result": str(folder / "result.json"),
    }  # fmt: skip
    job.write_text(json.dumps(said))
    return [sys.executable, str(script)], [sys.executable, "-c", _CHILD.format(job=str(job))]


def compared(text: str, turns: int = 3) -> dict[str, float]:
    """Seconds alone, times that of being audited, the best of so many in turns; and MB more at the peak."""
    with tempfile.TemporaryDirectory() as place:
        alone, audited = commands(text, Path(place))
        both = [(measured(alone), measured(audited)) for _ in range(turns)]
        told = json.loads(Path(place, "result.json").read_text())
    if "error" in told:
        raise SystemExit(told["error"])
    seconds = [min(turn[k][0] for turn in both) for k in (0, 1)]
    more = min(turn[1][1] for turn in both) - min(turn[0][1] for turn in both)
    return {"seconds": round(seconds[0], 2), "times": round(seconds[1] / seconds[0], 2), "more_MB": round(more)}


if __name__ == "__main__":
    pin()
    if "--memory" in sys.argv:
        print(json.dumps({"lexicase": compared(LEXICASE.format(cases=500, turns=1000), 1)}))
        raise SystemExit
    found = {}
    for name, text in PROGRAMS.items():
        if importlib.util.find_spec(name) is None:
            continue
        for kind, loops, generations in (("evaluation of 1 ms", 25_000, 30), ("evaluation of next to nothing", 1, 60)):
            whole = (HEAD + text).replace("{loops}", str(loops)).replace("{turns}", str(generations))
            found[f"{name}, {kind}"] = compared(whole)
    print(json.dumps({"audited_over_alone": found, "clock_GHz": round(clock(), 2)}))
