"""Selection schemes and crossovers: names, parameters, bounds, engines. Imports no numba, so that files can be read.

A scheme is a row here and two branches in `evo.kernels.selection`; all else goes over `SCHEMES`.
"""

from dataclasses import dataclass

from evo.kernels.names import columns


@dataclass(frozen=True)
class Parameter:
    """The parameter of a scheme.

    Attributes
    ----------
    what : what it is, in words
    default, low, high : bounds are inclusive
    whole : whether it is a whole number
    tried : values that `evo pressure` measures
    doses : values of `evo dose`, from weak to strong selection; of Boltzmann selection per unit of fitness
    """

    what: str
    default: float
    low: float
    high: float
    whole: bool
    tried: tuple[float, ...]
    doses: tuple[float, ...]

    def refuses(self, value: float) -> str:
        """What the value must be, where it may not be that; empty where it may."""
        if self.low <= value <= self.high and not (self.whole and value != int(value)):
            return ""
        return f"must be {'a whole number' if self.whole else 'a number'} from {self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Scheme:
    """A selection scheme.

    Attributes
    ----------
    parameter : None where it has none
    positive : whether fitness must not be negative, nor 0 for all
    engines : those that simulate individuals and have it
    """

    name: str
    parameter: Parameter | None = None
    positive: bool = False
    engines: tuple[str, ...] = ("numba",)

    @property
    def tried(self) -> tuple[float, ...]:
        """Parameters that `evo pressure` measures; 0 stands for none."""
        return self.parameter.tried if self.parameter else (0.0,)


_ALL = (
    Scheme("proportional", positive=True, engines=("numba", "classes", "deap")),
    Scheme("stochastic_universal", positive=True, engines=("numba", "deap")),
    Scheme(
        "tournament",
        Parameter(
            "tournament size", 2, 1, 1e6, whole=True, tried=(1, 2, 3, 5, 10, 20), doses=(2, 3, 5, 10),
        ),
        engines=("numba", "classes", "deap"),
    ),
    Scheme(
        "truncation",
        Parameter(
            "best fraction kept", 0.5, 1e-9, 1.0, whole=False, tried=(0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05),
            doses=(0.95, 0.8, 0.5, 0.2),
        ),
        engines=("numba", "deap"),
    ),
    Scheme(
        "linear_ranking",
        Parameter(
            "expected copies of the best", 2.0, 1.0, 2.0, whole=False, tried=(1.1, 1.3, 1.5, 1.8, 2.0),
            doses=(1.05, 1.2, 1.5, 2.0),
        ),
    ),
    Scheme(
        "exponential_ranking",
        Parameter(
            "weight ratio of neighbouring ranks", 0.99, 1e-9, 1 - 1e-9, whole=False,
            tried=(0.9999, 0.999, 0.998, 0.995, 0.99, 0.95), doses=(0.9999, 0.999, 0.995, 0.98),
        ),
    ),
    Scheme(
        "boltzmann",
        Parameter(
            "inverse temperature", 1.0, 0.0, 1e9, whole=False, tried=(0.1, 0.3, 0.5, 1.0, 1.5, 2.0),
            doses=(0.1, 0.3, 1.0, 3.0, 10.0, 30.0),
        ),
    ),
    # Those that only DEAP has: selection sees the traits in `selection.objectives`, and expects no offspring number.
    Scheme("lexicase", engines=("deap",)),
    Scheme("epsilon_lexicase", engines=("deap",)),
    Scheme("nsga2", engines=("deap",)),
)  # fmt: skip

ALL_SCHEMES = {scheme.name: scheme for scheme in _ALL}
SCHEMES = {name: scheme for name, scheme in ALL_SCHEMES.items() if "numba" in scheme.engines}  # those of the kernels
DEAP_SCHEMES = tuple(name for name in ALL_SCHEMES if name not in SCHEMES)
SCHEME = columns(ALL_SCHEMES)

CROSSOVERS = ("none", "one_point", "two_point", "uniform")
CROSSOVER = columns(CROSSOVERS)
