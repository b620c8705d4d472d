"""The knapsack, DEAP's example of several objectives: little weight and much value, by NSGA-II with survivors.

Twenty items of random weight and value, fixed by a stream of their own. Are light sacks, or full ones, what is kept?
"""

import random

from deap import algorithms, base, creator, tools

import evo

shop = random.Random(7)
ITEMS = [(shop.randint(1, 10), shop.uniform(0, 100)) for _ in range(20)]
MOST_WEIGHT = 50

creator.create("LightAndDear", base.Fitness, weights=(-1.0, 1.0))
creator.create("Sack", set, fitness=creator.LightAndDear)

toolbox = base.Toolbox()
toolbox.register("item", random.randrange, len(ITEMS))
toolbox.register("individual", tools.initRepeat, creator.Sack, toolbox.item, 5)
toolbox.register("population", tools.initRepeat, list, toolbox.individual)


def evaluate(sack):
    """Weight and value; a sack that tears is worth nothing."""
    weight, value = sum(ITEMS[i][0] for i in sack), sum(ITEMS[i][1] for i in sack)
    return (weight, value) if weight <= MOST_WEIGHT else (10_000, 0)


def exchange(a, b):
    """One child gets what both have, the other what only one has."""
    both = a & b
    b ^= a
    a &= both
    return a, b


def change(sack):
    """Take something out, or put something in."""
    if random.random() < 0.5 and sack:
        sack.remove(random.choice(sorted(sack)))
    else:
        sack.add(toolbox.item())
    return (sack,)


toolbox.register("evaluate", evaluate)
toolbox.register("mate", exchange)
toolbox.register("mutate", change)
toolbox.register("select", tools.selNSGA2)

if __name__ == "__main__":
    properties = {
        "light": lambda sack: evaluate(sack)[0] <= 10,
        "dearest item": lambda sack: max(range(len(ITEMS)), key=lambda i: ITEMS[i][1]) in sack,
    }
    with evo.audit(toolbox, properties) as audit:
        algorithms.eaMuPlusLambda(
            toolbox.population(n=50), toolbox, mu=50, lambda_=100, cxpb=0.7, mutpb=0.2, ngen=50, verbose=False
        )
    print(audit.report())
