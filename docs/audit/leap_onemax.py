"""OneMax with LEAP: with no word of evo in it. Ask of it, for example:

evo audit docs/audit/leap_onemax.py --property "ones=sum(x)/len(x)" --property "last bit=x[-1]"
"""

from leap_ec import Representation, ops
from leap_ec.algorithm import generational_ea
from leap_ec.binary_rep.initializers import create_binary_sequence
from leap_ec.binary_rep.ops import mutate_bitflip
from leap_ec.binary_rep.problems import MaxOnes

if __name__ == "__main__":
    size = 50
    population = generational_ea(
        max_generations=30,
        pop_size=size,
        problem=MaxOnes(),
        representation=Representation(initialize=create_binary_sequence(length=30)),
        pipeline=[
            ops.tournament_selection,
            ops.clone,
            mutate_bitflip(expected_num_mutations=1),
            ops.UniformCrossover(p_swap=0.2),
            ops.evaluate,
            ops.pool(size=size),
        ],
    )
    print(f"ones in the best: {max(population).fitness}")
