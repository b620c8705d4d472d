"""OneMax with pymoo, which minimizes: with no word of evo in it. Ask of it, for example:

evo audit docs/audit/pymoo_onemax.py --property "ones=sum(x)/len(x)" --property "last bit=x[-1]"
"""

from pymoo.algorithms.soo.nonconvex.ga import GA
from pymoo.core.problem import Problem
from pymoo.operators.crossover.pntx import TwoPointCrossover
from pymoo.operators.mutation.bitflip import BitflipMutation
from pymoo.operators.sampling.rnd import BinaryRandomSampling
from pymoo.optimize import minimize


class Zeros(Problem):
    """How many of 30 bits are zeros."""

    def __init__(self):
        super().__init__(n_var=30, n_obj=1, xl=0, xu=1, vtype=bool)

    def _evaluate(self, x, out, *args, **kwargs):
        out["F"] = (~x).sum(axis=1)


if __name__ == "__main__":
    algorithm = GA(50, sampling=BinaryRandomSampling(), crossover=TwoPointCrossover(), mutation=BitflipMutation())
    found = minimize(Zeros(), algorithm, ("n_gen", 30))
    print(f"zeros left in the best: {found.F[0]:g}")
