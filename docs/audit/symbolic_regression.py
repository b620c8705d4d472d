"""Symbolic regression, DEAP's first example of genetic programming: trees that are selected to fit x^4 + x^3 + x^2 + x.

Fitness is the error at 20 points of [-1, 1]. Is the formula found, or something that fits there? In deployment x is
between 1 and 3.
"""

import math
import operator

from deap import algorithms, base, creator, gp, tools

import evo

INSIDE = [k / 10 for k in range(-10, 10)]
OUTSIDE = [1.0 + k / 10 for k in range(20)]


def divide(a, b):
    """Division that gives 1 by 0."""
    return a / b if b else 1.0


symbols = gp.PrimitiveSet("MAIN", 1)
symbols.renameArguments(ARG0="x")
for function, arity in (
    (operator.add, 2),
    (operator.sub, 2),
    (operator.mul, 2),
    (divide, 2),
    (math.cos, 1),
    (math.sin, 1),
):
    symbols.addPrimitive(function, arity)
symbols.addTerminal(1.0)

creator.create("Least", base.Fitness, weights=(-1.0,))
creator.create("Tree", gp.PrimitiveTree, fitness=creator.Least)

toolbox = base.Toolbox()
toolbox.register("expression", gp.genHalfAndHalf, pset=symbols, min_=1, max_=2)
toolbox.register("individual", tools.initIterate, creator.Tree, toolbox.expression)
toolbox.register("population", tools.initRepeat, list, toolbox.individual)


def error(tree, points):
    """Mean squared distance from the formula."""
    f = gp.compile(tree, symbols)
    return sum((f(x) - (x**4 + x**3 + x**2 + x)) ** 2 for x in points) / len(points)


toolbox.register("evaluate", lambda tree: (error(tree, INSIDE),))
toolbox.register("select", tools.selTournament, tournsize=3)
toolbox.register("mate", gp.cxOnePoint)
toolbox.register("twig", gp.genFull, min_=0, max_=2)
toolbox.register("mutate", gp.mutUniform, expr=toolbox.twig, pset=symbols)
for name in ("mate", "mutate"):
    toolbox.decorate(name, gp.staticLimit(key=operator.attrgetter("height"), max_value=17))

if __name__ == "__main__":
    properties = {
        "the formula": lambda tree: error(tree, OUTSIDE) < 1e-9,
        "fits inside": lambda tree: error(tree, INSIDE) < 0.01,
        "size": len,
    }
    with evo.audit(
        toolbox, properties, deployment=lambda tree: -error(tree, OUTSIDE), thresholds={"size": 30}
    ) as audit:
        algorithms.eaSimple(toolbox.population(n=300), toolbox, cxpb=0.5, mutpb=0.1, ngen=40, verbose=False)
    print(audit.report())
