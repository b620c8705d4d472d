"""The fields of a scenario file: tables, types, bounds and meanings. What they refer to is checked by `checks.py`."""

import json
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from evo.kernels.operators import ALL_SCHEMES, CROSSOVERS, DEAP_SCHEMES
from evo.places import MOST_REPLICATES

OPTIMIZERS = (
    "genetic", "hill_climb", "best_of_n", "evolution_strategy", "cma_es", "gradient", "policy_gradient"
)  # fmt: skip
ENGINES = ("numba", "classes", "auto", "deap")
MOST_INDIVIDUALS = 100_000_000  # that are simulated one by one
MOST_CLASSES = 1024
MOST_CELLS = 100_000  # of one batch
NAME, KEY = r"^[A-Za-z][A-Za-z0-9_-]*$", "^[0-9a-f]{64}$"  # of a scenario, of a cell
LARGEST = 2**63 - 1  # whole number that a table can hold, so also the largest seed
# Figures of a claim's page: those of `evo figures`, training beside deployment, or one made for the claim.
OWN = "own"
PAGE_FIGURES = ("phase", "realized", "shift", "probes", "waiting", "price", "funnel", "dumbbell", "pursuit", OWN)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


_Count = Annotated[int, Field(ge=0)]
_Share = Annotated[float, Field(ge=0, le=1)]


class Population(_Table):
    """Sizes and times of one replicate."""

    size: int = Field(1000, ge=1, le=1_000_000_000_000, description="individuals")
    generations: int = Field(1000, ge=0, le=1_000_000_000, description="generations at most")
    demes: int = Field(1, ge=1, description="demes of equal size")
    migration: _Share = Field(0.0, description="chance that an offspring comes from another deme")
    budding: _Share = Field(0.0, description="chance that a deme descends from one drawn by mean fitness")
    group_size: _Count = Field(0, description="agents in a group, formed anew each generation; 0: a deme is one")
    relatedness: _Share = Field(0.0, description="chance that two of a group are copies of one offspring")
    carriers: _Count = Field(0, description="founders that have the property")

    @property
    def groups(self) -> int:
        """How many parts of the population meet apart: groups, or demes."""
        return self.size // self.group_size if self.group_size else self.demes


class Selection(_Table):
    """Who becomes a parent."""

    scheme: Literal[tuple(ALL_SCHEMES)] = Field(  # type: ignore[valid-type]
        "proportional", description=f"selection scheme; {', '.join(DEAP_SCHEMES)} need engine deap"
    )
    parameter: float | None = Field(None, description="the scheme's parameter, its default where left out")
    elites: _Count = Field(0, description="fittest of each deme that are copied unchanged")
    objectives: list[str] = Field(
        [], description="traits that lexicase and nsga2 select for, or against where written with a minus: '-cost'"
    )


class Variation(_Table):
    """How offspring differ from parents; mutation rates are knobs of the world."""

    parents: Literal[1, 2] = Field(1, description="parents per offspring")
    crossover: Literal[CROSSOVERS] = Field("none", description="kind of crossover")  # type: ignore[valid-type]
    crossover_rate: _Share = Field(1.0, description="chance that two parents are recombined")


class Property(_Table):
    """The selected-for property."""

    trait: str = Field(description="a trait of the world, or a probe")
    threshold: float = Field(0.5, description="population mean that counts as realized")
    stop_above: float | None = Field(None, description="stop when the mean reaches this")
    stop_below: float | None = Field(None, description="stop when the mean falls to this: the property is outcompeted")


class Optimizer(_Table):
    """What searches the genomes for training fitness, at `size` evaluations a generation.

    Selection and variation are those of the genetic optimizer; the others have their own.
    """

    kind: Literal[OPTIMIZERS] = Field("genetic", description="optimizer")  # type: ignore[valid-type]
    rate: float = Field(
        0.05, gt=0, le=10, description="size of a step, in founders' standard deviations: of those that climb"
    )
    lives: int = Field(10, ge=1, le=1_000_000, description="lives that a score is the mean of, in hill_climb")


class Tuning(_Table):
    """Settings of optimizers, each chosen from as many by return in training alone: `evo tune`."""

    populations: int = Field(4, ge=1, le=1000, description="populations of each setting, in each other cell")
    tried: dict[Literal[OPTIMIZERS], dict[str, list[Any]]] = Field(  # type: ignore[valid-type]
        min_length=1, description="by kind of optimizer: fields and the values tried, in every combination"
    )
    chosen: dict[Literal[OPTIMIZERS], dict[str, Any]] = Field(  # type: ignore[valid-type]
        default_factory=dict, description="by kind of optimizer: the values that hold where it is used"
    )


class Change(_Table):
    """A change of the training environment that lasts to the end."""

    at: int = Field(ge=0, description="first generation that lives with it")
    knobs: dict[str, float] = Field(min_length=1, description="knobs that differ from then on")


