"""Programs of pymoo, LEAP and PyGAD that know their own truth, for `test_libraries.py`: the last line of each is JSON.

`end`, `size`, `fitness`, `objectives` of what it has at the end, as it counts them; `start` of the founders.
`diagnoses` that must be told; `clones` where children are as their parents, so that selection is all the change.
"""

PYMOO = """
import json
import numpy as np
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.algorithms.soo.nonconvex.de import DE
from pymoo.algorithms.soo.nonconvex.ga import GA
from pymoo.algorithms.soo.nonconvex.pso import PSO
from pymoo.core.callback import Callback
from pymoo.core.crossover import Crossover
from pymoo.core.mutation import Mutation
from pymoo.core.problem import Problem
from pymoo.operators.crossover.nox import NoCrossover
from pymoo.operators.crossover.pntx import TwoPointCrossover
from pymoo.operators.crossover.ux import UniformCrossover
from pymoo.operators.mutation.bitflip import BitflipMutation
from pymoo.operators.mutation.nom import NoMutation
from pymoo.operators.sampling.rnd import BinaryRandomSampling
from pymoo.optimize import minimize
class Sum(Problem):
    def __init__(self, objectives=1, kind=bool):
        super().__init__(n_var=15, n_obj=objectives, xl=0, xu=1, vtype=kind)
    def _evaluate(self, x, out, *args, **kwargs):
        columns = [x.sum(axis=1), 15.0 - x[:, :9].sum(axis=1)]
        out["F"] = np.column_stack(columns[:self.n_obj]).astype(float)
class First(Callback):
    start = None
    def notify(self, algorithm):
        if First.start is None:
            First.start = float(algorithm.pop.get("X").mean())
bits = dict(sampling=BinaryRandomSampling(), crossover=TwoPointCrossover(), mutation=BitflipMutation())
def tell(pop, diagnoses=(), **more):
    fitness = pop.get("F").mean(axis=0).tolist()
    print(json.dumps(dict(end=float(pop.get("X").mean()), size=len(pop), fitness=fitness[0], objectives=fitness,
                          diagnoses=list(diagnoses), **more)))
"""

LEAP = """
import json
import networkx
import numpy as np
import toolz
from toolz import pipe
from leap_ec import Individual, Representation, context, ops, util
from leap_ec.algorithm import generational_ea, multi_population_ea
from leap_ec.binary_rep.initializers import create_binary_sequence
from leap_ec.binary_rep.ops import mutate_bitflip
from leap_ec.binary_rep.problems import MaxOnes
from leap_ec.multiobjective.problems import ZDT1Problem
from leap_ec.real_rep.initializers import create_real_vector
from leap_ec.real_rep.ops import mutate_gaussian
bits = Representation(initialize=create_binary_sequence(length=16))
def line(size, *rest, clone=(ops.clone,)):
    return [ops.tournament_selection, *clone, *rest, ops.evaluate, ops.pool(size=size)]
flip = mutate_bitflip(expected_num_mutations=1)
def mean(rows): return float(np.mean([np.mean(row.genome) for row in rows]))
def tell(rows, diagnoses=(), **more):
    fitness = np.mean([np.ravel(row.fitness) for row in rows], axis=0).tolist()
    print(json.dumps(dict(end=mean(rows), size=len(rows), fitness=fitness[0], objectives=fitness,
                          diagnoses=list(diagnoses), **more)))
"""

PYGAD = """
import json
import numpy
import pygad
starts = []
def fitness(ga, row, place): return float(sum(row))
def program(**more):
    ga = pygad.GA(**dict(dict(
        num_generations=9, num_parents_mating=6, fitness_func=fitness, sol_per_pop=18, num_genes=11, gene_space=[0, 1],
        gene_type=int, mutation_num_genes=1, random_seed=4, suppress_warnings=True,
        on_start=lambda ga: starts.append(float(ga.population.mean()))), **more))
    ga.run()
    return ga
def tell(ga, diagnoses=(), **more):
    scores = numpy.array(ga.last_generation_fitness, float).reshape(len(ga.population), -1).mean(axis=0).tolist()
    print(json.dumps(dict(end=float(ga.population.mean()), size=len(ga.population), fitness=scores[0], start=starts[0],
                          objectives=scores, diagnoses=list(diagnoses), **more)))
"""

