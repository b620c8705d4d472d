"""CMA-ES, asked and told: is a property that its fitness does not name carried to where the fitness is best?

Selected is a small sum of squares around 1. The property is a last coordinate above 0.8. CMA-ES samples from a
distribution, so nobody has parents: how it ends is told, and what selection did to it is not.
"""

import random

import cma
import numpy as np

import evo


def cost(x):
    """Less is better: 0 where every coordinate is 1."""
    return float(sum((value - 1.0) ** 2 for value in x))


if __name__ == "__main__":
    options = {"seed": random.randrange(1, 2**31), "maxiter": 60, "verbose": -9}
    search = cma.CMAEvolutionStrategy(np.zeros(5), 0.3, options)
    properties = {"last above 0.8": lambda x: x[-1] > 0.8}
    with evo.audit(properties=properties, maximize=False) as audit:
        while not search.stop():
            points = search.ask()
            costs = [cost(x) for x in points]
            search.tell(points, costs)
            audit.generation(individuals=points, fitness=costs)
    print(f"best: {search.result.fbest:.3g}")
