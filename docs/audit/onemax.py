"""OneMax, DEAP's first example, with a question: selected for all its ones, does a population get to all ones?

Fitness counts the ones of 60. In deployment the last 20 count against.
"""

import random

from deap import algorithms, base, creator, tools

import evo

creator.create("Most", base.Fitness, weights=(1.0,))
creator.create("Bits", list, fitness=creator.Most)

toolbox = base.Toolbox()
toolbox.register("bit", random.randint, 0, 1)
toolbox.register("individual", tools.initRepeat, creator.Bits, toolbox.bit, 60)
toolbox.register("population", tools.initRepeat, list, toolbox.individual)
toolbox.register("evaluate", lambda bits: (sum(bits),))
toolbox.register("mate", tools.cxTwoPoint)
toolbox.register("mutate", tools.mutFlipBit, indpb=0.02)
toolbox.register("select", tools.selTournament, tournsize=3)


def in_deployment(bits):
    """What the same bits are worth there."""
    return sum(bits[:40]) - sum(bits[40:])


if __name__ == "__main__":
    properties = {"all ones": lambda bits: sum(bits) == 60, "last bit": lambda bits: bits[-1]}
    with evo.audit(toolbox, properties, deployment=in_deployment, thresholds={"last bit": 0.9}) as audit:
        algorithms.eaSimple(toolbox.population(n=100), toolbox, cxpb=0.5, mutpb=0.5, ngen=50, verbose=False)
    print(audit.report())