# By what they show: the head, and the program.
PROGRAMS = {
    "pymoo: survivors beside children": (PYMOO, """
res = minimize(Sum(), GA(pop_size=16, **bits), ("n_gen", 8), seed=1, verbose=True, callback=First())
tell(res.pop, start=First.start)
"""),
    "pymoo: two objectives": (PYMOO, """
res = minimize(Sum(2), NSGA2(pop_size=20, **bits), ("n_gen", 8), seed=1, save_history=True)
assert len(res.history) == 8
tell(res.pop)
"""),
    "pymoo: children as their parents": (PYMOO, """
class Copy(Crossover):
    def __init__(self):
        super().__init__(1, 1, prob=1.0)
    def _do(self, problem, x, **kwargs):
        return x.copy()
algorithm = GA(pop_size=30, sampling=BinaryRandomSampling(), crossover=Copy(), mutation=NoMutation(),
               eliminate_duplicates=False)
tell(minimize(Sum(), algorithm, ("n_gen", 5), seed=2, callback=First()).pop, start=First.start, clones=True)
"""),
    "pymoo: asked and told": (PYMOO, """
algorithm, problem = GA(pop_size=14, n_offsprings=6, **bits), Sum()
algorithm.setup(problem, termination=("n_gen", 10), seed=3)
while algorithm.has_next():
    young = algorithm.ask()
    algorithm.evaluator.eval(problem, young)
    algorithm.tell(infills=young)
tell(algorithm.result().pop)
"""),
    "pymoo: a swarm": (PYMOO, """
tell(minimize(Sum(kind=float), PSO(pop_size=15), ("n_gen", 8), seed=1).pop, ["no_parents"])
"""),
    "pymoo: differential evolution": (PYMOO, """
tell(minimize(Sum(kind=float), DE(pop_size=15), ("n_gen", 8), seed=1).pop, ["parents_unknown"])
"""),
    "pymoo: parents that are changed in place": (PYMOO, """
algorithm = GA(pop_size=12, sampling=BinaryRandomSampling(), crossover=NoCrossover(), mutation=BitflipMutation(),
               eliminate_duplicates=False)
tell(minimize(Sum(), algorithm, ("n_gen", 6), seed=1).pop, ["not_cloned"])
"""),
    "leap: elites": (LEAP, """
rows = generational_ea(max_generations=9, pop_size=18, problem=MaxOnes(), representation=bits, k_elites=3,
                       pipeline=line(18, flip, ops.UniformCrossover(p_swap=0.4)))
tell(rows)
"""),
    "leap: costs": (LEAP, """
rows = generational_ea(max_generations=9, pop_size=18, problem=MaxOnes(maximize=False), representation=bits,
                       pipeline=line(18, flip))
tell(rows)
"""),
    "leap: children as their parents": (LEAP, """
problem = MaxOnes()
rows = bits.create_population(24, problem=problem)
rows = Individual.evaluate_population(rows)
start = mean(rows)
for _ in range(5):
    rows = pipe(rows, *line(24))
tell(rows, start=start, clones=True)
"""),
    "leap: survivors of both by hand": (LEAP, """
def main():
    parents = Individual.evaluate_population(bits.create_population(10, problem=MaxOnes()))
    start = mean(parents)
    for _ in range(7):
        young = toolz.pipe(parents, *line(25, flip, ops.NAryCrossover(num_points=2)))
        parents = ops.truncation_selection(young, size=10, parents=parents)
    tell(parents, start=start)
main()
"""),
    "leap: islands": (LEAP, """
islands = networkx.complete_graph(3)
wander = ops.migrate(islands, ops.tournament_selection, ops.random_selection, 2)
seas = multi_population_ea(max_generations=9, num_populations=3, pop_size=10, problem=MaxOnes(), representation=bits,
                           shared_pipeline=[*line(10, flip), wander])
tell([row for rows in seas for row in rows])
"""),
    "leap: two objectives": (LEAP, """
real = Representation(initialize=create_real_vector(bounds=[(0, 1)] * 6))
rows = generational_ea(max_generations=6, pop_size=16, problem=ZDT1Problem(6), representation=real,
                       pipeline=line(16, mutate_gaussian(std=0.1, expected_num_mutations=1, bounds=(0, 1))))
tell(rows)
"""),
    "leap: without clone": (LEAP, """
rows = generational_ea(max_generations=9, pop_size=18, problem=MaxOnes(), representation=bits,
                       pipeline=line(18, flip, clone=()))
tell(rows, ["parents_unknown"])
"""),
    "pygad: elites": (PYGAD, "tell(program(keep_elitism=2))"),
    "pygad: parents stay": (PYGAD, "tell(program(keep_elitism=0, keep_parents=-1, crossover_type='uniform'))"),
    "pygad: the best parents stay": (PYGAD, "tell(program(keep_elitism=0, keep_parents=3))"),
    "pygad: nobody stays": (PYGAD, "tell(program(keep_elitism=0, keep_parents=0, parent_selection_type='rank'))"),
    "pygad: run on": (PYGAD, """
ga = program()
ga.run()
tell(ga)
"""),
    "pygad: two objectives": (PYGAD, """
tell(program(fitness_func=lambda ga, row, place: [float(sum(row)), float(-sum(row[:5]))],
             parent_selection_type='nsga2'))
"""),
    "pygad: pairs that are drawn": (PYGAD, "tell(program(crossover_probability=0.5), ['parents_unknown'])"),
    "pygad: no crossover": (PYGAD, "tell(program(crossover_type=None), ['parents_unknown'])"),
}  # fmt: skip

# Without mutation, of genes that are all different in the founders: every gene of a child is a claimed parent's.
LINKS = {
    "pymoo: crossover, duplicates taken out": """
algorithm = GA(pop_size=20, crossover=UniformCrossover(), mutation=NoMutation(), eliminate_duplicates=True)
minimize(Sum(kind=float), algorithm, ("n_gen", 10), seed=1)
""",
    "leap: crossover and elites": """
real = Representation(initialize=create_real_vector(bounds=[(0, 1)] * 15))
generational_ea(max_generations=10, pop_size=20, problem=MaxOnes(), representation=real, k_elites=2,
                pipeline=line(20, ops.UniformCrossover(p_swap=0.4, p_xover=0.7)))
""",
    "pygad: two points, elites": """
program(gene_space=None, gene_type=float, num_genes=15, mutation_type=None, crossover_type="two_points", keep_elitism=3)
""",
    "pygad: parents stay, scattered": """
program(gene_space=None, gene_type=float, num_genes=15, mutation_type=None, crossover_type="scattered", keep_elitism=0,
        keep_parents=-1)
""",
    "pygad: best parents stay, one point": """
program(gene_space=None, gene_type=float, num_genes=15, mutation_type=None, keep_elitism=0, keep_parents=2)
""",
}
