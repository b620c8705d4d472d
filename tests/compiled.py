"""Compile the kernels and worlds that are not compiled yet, each file once: workers of tests would all do it at once.

`make test` and `make slow` begin with it. Where all is compiled it takes a second.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from evo.kernels import jit
from evo.places import cores
from evo.worlds.load import GRID, NAMES, module_of

# The longest first; a world in a room has compiled most of what the others in rooms call.
MODULES = (
    "evo.kernels.evolve", module_of(GRID[0]), "evo.kernels.splitting", "evo.kernels.genealogy",
    *map(module_of, (*GRID[1:], *NAMES)),
)  # fmt: skip


def main() -> int:
    missing = [module for module in MODULES if not jit._cache_folder(jit._HOME, module).exists()]
    with ThreadPoolExecutor(cores()) as pool:
        ended = list(pool.map(lambda module: subprocess.call([sys.executable, "-c", f"import {module}"]), missing))
    return max(ended, default=0)


if __name__ == "__main__":
    sys.exit(main())
