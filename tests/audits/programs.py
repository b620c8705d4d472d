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
def covariance(parents, trait):
    numbers = [0.0] * len(trait)
    for slots in parents:
        for slot in slots:
            numbers[slot] += 1 / len(slots)
    return mean(n / mean(numbers) * (x - mean(trait)) for n, x in zip(numbers, trait))
def tell(rows, **more): print(json.dumps(dict(end=mean(map(ones, rows)), size=len(rows), **more)))
"""

# By kind: the weight, and the program. What it prints: `end` and `size` of what it has at the end, `start` of founders,
# `selected`, the sum of the covariances of relative offspring number with the share of ones; `diagnoses`, some of them.
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
    "nothing is chosen by an operator": (1.0, """
herd = toolbox.population(n=14)
score(herd)
start, selected = mean(map(ones, herd)), 0.0
for _ in range(8):
    kids, before, places = [], list(map(ones, herd)), {id(row): k for k, row in enumerate(herd)}
    for _ in range(28):
        one, other = random.choices(herd, weights=[row.fitness.values[0] for row in herd], k=2)
        child, spare = toolbox.clone(one), toolbox.clone(other)
        toolbox.mate(child, spare)
        toolbox.mutate(child)
        del child.fitness.values
        kids.append((child, (places[id(one)], places[id(other)])))
    score([child for child, _ in kids])
    lines = [(row, (places[id(row)],)) for row in herd] + kids
    lines = sorted(lines, key=lambda entry: entry[0].fitness.values[0], reverse=True)[:14]
    selected += covariance([line for _, line in lines], before)
    herd = [row for row, _ in lines]
tell(herd, start=start, selected=selected)
"""),
    "elites out of a hall of fame": (1.0, """
rows, hall = toolbox.population(n=20), tools.HallOfFame(3)
score(rows)
start = mean(map(ones, rows))
hall.update(rows)
for _ in range(12):
    young = algorithms.varAnd(toolbox.select(rows, 17), toolbox, 0.9, 0.3)
    score(young)
    young.extend(hall.items)
    hall.update(young)
    rows[:] = young
tell(rows, start=start)
"""),
    "islands as objects, members themselves wander": (1.0, """
class Island:
    def __init__(self, size):
        self.inhabitants = toolbox.population(n=size)
        score(self.inhabitants)
    def turn(self):
        young = algorithms.varAnd(toolbox.select(self.inhabitants, len(self.inhabitants)), toolbox, 0.5, 0.3)
        score(young)
        self.inhabitants = young
islands = [Island(size) for size in (8, 12, 10)]
start = mean(ones(row) for island in islands for row in island.inhabitants)
for turn in range(9):
    for island in islands:
        island.turn()
    if turn % 2:
        wander = [random.sample(island.inhabitants, 2) for island in islands]
        for k, island in enumerate(islands):
            for row in wander[k]:
                island.inhabitants.remove(row)
            island.inhabitants.extend(wander[k - 1])
tell([row for island in islands for row in island.inhabitants], start=start)
"""),
    "demes that are changed in place under one name": (1.0, """
demes = [toolbox.population(n=12) for _ in range(3)]
for deme in demes:
    score(deme)
start = mean(ones(row) for deme in demes for row in deme)
for turn in range(1, 9):
    for deme in demes:
        deme[:] = toolbox.select(deme, len(deme))
        deme[:] = algorithms.varAnd(deme, toolbox, 0.5, 0.2)
        score(deme)
    if turn % 2 == 0:
        tools.migRing(demes, 3, tools.selBest, replacement=random.sample)
tell([row for deme in demes for row in deme], start=start)
"""),
    "founders are varied before anybody is chosen": (1.0, """
def main():
    rows = toolbox.population(n=12)
    score(rows)
    start = mean(map(ones, rows))
    for _ in range(6):
        young = algorithms.varAnd(rows, toolbox, 0.8, 1.0)
        score(young)
        rows = toolbox.select(rows + young, 12)
    tell(rows, start=start)
main()
"""),
    "each turn is a function that gives the next": (1.0, """
from functools import reduce
def turn(rows, _):
    young = algorithms.varAnd(toolbox.select(rows, len(rows)), toolbox, 0.5, 0.4)
    score(young)
    return young
first = toolbox.population(n=12)
score(first)
last = reduce(turn, range(7), first)
tell(last, start=mean(map(ones, first)))
"""),
    "it calls itself": (1.0, """
def live(rows, turns):
    if not turns:
        return rows
    young = algorithms.varAnd(toolbox.select(rows, len(rows)), toolbox, 0.5, 0.4)
    score(young)
    return live(young, turns - 1)
first = toolbox.population(n=12)
score(first)
tell(live(first, 6), start=mean(map(ones, first)))
"""),
    "a queue, of which a copy is chosen from": (1.0, """
from collections import deque
queue = deque(toolbox.population(n=12), maxlen=12)
score(queue)
start = mean(map(ones, queue))
for _ in range(40):
    child = toolbox.clone(toolbox.select(list(queue), 1)[0])
    toolbox.mutate(child)
    del child.fitness.values
    score([child])
    queue.append(child)
tell(queue, start=start)
"""),
    "an archive is what is kept": (1.0, """
rows, archive = toolbox.population(n=20), []
score(rows)
start = mean(map(ones, rows))
for _ in range(8):
    archive = tools.selBest(rows + archive, 10)
    rows = algorithms.varAnd(toolbox.select(archive, 20), toolbox, 0.5, 0.5)
    score(rows)
archive = tools.selBest(rows + archive, 10)
tell(archive, start=start)
"""),
    "it starts over, and the last is what counts": (1.0, """
for _ in range(3):
    rows = toolbox.population(n=12)
    score(rows)
    start = mean(map(ones, rows))
    rows, _ = algorithms.eaSimple(rows, toolbox, 0.5, 0.3, 5, verbose=False)
tell(rows, start=start, diagnoses=["given_up"])
"""),
    "a list of chosen individuals is copied as a whole": (1.0, """
import copy
rows = toolbox.population(n=12)
score(rows)
start = mean(map(ones, rows))
for _ in range(6):
    young = copy.deepcopy(toolbox.select(rows, 12))
    for row in young:
        toolbox.mutate(row)
        del row.fitness.values
    score(young)
    rows = young
tell(rows, start=start, diagnoses=["not_cloned"])
"""),
}  # fmt: skip
