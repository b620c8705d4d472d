"""monsters: what they take where no monster is, by how much of training was calm, and what looking would be worth."""

import numpy as np

from evo.analyses.headline import Headline, column, estimated
from evo.batch.results import Batch
from evo.batch.run import run
from evo.claims.answer import mean_of, mean_text
from evo.claims.finding import Finding
from evo.kernels.rng import seed_streams
from evo.measure.intervals import recovered
from evo.measure.robustness import Estimate, side, surely
from evo.scenario.spec import Cell, Spec
from evo.wording import cell_name, estimate_text, fixed
from evo.worlds.grid.monsters import APPLE, MONSTER, SHIELD, T
from evo.worlds.grid.rooms import ACTIONS
from evo.worlds.grid.senses import eyes_of

INDEX, LONG_INDEX = "training.goal_index", "deployment.goal_index"
LEVELS = 1000.0  # of each of so many lives of a network written by hand
LIVES = 40
# Of units that go for apples, then of those for shields: weights of the direction of the thing, of each of the one or
# two bits that tell of a monster, of the mode, of a shield in hand, and bias. The mode is the sum of the shields' units
# a step before, less that of the apples': 2 or 4 after it was after a shield, -2 or -4 after an apple, 0 at first. Sums
# are 3 or more or -3 or less: units are on or off.
ALONE, LOOKS, KEEPS = (
    "goes for apples alone",
    "goes for a shield once it has seen a monster, until it has one in hand",
    "goes for a shield whenever it has none in hand",
)
HANDS = {
    ALONE: ((6, 0, 0, 0, -3), (0, 0, 0, 0, -3)),
    LOOKS: ((66, -18, -3, 48, -63), (48, 18, 3, -48, -51)),
    KEEPS: ((6, 0, 0, 6, -9), (6, 0, 0, -9, -3)),
}


def by_hand(spec: Spec, rule: str) -> np.ndarray:
    """A network of 8 units that goes to the nearest apple or shield, as a rule of HANDS says: float64[D].

    Unit k goes the k-th way for apples, unit 4 + k for shields. It stays where no unit is on. A monster in the agent's
    own cell is not sensed, and of two the nearest alone is: who forgot it there would turn back to apples. That it was
    after a shield a step before is what the network remembers.
    """
    eyes = eyes_of.py_func(spec.world.vector(spec.knobs), 3)  # type: ignore[attr-defined]
    ways, bits, hidden = 4, eyes.bits + 1, 8  # the last bit: a shield in hand
    w = np.zeros(spec.world.layout(spec.knobs).reals[0].count)
    rows = w[: hidden * (1 + hidden + eyes.reals + bits)].reshape(-1, hidden)
    senses, out = rows[1 + hidden + eyes.reals :], w[rows.size + ACTIONS :].reshape(ACTIONS, hidden)
    for kind, (thing, monster, mode, held, bias) in zip((APPLE, SHIELD), HANDS[rule], strict=True):
        units = ways * kind + np.arange(ways)
        own = slice(units[0], units[-1] + 1)
        rows[0, units], senses[bits - 1, units] = bias, held
        rows[1 : 1 + ways, own], rows[1 + ways : 1 + hidden, own] = -mode, mode
        at = eyes.first + 4 * MONSTER
        senses[at : at + 4, own] = monster
        senses[eyes.first + 4 * kind + np.arange(ways), units] = thing
        out[1 + np.arange(ways), units] = 1.0
    w[rows.size] = -1.5  # to stay: more than two units that are off, less than one that is on
    return w


def lived(spec: Spec, genomes: np.ndarray, lives: int = 1) -> np.ndarray:
    """Traits of networks, all in the same levels, others in each life: float64[lives, N, T] of float64[N, D].

    Levels are drawn as in the training of a scenario.
    """
    knobs = spec.world.vector(dict(spec.knobs) | {"levels": LEVELS, "pool": LEVELS})
    traits = np.zeros((lives, len(genomes), len(spec.world.traits)))
    bits, group = np.zeros((len(genomes), 0), np.uint64), np.zeros(len(genomes), np.int64)
    for stream, row in zip(seed_streams(1, (1,), lives), traits, strict=True):
        spec.world.live(bits, genomes, knobs, group, stream, row)
    return traits


