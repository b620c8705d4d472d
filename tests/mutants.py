"""Break the kernels on purpose, one mistake at a time: the tests must notice every one. `make mutants` runs it.

Each mutant changes one line in a copy of the package and runs the tests named with it there; a mutant that passes them
survives, and the script fails. What the broken line does not reach is compiled once for all of them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from evo.kernels.jit import _cache_folder

ROOT = Path(__file__).parents[1]

# (what is wrong, file, line as it is, line as it would be, tests that must notice)
MUTANTS = [
    ("ancestors of the first generation kept on the way are lost", "genealogy.py", "if pool.parent[j] >= 0:\n",
     "if pool.parent[j] > 0:\n", "kernels/test_genealogy.py"),
    ("links are traced to the wrong row", "genealogy.py", "alive[row - 1, follow[row, i]] = 1",
     "alive[row - 1, follow[row - 1, i]] = 1", "kernels/test_genealogy.py"),
    ("the parent that gave less is followed", "genealogy.py", "born_bits[i], born_reals[i]) > 0",
     "born_bits[i], born_reals[i]) < 0", "kernels/test_genealogy.py"),
    ("elites are crossed once more in lines of descent", "genealogy.py",
     "if i % deme_size >= deme_size - elites or uniform(state)", "if uniform(state)", "kernels/test_genealogy.py"),
    ("effects without common random numbers", "genealogy.py", "stream = again.copy()", "stream = state.copy()",
     "kernels/test_genealogy.py"),
    ("company has the genome after a step", "genealogy.py", "bits[0] = steps.after_bits[s]",
     "bits[:] = steps.after_bits[s]", "kernels/test_genealogy.py"),
    ("mutation biased: back rate where forward belongs", "variation.py",
     "accept = accept_back if bits[i, word] & bit else accept_forward",
     "accept = accept_forward if bits[i, word] & bit else accept_back", "kernels/test_variation.py"),
    ("mutation misses the last locus of the last individual", "variation.py", "end = size * length\n",
     "end = size * length - 1\n", "kernels/test_variation.py"),
    ("elites are mutated", "variation.py", "if elites > 0 and i % deme_size >= deme_size - elites:",
     "if elites > 0 and i % deme_size > deme_size - elites:", "kernels/test_variation.py"),
    ("crossover never cuts at the last place", "variation.py", "begin = 1 + below(state, cuts)",
     "begin = 1 + below(state, max(cuts - 1, 1))", "kernels/test_variation.py"),
    ("wrong weight of the second parent in transmission", "moments.py",
     "half * (row(old, mother[i], t) + row(old, father[i], t))", "row(old, mother[i], t)",
     "kernels/test_moments.py engines/test_individuals.py"),
    ("uncrossed offspring credited to two parents", "evolve.py", "parents[1, i] = parents[0, i]\n", "pass\n",
     "engines/test_individuals.py"),
    ("off by one in offspring credit", "moments.py", "offspring[np.uint64(parents[role, i])] += share",
     "offspring[np.uint64((parents[role, i] + 1) % size)] += share",
     "kernels/test_moments.py engines/test_individuals.py"),
    ("variance over N - 1", "moments.py",
     "put(variance, t, v / n)", "put(variance, t, v / every(size - 1))", "kernels/test_moments.py"),
    ("one contestant too many", "selection.py", "np.int64(parameter), desk.lanes",
     "np.int64(parameter) + 1, desk.lanes", "kernels/test_selection.py"),
    ("expectation of one contestant too few", "selection.py", "_power((n - best) / n, parameter)",
     "_power((n - best) / n, parameter - 1.0)", "kernels/test_selection.py"),
    ("expectation forgets that equals share alike", "selection.py", "stop = first + count[s]", "stop = first + 1",
     "kernels/test_selection.py"),
    ("alias table reads the wrong slot", "alias.py", "else alias[np.uint64(lo + i)]",
     "else alias[np.uint64(lo + n - 1 - i)]", "kernels/test_leap.py"),
    ("a giver of the alias table keeps all its weight", "alias.py", "left -= 1.0 - keep[needy]", "left -= 0.0",
     "kernels/test_alias.py"),
    ("lanes start at the same place of the stream", "leap.py", "_leap_over(lanes.leap, runner)", "pass",
     "kernels/test_leap.py"),
    ("lanes keep draws that must be refused", "tournament.py", "        return False\n", "        pass\n",
     "kernels/test_leap.py"),
    ("migrants come from their own deme too", "selection.py", "if source >= slot // n:", "if source > slot // n:",
     "kernels/test_selection.py"),
    ("bounded draw never gives the last value", "rng.py",
     "_below_again(state, bound, product)\n    return np.int64(product >> _U32)",
     "_below_again(state, bound, product)\n    return np.int64(product >> _U32) * (n - 1) // n", "kernels/test_rng.py"),
    ("normal one per cent too wide", "rng.py", "        return u * _X[layer]\n    return _normal_outside",
     "        return u * _X[layer] * 1.01\n    return _normal_outside", "kernels/test_rng.py"),
    ("sort leaves crowded stretches alone", "order.py",
     "elif last > first:\n            _merge_sort(fitness, order, first, last, spare)",
     "elif last > first:\n            pass",
     "kernels/test_order.py"),
    ("expected selection taken for drift", "evolve.py", "price[PRICE.expected, t] += expectation[t]",
     "price[PRICE.expected, t] += selection[t] - expectation[t]",
     "engines/test_individuals.py kernels/test_books.py"),
    ("a change of training that never comes", "evolve.py",
     "knobs = plan.changed if generation >= plan.change_at else plan.knobs", "knobs = plan.knobs",
     "engines/test_individuals.py"),
    ("demes bud from the middle one", "selection.py", "goal, low, high = uniform(state) * total, 0, demes - 1",
     "goal, low, high = 0.5 * total, 0, demes - 1", "kernels/test_selection.py"),
    ("class counts: nobody mutates", "classes.py",
     "row[d] = binomial(state, left, min(1.0, transition[c, d] / rest))", "row[d] = 0", "engines/test_classes.py"),
    ("class counts: fitness squared", "classes.py", "space.weights[c] = counts[c] * share[c]\n",
     "space.weights[c] = counts[c] * share[c] ** 2\n", "engines/test_classes.py"),
    ("crossing pays for mutation", "books.py", "recombination += space.unmutated[i, t] - space.uncrossed[i, t]",
     "recombination += traits[i, t] - space.uncrossed[i, t]", "kernels/test_books.py"),
    ("offspring held against another's parent", "books.py", "if equal else space.other[parent[i], t]",
     "if equal else space.other[i, t]", "kernels/test_books.py"),
    ("blind selection sees half", "arms.py", "for k in range(have):\n            lost[",
     "for k in range(have // 2):\n            lost[", "engines/test_arms.py"),
    ("a mutant has its parent's fitness without the property", "arms.py",
     "differs(bits, first, space.bits[1 - now], anew)", "pass", "engines/test_arms.py"),
    ("where agents meet, blind selection sees", "arms.py", "max(own - worth[0], min(own, 0.0))", "own",
     "engines/test_arms.py"),
    ("elites are made carriers", "arms.py", "slot = k // bred * n + k % bred",
     "slot = k // bred * n + n - 1 - k % bred", "engines/test_arms.py"),
    ("class counts: a tournament of one more", "class_worth.py", "for _ in range(k - 1):", "for _ in range(k):",
     "engines/test_classes.py"),
    ("class counts: blind selection sees", "classes.py", "traits[genotypes.without_of[c] if blind else c, FITNESS]",
     "traits[c, FITNESS]", "engines/test_arms.py"),
    ("markers do not descend", "watch.py", "next_marks[i] = marks[first[i]]\n", "next_marks[i] = marks[i]\n",
     "kernels/test_watch.py"),
    ("groups have too few copies", "groups.py", "chance = math.sqrt(relatedness)\n    for low",
     "chance = relatedness\n    for low", "kernels/test_groups.py"),
    ("copies mutate on their own", "evolve.py",
     "copy_genomes(space.source, next_bits, next_reals)\n                if plan.arm",
     "pass\n                if plan.arm", "kernels/test_groups.py"),
    ("splitting never takes two steps at once", "splitting.py", "for t in range(steps, step, -1):",
     "for t in range(step + 1, step, -1):", "engines/test_splitting.py"),
]  # fmt: skip


def broken(kernels: Path, what: str, name: str, old: str, new: str) -> str:
    """The text of a file with the mistake in it. Raises where the line to change is not there, exactly once."""
    text = (kernels / name).read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise ValueError(f"{what}: {name} holds {old!r} {text.count(old)} times, not once")
    return text.replace(old, new)


class Workplace:
    """A copy of the package in which one line at a time is broken, and compiled code of what is not broken is kept.

    Numba knows compiled code by the folder of its source, so the copy stays where it is.
    """

    def __init__(self, folder: Path):
        self._copy, self._compiled = folder / "copy", folder / "compiled"
        for part in ("evo", "scenarios", "tests", "docs"):
            shutil.copytree(ROOT / part, self._copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", self._copy)
        files = (file.relative_to(ROOT).with_suffix("") for file in (ROOT / "evo").rglob("*.py"))
        self._whole = {_cache_folder(self._compiled / "evo", ".".join(file.parts)) for file in files}

    def _run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        env = {**os.environ, "NUMBA_CACHE_DIR": str(self._compiled), "PYTHONPATH": str(self._copy)}
        return subprocess.run([sys.executable, *words], cwd=self._copy, env=env, capture_output=True, text=True)

    def killed(self, mutant: tuple[str, str, str, str, str]) -> bool:
        """Whether the tests notice the mutant."""
        what, name, old, new, tests = mutant
        file = self._copy / "evo" / "kernels" / name
        file.write_text(broken(file.parent, what, name, old, new), encoding="utf-8")
        try:
            done = self._run(
                "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *(f"tests/{t}" for t in tests.split())
            )
        finally:
            shutil.copy2(ROOT / "evo" / "kernels" / name, file)
            for folder in set((self._compiled / "evo").glob("*")) - self._whole:
                shutil.rmtree(folder)
        if done.returncode not in (0, 1):
            raise RuntimeError(
                f"{what}: pytest ended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            )
        return done.returncode == 1


def killed(mutant: tuple[str, str, str, str, str]) -> bool:
    """Whether the tests notice one mutant."""
    with tempfile.TemporaryDirectory() as folder:
        return Workplace(Path(folder)).killed(mutant)


def _some(mutants: Iterator[tuple[str, str, str, str, str]]) -> int:
    """Try one mutant after the other of those that are left; how many of them survive."""
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        place = Workplace(Path(folder))
        for mutant in mutants:
            dead = place.killed(mutant)
            print(f"{'noticed ' if dead else 'SURVIVED'}  {mutant[0]}", flush=True)
            survivors += not dead
    return survivors


def main() -> int:
    with ThreadPoolExecutor(2) as pool:
        survivors = sum(pool.map(_some, [iter(MUTANTS)] * 2))
    print(f"{len(MUTANTS) - survivors} passed, {survivors} failed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