class BatchSize(_Table):
    """How much is run and recorded."""

    replicates: int = Field(100, ge=1, le=MOST_REPLICATES, description="populations per cell")
    until: float | None = Field(
        None, gt=0, lt=1, description="add replicates per cell until the interval is this narrow, `replicates` at most"
    )
    seed: int = Field(1, ge=0, le=LARGEST, description="seed of all random streams")
    records: int = Field(50, ge=2, le=200, description="recorded generations per replicate")
    split_transmission: bool = Field(
        True,
        description="tell mutation, recombination and environment apart; where lives are by luck, parents live twice",
    )
    streams: str | None = Field(
        None, pattern=KEY, description="the cell whose random streams are taken; its own where left out"
    )


class Sample(_Table):
    """Points spread over ranges of several fields at once, instead of a grid, or for each cell of one."""

    points: int = Field(64, ge=1, le=MOST_CELLS, description="cells")
    design: Literal["sobol", "random"] = Field("sobol", description="scrambled Sobol sequence, or independent points")
    ranges: dict[str, str] = Field(min_length=1, description="field or knob: LOW:HIGH, or LOW:HIGH:log")


class Page(_Table):
    """What the page of a claim says beside what is measured."""

    number: int = Field(ge=1, description="place in the table of claims")
    says: str = Field("", description="who says it, in a name or two")
    sides: str = Field(min_length=1, description="who says so, and who doubts it")
    formalized: str = Field(min_length=1, description="genome, environment, training fitness, property, deployment")
    speaks_for: str = Field(min_length=1, description="what result would speak for the claim")
    speaks_against: str = Field(min_length=1, description="and what against")
    not_shown: str = Field(min_length=1, description="what it does not show")
    by_construction: str = Field("", description="which of its numbers follow from the knobs")
    found: str = Field("", description="which emerge")
    built: bool = Field(False, description="whether the headline's number itself follows from the knobs")
    above: str = Field("", description="what is found, in a clause, where the headline's number lies above its border")
    below: str = Field("", description="and where it lies below")
    undecided: str = Field("", description="and where its interval holds the border")
    defender: str = Field("", description="what who makes the claim could say against the experiment, at its strongest")
    doubter: str = Field("", description="what who doubts the claim could say against it, at its strongest")
    figure: Literal[PAGE_FIGURES] = Field("realized", description="the figure of the page")  # type: ignore[valid-type]
    full_replicates: int = Field(
        100, ge=1, le=MOST_REPLICATES, description="populations per cell in the version for the docs"
    )
    far_replicates: int = Field(
        20, ge=2, le=MOST_REPLICATES, description="populations per row of how far the conclusion holds"
    )
    withdrawn: str = Field("", description="why the claim cannot be shown this way, where it cannot")
    depends_on: str = Field("", description="a swept field along which the conclusion turns, told with where")
    longer: int = Field(
        0, ge=0, le=1_000_000_000, description="generations after which that place is asked again; 0: it is not"
    )
    arms_cannot: str = Field("", description="why the arms do not tell the cause here, where they do not")
    reference: dict[str, Any] = Field(
        default_factory=dict, description="swept values of the cell that answers; the scenario's own where left out"
    )
    also: dict[str, list[Any]] = Field(
        default_factory=dict,
        description="other values of fields that the claim is not about: each is a row of how far the conclusion holds",
    )


class Scenario(_Table):
    """A claim made runnable. Field by field as in the TOML file."""

    name: str = Field(pattern=NAME, max_length=100, description="name, also of the results folder")
    claim: str = Field(min_length=1, description="the claim in one sentence")
    source: str = Field("", description="the sentence it formalizes, cited")
    world: str = Field(description="a world's name, or the path of a .py file")
    knobs: dict[str, float] = Field(default_factory=dict, description="values of the world's knobs")
    population: Population = Population()
    selection: Selection = Selection()
    variation: Variation = Variation()
    property: Property
    engine: Literal[ENGINES] = Field(  # type: ignore[valid-type]
        "numba", description="individuals (numba), class counts (classes), the faster of them (auto), or DEAP (deap)"
    )
    optimizer: Optimizer | None = Field(None, description="what searches; a genetic algorithm where left out")
    tuning: Tuning | None = Field(None, description="how the optimizers were tuned, and what they were tuned to")
    change: Change | None = Field(None, description="a change of training on the way")
    deployment: dict[str, float] = Field(
        default_factory=dict, description="knobs that differ in deployment from the last training environment"
    )
    batch: BatchSize = BatchSize()
    sweep: dict[str, list[Any] | str] = Field(
        default_factory=dict, description="field or knob: list of values, or START:STOP:COUNT[:log]"
    )
    sample: Sample | None = Field(None, description="random or quasi-random points instead of a grid")
    page: Page | None = Field(None, description="for `evo claims`: the claim's page in the docs")


def fields_at(path: tuple[Any, ...]) -> list[str]:
    """Names of the fields of the table there."""
    model: Any = Scenario
    for part in path:
        model = model.model_fields[part].annotation
        model = next((kind for kind in get_args(model) if kind is not type(None)), model)  # optional tables
    return list(model.model_fields)


def json_schema() -> str:
    """JSON Schema of a scenario file, for editors; knobs are the world's own and checked by evo alone."""
    return json.dumps(Scenario.model_json_schema(), indent=2) + "\n"
