"""Other random numbers in every replicate, from one seed, whatever the program seeds its own sources with."""

import itertools
import random
from typing import Any

import numpy as np


def mix(seed: int, replicate: int) -> None:
    """Seed both global streams, and let every seed that the program gives later stand for another in each replicate."""
    own = random.seed, np.random.seed, np.random.default_rng
    words, calls = (seed, replicate), itertools.count()

    def told(value: Any) -> Any:
        """The seed, or what stands for none: another each time, as it would be."""
        return f"none {next(calls)}" if value is None else value

    def mixed(value: Any) -> np.random.SeedSequence:
        value = told(value)
        text = repr(np.asarray(value).tolist() if not isinstance(value, (str, bytes)) else value)
        return np.random.SeedSequence([*words, *text.encode()])

    def seed_python(value: Any = None, *rest: Any, **named: Any) -> None:
        own[0](f"{told(value)} {words}")

    def seed_numpy(value: Any = None) -> None:
        own[1](mixed(value).generate_state(8))

    def default_rng(value: Any = None) -> np.random.Generator:
        given = isinstance(value, (np.random.Generator, np.random.BitGenerator, np.random.SeedSequence))
        return own[2](value if given else mixed(value))

    class Random(random.Random):
        """A stream of its own, of another seed in each replicate."""

        def __init__(self, value: Any = None):
            super().__init__(f"{told(value)} {words}")

    class RandomState(np.random.RandomState):
        """The same of numpy's former streams."""

        def __init__(self, value: Any = None):
            given = isinstance(value, np.random.BitGenerator)
            super().__init__(value if given else mixed(value).generate_state(8))

    seed_python("begins")
    seed_numpy("begins")
    random.seed, random.Random = seed_python, Random  # type: ignore[assignment,misc]
    np.random.seed, np.random.default_rng = seed_numpy, default_rng  # type: ignore[assignment]
    np.random.RandomState = RandomState  # type: ignore[assignment,misc]
