"""OneMax with PyGAD: with no word of evo in it. Ask of it, for example:

evo audit docs/audit/pygad_onemax.py --property "ones=sum(x)/len(x)" --property "last bit=x[-1]"
"""

import pygad


def fitness(ga, bits, place):
    """How many of the bits are ones."""
    return int(sum(bits))


if __name__ == "__main__":
    ga = pygad.GA(
        num_generations=30, num_parents_mating=10, sol_per_pop=50, num_genes=30, fitness_func=fitness,
        gene_type=int, gene_space=[0, 1], keep_elitism=2, mutation_num_genes=1,
    )  # fmt: skip
    ga.run()
    print(f"ones in the best: {ga.best_solution()[1]}")
