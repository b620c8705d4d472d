"""Small batches, for tests of what keeps them."""

from functools import partial

import evo
from tests import command

# Processes whose chunks are short, so that there are many parts.
_QUICK = f"import evo.batch.chunks as c; c.SECONDS = 0.002; {command.PLAIN}"
start, finish = partial(command.start, code=_QUICK), partial(command.finish, code=_QUICK)


def small(**changes):
    """Two cells that evolve in milliseconds."""
    spec = evo.load("wolf_sniper").over({"parts": [2, 3]})
    return spec.set({"population.size": 60, "population.generations": 30, **changes})
