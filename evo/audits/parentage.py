"""Who descends from whom in a DEAP program, seen through its toolbox, without changing its run.

A pool is what `toolbox.select` is given. Its members are numbered; every individual carries its line, the shares of its
ancestry in the members of the latest pool, as an attribute that copies with it. `mate` gives each child the mean of its
parents' lines. Nothing here draws random numbers.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

LINE = "_evo_line"  # (number of the pool, ((slot, share), ...))


class Parentage:
    """Lines of individuals, relative to the pool `number`, which holds `pool`."""

    def __init__(self) -> None:
        self.number = -1
        self.pool: list[Any] = []  # kept alive, so that no other object takes one's place in memory

    def is_new(self, pool: list[Any]) -> bool:
        """Whether somebody in this pool was not in the last; elites and parents may be selected from one."""
        known = {id(individual) for individual in self.pool}
        return any(id(individual) not in known for individual in pool)

    def lines(self, pool: list[Any]) -> list[tuple[tuple[int, float], ...] | None]:
        """The line of each in the latest pool; None where it is not known."""
        return [self._line(individual) for individual in pool]

    def advance(self, pool: list[Any]) -> None:
        """Make this the latest pool."""
        self.number += 1
        self.pool = list(pool)
        for slot, individual in enumerate(pool):
            setattr(individual, LINE, (self.number, ((slot, 1.0),)))

    def _line(self, individual: Any) -> tuple[tuple[int, float], ...] | None:
        number, line = getattr(individual, LINE, (None, ()))
        return line if number == self.number else None

    def _set(self, individual: Any, line: tuple[tuple[int, float], ...] | None) -> None:
        setattr(individual, LINE, (self.number, line) if line is not None else (None, ()))

    def mate(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The toolbox's `mate`, with lines."""

        def mate(*individuals: Any, **arguments: Any) -> Any:
            lines = [self._line(individual) for individual in individuals]
            children = original(*individuals, **arguments)
            merged = None
            if all(line is not None for line in lines):
                shares: dict[int, float] = {}
                for line in lines:
                    for slot, share in line or ():
                        shares[slot] = shares.get(slot, 0.0) + share / len(lines)
                merged = tuple(sorted(shares.items()))
            for child in children:
                self._set(child, merged)
            return children

        return mate

    def mutate(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The toolbox's `mutate`, with lines."""

        def mutate(individual: Any, *rest: Any, **arguments: Any) -> Any:
            line = self._line(individual)
            mutants = original(individual, *rest, **arguments)
            for mutant in mutants:
                self._set(mutant, line)
            return mutants

        return mutate


def offspring_numbers(lines: list[tuple[tuple[int, float], ...] | None], size: int) -> np.ndarray:
    """Members of the next pool that each of `size` members of the last has, by shares: float64[size]."""
    numbers = np.zeros(size)
    for line in lines:
        for slot, share in line or ():
            numbers[slot] += share
    return numbers