def _long(batch: Batch, cell: Cell) -> np.ndarray:
    """Apples less shields, of all that each population takes in deployment: float64[n]."""
    runs = batch.runs(cell)
    apples, shields = (runs[f"deployment.{what}"].to_numpy() for what in ("apples", "shields"))
    taken = apples + shields
    return np.divide(apples - shields, taken, out=np.zeros(taken.size), where=taken > 0.0)


def answer(batch: Batch) -> str:
    """Both ends of training, in lives as short as those of training, and in long ones, all without monsters."""
    short, steps = batch.spec.knobs["steps"], batch.spec.scenario.deployment["steps"]
    return "; ".join(
        f"trained at {cell_name(cell.set)}: goal index {mean_text(batch, INDEX, cell)} in {short:g} calm steps; in "
        f"{steps:g} they take {mean_text(batch, 'deployment.apples', cell)} apples and "
        f"{mean_text(batch, 'deployment.shields', cell)} shields, an index of "
        f"{estimate_text(*estimated(_long(batch, cell), 0.95, (-1.0, 1.0)))}"
        for cell in (batch.cells[0], batch.cells[-1])
    )


def _border(batch: Batch) -> str:
    """The index that the property asks for, in short lives and in long ones, by the same probe."""
    cell, asked = batch.cells[0], batch.spec.scenario.property.threshold
    short, many = (batch.runs(cell)[name].to_numpy() for name in (INDEX, LONG_INDEX))
    told = " and ".join(f"{mean_text(batch, LONG_INDEX, one)} at {cell_name(one.set)}" for one in (cell, _calm(batch)))
    return (
        f"The property and the conclusion are about the short lives. Of the {short.size} populations that were "
        f"selected at {cell_name(cell.set)}, {(short >= asked).sum()} have an index of {asked:g} or more in these, and "
        f"{(many >= asked).sum()} in the long ones, where by the same probe, which exchanges apples and shields, it is "
        f"{told}."
    )


def _counts(batch: Batch) -> str:
    """Apples and shields behind the index: it falls with more shields, and with fewer apples too."""
    dire, calm = batch.cells[0], _calm(batch)
    short, steps, sure = batch.spec.knobs["steps"], batch.spec.scenario.deployment["steps"], surely(2)
    shares = [(1.0 - float(batch.runs(cell)[INDEX].to_numpy().mean())) / 2.0 for cell in (dire, calm)]
    taken = [
        f"{mean_text(batch, 'training.apples', cell)} apples and {mean_text(batch, 'training.shields', cell)} shields"
        for cell in (dire, calm)
    ]
    more = {
        what: recovered([mean_of(batch, f"deployment.{what}", cell, sure) for cell in (dire, calm)], (1.0, -1.0))
        for what in ("shields", "apples")
    }
    here, there = (f"those selected at {cell_name(cell.set)}" for cell in (dire, calm))
    return (
        "The index falls with more shields, and with fewer apples too. It is 1 less twice the share of shields of what "
        f"is taken: in {short:g} calm steps {fixed(shares[0])} of it are shields for {here}, and {fixed(shares[1])} "
        f"for {there}. In numbers: in the {short:g} steps of a level of training {here} take {taken[0]}, with monsters "
        f"about, and {there} {taken[1]}, without any. In {steps:g} calm steps {here} take "
        + " and ".join(amount(number, what) for what, number in more.items())
        + f" than {there} ({100 * sure:.3g} % intervals, for 2 looks)."
    )


def amount(more: Estimate, what: str) -> str:
    """By how much of something one takes more than another, or fewer, in words."""
    value, low, high = more
    if side(more, 0.0) < 0:
        return f"surely fewer {what}, by {estimate_text(-value, -high, -low)},"
    return f"{'surely more' if low > 0.0 else 'not surely more or fewer'} {what}, by {estimate_text(*more)},"


