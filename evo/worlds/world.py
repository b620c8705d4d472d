"""What a world is: knobs, genome layout, traits, how agents live, what a carrier looks like, what theory predicts."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NoReturn

import numpy as np

from evo.errors import WorldError
from evo.kernels.jit import F, kernel
from evo.kernels.names import columns as columns
from evo.kernels.signatures import CARRIER, FILM, LIVE, PROBE, WITHOUT
from evo.worlds.source import Source

# The kernels of a world, and their arguments.
TAKES = {
    "live": ("bits", "reals", "knobs", "group", "rng_state", "traits"),
    "carrier": ("bits", "reals", "knobs"),
    "without": ("bits", "reals", "knobs"),
    "probe": ("bits", "reals", "knobs", "group", "rng_state", "scores"),
    "film": ("bits", "reals", "knobs", "rng_state", "frames"),
}
ARMS = ("supplied", "blind")  # that a world may make of its environment


class Misfit(TypeError):
    """A kernel that does not take what it is given."""


def _expect(function: Any, takes: tuple[str, ...]) -> None:
    code = function.__code__
    if code.co_argcount != len(takes):
        raise Misfit(
            f"{function.__name__} takes {code.co_argcount} arguments, and must take {len(takes)}: {', '.join(takes)}"
        )


def live_kernel(function: F) -> F:
    """Decorator for `live(bits[N,W], reals[N,D], knobs[K], group[N], rng_state[4], traits[N,T])`, trait 0 is fitness.

    bits: uint64; group: int64, the deme of each; rng_state: uint64, the stream that every draw is from; traits:
    float64, to be written, all of them, and never read before; the others float64. Genomes and knobs stay as they are.
    """
    _expect(function, TAKES["live"])
    return kernel(LIVE)(function)


def carrier_kernel(function: F) -> F:
    """Decorator for `carrier(bits[W], reals[D], knobs[K])`: change one genome so that it has the property."""
    _expect(function, TAKES["carrier"])
    return kernel(CARRIER)(function)


def without_kernel(function: F) -> F:
    """Decorator for `without(bits[W], reals[D], knobs[K])`: change one genome so that it lacks the property.

    What has the property loses it by the least change, and nothing else is touched; a genome that lacks it stays as it
    is, bit for bit. A property that is a place on a scale is lacked at the scale's zero, from either side.
    """
    _expect(function, TAKES["without"])
    return kernel(WITHOUT)(function)


def probe_kernel(function: F) -> F:
    """Decorator for `probe(bits[N,W], reals[N,D], knobs[K], group[N], rng_state[4], scores[N,Q])`: what is pursued.

    Counterfactual assays of every agent. As `live_kernel`, with scores in place of traits. It is called at recorded
    generations, with the knobs of training and again with those of deployment, from a stream of its own, and nobody is
    selected by it. All cases of one assay must use the same levels and agents, with only the thing in question moved.
    """
    _expect(function, TAKES["probe"])
    return kernel(PROBE)(function)


def film_kernel(function: F) -> F:
    """Decorator for `film(bits[W], reals[D], knobs[K], rng_state[4], frames[S,E,F])`: draw one life of one agent.

    It returns how many of the S steps it filled, at least 1; of these it writes every field of every entity.
    """
    _expect(function, TAKES["film"])
    return kernel(FILM)(function)


@dataclass(frozen=True)
class Knob:
    """A named number of a world, with its unit, default and inclusive bounds."""

    name: str
    default: float
    low: float
    high: float
    unit: str
    meaning: str
    integer: bool = False


@dataclass(frozen=True)
class Trait:
    """A measured number of an agent. Trait 0 is the training fitness, the only one selection sees.

    `downstream` says that the property acts through it: it is part of how the property matters, not beside it, and no
    gradient on the property may hold it constant.
    """

    name: str
    unit: str
    meaning: str
    downstream: bool = False


@dataclass(frozen=True)
class Loci:
    """A block of loci: `forward` and `back` flips per locus and generation, `initial` frequency of ones."""

    count: int
    forward: float
    back: float
    initial: float = 0.0


@dataclass(frozen=True)
class Reals:
    """A block of reals: founders are normal(mean, sd); each steps by `step` times a normal at `rate` a generation."""

    count: int
    step: float
    rate: float = 1.0
    mean: float = 0.0
    sd: float = 0.0


@dataclass(frozen=True)
class Layout:
    """A genome: blocks of loci, then blocks of reals."""

    loci: tuple[Loci, ...] = ()
    reals: tuple[Reals, ...] = ()


@dataclass(frozen=True)
class Theory:
    """What closed form predicts for a cell.

    Attributes
    ----------
    realized : probability that the property is established by the last generation, None where no theory gives it
    holds : whether the cell lies in the theory's regime
    regime : the regime in words, with the reason where it does not hold
    rates : named predicted numbers, for `evo show`
    """

    realized: float | None
    holds: bool
    regime: str
    rates: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Classes:
    """Genotype classes: whoever is of one class lives alike, always, and has offspring of classes by the same chances.

    Attributes
    ----------
    bits : uint64[C, W], a genome of each class; `carrier` must turn each into another of them
    start : float64[C], chances of a founder's class
    transition : float64[C, C], chances of an offspring's class (column) by its parent's (row), mutation alone
    """

    bits: Any
    start: Any
    transition: Any


@dataclass(frozen=True)
class Chooser:
    """Agents that take, M times, the best of A options by a sum of features, and are rewarded by its score.

    Feature f of an option of score s (standard normal) is slope s + noise e, e standard normal; its weight is real f,
    and it counts once the loci it needs are all 1. Expected training fitness is
    base + gain a - cost (ones), a = correlation of the agent's sum with the score.

    Attributes
    ----------
    slope, noise : float64[F]
    loci : first and one past the last locus that each feature needs
    gain : expected score of the best of A options; base, cost : fitness, and fitness per 1
    """

    slope: Any
    noise: Any
    loci: tuple[tuple[int, int], ...]
    choices: int
    options: int
    gain: float
    base: float
    cost: float


Arms = Mapping[str, Mapping[str, float]]  # knobs that an arm of environment changes, by its name


@dataclass(frozen=True)
class Film:
    """How one life is drawn, a picture a step.

    Attributes
    ----------
    play : a `film_kernel`; of each step and entity it fills x, y, kind, state
    steps, entities : how many there are at most, by the knobs: S and E
    kinds : names of kinds of entities; kind k is kinds[k], and below 0 an entity is not there
    """

    play: Any
    steps: Callable[[Mapping[str, float]], int]
    entities: Callable[[Mapping[str, float]], int]
    kinds: tuple[str, ...]


# Of each entity in a step: where it is, in the unit of the world's places, y upwards; its kind; and its state, 1 where
# it is as it was at first and 0 where it is used up, between these what the world means by it.
FIELDS = ("x", "y", "kind", "state")


@dataclass(frozen=True)
class World:
    """A world. `layout(knobs)` and `theory(knobs, population)` take dicts of numbers by name.

    `classes(knobs)` may declare genotype classes, where living is without chance and without others; then class counts
    can be evolved instead of individuals. `class_count(knobs)` tells how many there are without making them. `progress`
    is a trait that must rise step by step in somebody before the property can arise, for estimates of rare realization.
    `chooser(knobs)` gives expected training fitness in closed form, for optimizers that follow its gradient; None where
    these knobs have no such form. `social` says that agents meet: their traits may depend on the others, and on the
    order of rows; else each must live as if alone. `without` takes the property from a genome, as `carrier` gives it;
    None where there is no such thing, and so may `carrier` be. `source` is the file of a world given by path, set by
    `load`.

    `probe` tells what agents pursue, `probes` names its scores as `traits` names those of a life. `probe_sets` names
    the knobs that it sets by itself: where these alone differ in deployment, its scores are the same there, and nothing
    that it tells can be lost. `film` draws a life.
    `arms` makes arms of environment where no genome with the property can be written, by name of `ARMS`: the knobs of
    training in which `supplied` gives what tells the property from its rivals from the start, `blind` never. It is a
    mapping, or takes the knobs and gives one.

    `learner(reals, knobs, lives, rng_state, gradient)` plays so many lives of an agent that acts by chance, writes the
    gradient of what these return in the mean, and gives that mean: for policy gradients where there is no closed form.

    `refuses(knobs)` gives the name of a knob that does not go with the others, and why in the rest of a sentence
    (`must be ...`); None where all go together.

    `measures` is raised where a trait comes to be defined otherwise and nothing evolves otherwise: batches of before
    are folders of their own, and streams stay.
    """

    name: str
    summary: str
    knobs: tuple[Knob, ...]
    traits: tuple[Trait, ...]
    layout: Callable[[Mapping[str, float]], Layout]
    live: Any
    carrier: Any = None
    theory: Callable[[Mapping[str, float], Mapping[str, Any]], Theory] | None = None
    classes: Callable[[Mapping[str, float]], Classes] | None = None
    class_count: Callable[[Mapping[str, float]], int] | None = None
    progress: str | None = None
    chooser: Callable[[Mapping[str, float]], Chooser | None] | None = None
    source: Source | None = None
    social: bool = False
    without: Any = None
    probe: Any = None
    probes: tuple[Trait, ...] = ()
    probe_sets: tuple[str, ...] = ()
    film: Film | None = None
    arms: Arms | Callable[[Mapping[str, float]], Arms] | None = None
    refuses: Callable[[Mapping[str, float]], tuple[str, str] | None] | None = None
    learner: Callable[[np.ndarray, np.ndarray, int, np.ndarray, np.ndarray], float] | None = None
    measures: int = 0

    def __repr__(self) -> str:
        knobs, traits = (", ".join(one.name for one in ones) for ones in (self.knobs, self.traits))
        return f"World('{self.name}': {self.summary}; knobs {knobs}; traits {traits})"

    def knob(self, name: str) -> Knob:
        """The knob of that name; KeyError where there is none."""
        return {knob.name: knob for knob in self.knobs}[name]

    def vector(self, knobs: Mapping[str, float]) -> np.ndarray:
        """Knobs by name as the kernels take them, in the order declared: float64[K]."""
        return np.array([float(knobs[knob.name]) for knob in self.knobs])

    def trait(self, name: str) -> int:
        """The column of that trait; ValueError where there is none."""
        return [trait.name for trait in self.traits].index(name)

    def kernel(self, name: str) -> Any:
        """The kernel of one of the names of `TAKES`; None where it has none."""
        found = getattr(self, name)
        return found.play if isinstance(found, Film) else found

    def probed(self, name: str) -> int | None:
        """The column of that probe; None where there is none."""
        names = [probe.name for probe in self.probes]
        return names.index(name) if name in names else None

    def told(self, name: str) -> Trait:
        """The trait or probe of that name; ValueError where there is none."""
        column = self.probed(name)
        return self.traits[self.trait(name)] if column is None else self.probes[column]

    def values(self, name: str, *life: np.ndarray) -> np.ndarray:
        """A trait of each agent after one life, or a probe of each: float64[N].

        life : bits, reals, knobs, group and stream, as `live` takes them
        """
        column, size = self.probed(name), life[0].shape[0]
        found = np.zeros((size, len(self.traits if column is None else self.probes)))
        (self.live if column is None else self.probe)(*life, found)
        return found[:, self.trait(name) if column is None else column].copy()

    def arms_of(self, knobs: Mapping[str, float]) -> dict[str, dict[str, float]]:
        """The knobs that each arm of environment changes, given those of training."""
        found = self.arms(knobs) if callable(self.arms) else self.arms or {}
        return {arm: {name: float(value) for name, value in changes.items()} for arm, changes in found.items()}

    def declaration(self) -> dict[str, Any]:
        """What it declares, as data: name, summary, progress, whether agents meet, knobs, traits, probes if any."""
        return {
            "name": self.name,
            "summary": self.summary,
            "progress": self.progress,
            "social": self.social,
            "knobs": [asdict(knob) for knob in self.knobs],
            "traits": [asdict(trait) for trait in self.traits],
            **({"probes": [asdict(probe) for probe in self.probes]} if self.probes else {}),
            **({"probe_sets": list(self.probe_sets)} if self.probe_sets else {}),
            **({"carrier": False} if self.carrier is None else {}),
        }


class _NotLoaded:
    """Stands for a function of a world that was made from its declaration."""

    def __init__(self, world: str):
        self._world = world

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        raise WorldError(
            f"the code of world '{self._world}' is not loaded: what is stored is read without it; only evolving runs it"
        )


def declared(data: Mapping[str, Any]) -> World:
    """A world from its declaration: to read records with, without code; its functions raise WorldError.

    Keys that a later version may have added are left out.

    Raises
    ------
    WorldError : the data are no declaration
    """

    def table(kind: type, rows: Any) -> Any:
        return tuple(kind(**{key: row[key] for key in kind.__annotations__ if key in row}) for row in rows)

    try:
        name = str(data["name"])
        code = _NotLoaded(name)
        return World(
            name=name, summary=str(data["summary"]), knobs=table(Knob, data["knobs"]),
            traits=table(Trait, data["traits"]), layout=code, live=code,
            carrier=code if data.get("carrier", True) else None, progress=data.get("progress"),
            social=bool(data.get("social", False)), probe=code if data.get("probes") else None,
            probes=table(Trait, data.get("probes", ())), probe_sets=tuple(map(str, data.get("probe_sets", ()))),
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise WorldError(f"is no declaration of a world: {error}") from None
