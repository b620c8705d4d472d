"""Small programs of many kinds that know their own truth, for `test_programs.py`: each prints one line of JSON last."""

HEAD = """
import json, random
from deap import algorithms, base, creator, tools
creator.create("Fit", base.Fitness, weights=({weight},))
creator.create("Bits", list, fitness=creator.Fit)
def ones(row): return sum(row) / len(row)
def mean(values):
    values = list(values)
    return sum(values) / len(values)
toolbox = base.Toolbox()
toolbox.register("bit", random.randint, 0, 1)
toolbox.register("individual", tools.initRepeat, creator.Bits, toolbox.bit, 16)
toolbox.register("population", tools.initRepeat, list, toolbox.individual)
toolbox.register("evaluate", lambda row: (sum(row),))
toolbox.register("mate", tools.cxTwoPoint)
toolbox.register("mutate", tools.mutFlipBit, indpb=0.1)
toolbox.register("select", tools.selTournament, tournsize=3)
def score(rows):
    for row in rows:
        if not row.fitness.valid:
            row.fitness.values = toolbox.evaluate(row)
def tell(rows, **more): print(json.dumps(dict(end=mean(map(ones, rows)), size=len(rows), **more)))
"""

# By kind: the weight, and the program. What it prints: `end` and `size` of what it has at the end, `start` of founders,
# `selected`, the sum of the covariances of relative offspring number with the share of ones.
PROGRAMS = {
    "survivors out of offspring alone, parents drawn by hand": (1.0, """
rows = toolbox.population(n=12)
score(rows)
start = mean(map(ones, rows))
for _ in range(5):
    young = [toolbox.clone(random.choice(rows)) for _ in range(30)]
    for row in young:
        toolbox.mutate(row)
        del row.fitness.values
    score(young)
    rows = toolbox.select(young, 12)
tell(rows)
"""),
    "mu comma lambda of the library": (1.0, """
rows = toolbox.population(n=12)
rows, log = algorithms.eaMuCommaLambda(rows, toolbox, 12, 30, 0.4, 0.4, 5, verbose=False)
tell(rows)
"""),
    "the population is an attribute of an object": (1.0, """
class World:
    def __init__(self):
        self.people = toolbox.population(n=14)
        score(self.people)
    def turn(self):
        young = algorithms.varAnd(toolbox.select(self.people, 14), toolbox, 0.5, 0.5)
        score(young)
        self.people = young
world = World()
start = mean(map(ones, world.people))
for _ in range(6):
    world.turn()
tell(world.people, start=start)
"""),
    "it is looked at once more when all is over": (1.0, """
def main():
    rows = toolbox.population(n=15)
    score(rows)
    for _ in range(5):
        young = algorithms.varAnd(toolbox.select(rows, 15), toolbox, 0.5, 0.9)
        score(young)
        rows = young
    best = tools.selBest(rows, 5)
    return rows, best
rows, best = main()
tell(rows)
"""),
    "costs": (-1.0, """
rows = toolbox.population(n=20)
algorithms.eaSimple(rows, toolbox, 0.5, 0.3, 6, verbose=False)
tell(rows, cost=mean(row.fitness.values[0] for row in rows))
"""),
    "numpy arrays": (1.0, """
import numpy
creator.create("Array", numpy.ndarray, fitness=creator.Fit)
rows = [creator.Array([random.random() for _ in range(5)]) for _ in range(10)]
for row in rows:
    row.fitness.values = (float(row.sum()),)
for _ in range(4):
    young = [toolbox.clone(row) for row in toolbox.select(rows, 10)]
    for row in young:
        tools.mutGaussian(row, 0, 0.1, 0.5)
        row.fitness.values = (float(row.sum()),)
    rows = young
tell(rows)
"""),
    "islands in a dict, some wander": (1.0, """
seas = {name: toolbox.population(n=10) for name in "abc"}
for rows in seas.values():
    score(rows)
start = mean(ones(row) for rows in seas.values() for row in rows)
for turn in range(6):
    for name in seas:
        seas[name][:] = algorithms.varAnd(toolbox.select(seas[name], 10), toolbox, 0.5, 0.3)
        score(seas[name])
    tools.migRing(list(seas.values()), 2, tools.selBest)
tell([row for rows in seas.values() for row in rows], start=start)
"""),
}  # fmt: skip