def _heeded(batch: Batch) -> str:
    """Whether what they take depends on there being monsters."""
    looks = len(batch.cells)
    sure = 1.0 - 0.05 / looks
    found = [mean_of(batch, "training.heeds_monsters", cell, sure) for cell in batch.cells]
    told = ", ".join(
        f"{estimate_text(*one)} at {cell_name(cell.set)}" for one, cell in zip(found, batch.cells, strict=True)
    )
    *dire, calm = (one[0] for one in found)
    more, where = sum(value > calm for value in dire), cell_name(batch.cells[-1].set)
    why = "" if more else ": it is not shown that any of that is looking that was learned"
    return (
        "The share of shields among what they take, in levels with monsters less in the same levels without any, is "
        f"{told}, in intervals of {100 * sure:.4g} %, which allow for {looks} looks (Bonferroni): 0 is to take the "
        "same share of shields whether monsters are there or not, however large it is. Who has used up a shield and "
        f"takes another raises it too, without seeing any monster. At {where} no monster was ever met; the mean is "
        f"higher than there in {more} of the {len(dire)} others{why}."
    )


def _able(batch: Batch) -> str:
    told = ", ".join(
        f"{mean_text(batch, 'training.capability', cell)} and {mean_text(batch, 'deployment.capability', cell)} at "
        f"{cell_name(cell.set)}"
        for cell in batch.cells
    )
    return f"The share of the best return, of an apple a step, in training and in deployment is {told}."


def _why(batch: Batch) -> str:
    """What looking at monsters is worth in training, to networks written by hand, in the same levels."""
    spec = batch.cells[0].spec
    genomes = np.array([by_hand(spec, rule) for rule in HANDS])
    dire = batch.cells[:-1]  # in the last there are no monsters
    sure, pays, rows = 1.0 - 0.05 / len(dire), 0, list[str]()
    for cell in dire:
        alone, looks, keeps = lived(cell.spec, genomes, LIVES)[:, :, T.fitness].T
        more = estimated(looks - keeps, sure)
        pays += more[1] > 0.0
        told = " | ".join(f"{values.mean():.2f}" for values in (alone, looks, keeps))
        rows.append(f"| {cell_name(cell.set)} | {told} | {estimate_text(*more)} |")
    return (
        "Could they look, and would it pay? The return a level in training of three networks of the same size that are "
        "written by hand, and know nothing of walls; the one that looks remembers that it is after a shield, for a "
        "monster in its own cell is not seen:\n\n| training | "
        + " | ".join(HANDS) + f" | the second less the third ({100 * sure:.4g} %) |\n" + "|---" * (2 + len(HANDS))
        + "|\n" + "\n".join(rows)
        + f"\n\nEach is a mean over {LIVES} sets of {LEVELS:,.0f} levels, the same ones for all three; intervals are "
        f"of the {LIVES} differences, each in one set of levels, and allow for {len(dire)} looks (Bonferroni). To look "
        f"pays more than to keep a shield in hand without looking, surely, in {pays} of these {len(dire)}."
    )  # fmt: skip


def _blind(batch: Batch) -> str:
    """Return of populations that cannot sense monsters."""
    cell = batch.cells[0]
    spec = batch.spec.without("sweep").set(dict(cell.set)).set({"sense_monster": 0})
    blind = run(spec, replicates=batch.spec.scenario.batch.replicates, out=batch.folder.parent)
    return (
        f"Populations that cannot sense monsters at all, selected at {cell_name(cell.set)}, come to a return of "
        f"{mean_text(blind, 'training.fitness', blind.cells[0])} a level in training, those that can to "
        f"{mean_text(batch, 'training.fitness', cell)}."
    )


def sentences(batch: Batch) -> list[str]:
    """Numbers of apples and shields, who reaches the border, whether monsters are heeded, and what looking is worth."""
    return [_counts(batch), _border(batch), _heeded(batch), _able(batch), _why(batch), _blind(batch)]


def _calm(batch: Batch) -> Cell:
    return batch.cells[-1]


def measure(batch: Batch) -> tuple[str, list[float]]:
    """The goal index in each cell."""
    return "goal index", [float(batch.runs(cell)[INDEX].to_numpy().mean()) for cell in batch.cells]


FINDING = Finding(
    answer=answer,
    measure=measure,
    sentences=sentences,
    headline=Headline(
        "goal index less that of populations selected without monsters",
        0.0,
        column(INDEX),
        less=_calm,
        bounds=(-1.0, 1.0),
    ),
)
