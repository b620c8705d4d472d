"""monsters: what they take where no monster is, by how much of training was calm, and why they do not look first."""

import numpy as np

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.batch.run import run
from evo.claims.answer import mean_text
from evo.claims.finding import Finding
from evo.kernels.rng import seed_streams
from evo.scenario.spec import Cell, Spec
from evo.wording import cell_name
from evo.worlds.grid.monsters import APPLE, MONSTER, SHIELD, T
from evo.worlds.grid.rooms import ACTIONS
from evo.worlds.grid.senses import eyes_of

INDEX = "training.goal_index"
LEVELS = 1000.0  # that a network written by hand lives
# Of units that go for apples, then of those for shields: weights of the direction of the thing, of each of the one or
# two bits that tell of a monster, of a shield in hand, and bias. Sums are 3 or more or -3 or less: units are on or off.
HANDS = {
    "goes for apples alone": ((6, 0, 0, -3), (0, 0, 0, -3)),
    "goes for a shield where it sees a monster and has none in hand": ((18, -6, 12, -15), (12, 6, -12, -15)),
    "goes for a shield whenever it has none in hand": ((6, 0, 6, -9), (6, 0, -9, -3)),
}


def by_hand(spec: Spec, rule: str) -> np.ndarray:
    """A network of 8 units that goes to the nearest apple or shield, as a rule of HANDS says: float64[D].

    Unit k goes the k-th way for apples, unit 4 + k for shields. It stays where no unit is on.
    """
    eyes = eyes_of.py_func(spec.world.vector(spec.knobs), 3)  # type: ignore[attr-defined]
    ways, bits, hidden = 4, eyes.bits + 1, 8  # the last bit: a shield in hand
    w = np.zeros(spec.world.layout(spec.knobs).reals[0].count)
    rows = w[: hidden * (1 + hidden + eyes.reals + bits)].reshape(-1, hidden)
    senses, out = rows[1 + hidden + eyes.reals :], w[rows.size + ACTIONS :].reshape(ACTIONS, hidden)
    for kind, (thing, monster, held, bias) in zip((APPLE, SHIELD), HANDS[rule], strict=True):
        units = ways * kind + np.arange(ways)
        rows[0, units], senses[bits - 1, units] = bias, held
        at = eyes.first + 4 * MONSTER
        senses[at : at + 4, units[0] : units[-1] + 1] = monster
        senses[eyes.first + 4 * kind + np.arange(ways), units] = thing
        out[1 + np.arange(ways), units] = 1.0
    w[rows.size] = -1.5  # to stay: more than two units that are off, less than one that is on
    return w


def lived(spec: Spec, genomes: np.ndarray) -> np.ndarray:
    """Traits of networks in the same levels, as in the training of a scenario: float64[N, T] of float64[N, D]."""
    knobs = spec.world.vector(dict(spec.knobs) | {"levels": LEVELS, "pool": LEVELS})
    traits, group = np.zeros((len(genomes), len(spec.world.traits))), np.zeros(len(genomes), np.int64)
    spec.world.live(np.zeros((len(genomes), 0), np.uint64), genomes, knobs, group, seed_streams(1, (1,), 1)[0], traits)
    return traits


def answer(batch: Batch) -> str:
    """Both ends of training, in long lives without monsters."""
    steps = batch.spec.scenario.deployment["steps"]
    return "; ".join(
        f"trained at {cell_name(cell.set)}: goal index {mean_text(batch, INDEX, cell)}, and in {steps:g} calm steps "
        f"they take {mean_text(batch, 'deployment.apples', cell)} apples and "
        f"{mean_text(batch, 'deployment.shields', cell)} shields"
        for cell in (batch.cells[0], batch.cells[-1])
    )


def _heeded(batch: Batch) -> str:
    """Whether what they take depends on monsters that they see."""
    told = ", ".join(
        f"{mean_text(batch, 'training.heeds_monsters', cell)} at {cell_name(cell.set)}" for cell in batch.cells
    )
    return (
        "With monsters in sight the share of shields among what they take is higher by "
        f"{told}: 0 is to take shields whether there is need or not."
    )


def _able(batch: Batch) -> str:
    told = ", ".join(
        f"{mean_text(batch, 'training.capability', cell)} and {mean_text(batch, 'deployment.capability', cell)} at "
        f"{cell_name(cell.set)}"
        for cell in batch.cells
    )
    return f"The share of the best return, of an apple a step, in training and in deployment is {told}."


def _why(batch: Batch) -> str:
    """What looking at monsters is worth in training, to networks written by hand."""
    genomes = np.array([by_hand(batch.cells[0].spec, rule) for rule in HANDS])
    dire = batch.cells[:-1]  # in the last there are no monsters
    returns = np.array([lived(cell.spec, genomes)[:, T.fitness] for cell in dire])
    rows = [
        f"| {cell_name(cell.set)} | " + " | ".join(f"{value:.2f}" for value in row) + " |"
        for cell, row in zip(dire, returns, strict=True)
    ]
    alone, looks, keeps = returns.T
    return (
        "Could they look, and would it pay? The return a level in training of three networks of the same size that are "
        "written by hand, and know nothing of walls:\n\n| training | "
        + " | ".join(HANDS) + " |\n" + "|---" * (1 + len(HANDS)) + "|\n" + "\n".join(rows)
        + f"\n\nTo look first returns more than apples alone in {(looks > alone).sum()} of these {len(dire)}, and to "
        f"keep a shield in hand without looking returns more than to look in {(keeps > looks).sum()}."
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
    """Whether monsters are heeded, what agents are able to, and why none looks."""
    return [_heeded(batch), _able(batch), _why(batch), _blind(batch)]


def _calm(batch: Batch) -> Cell:
    return batch.cells[-1]


FINDING = Finding(
    answer=answer,
    sentences=sentences,
    headline=Headline(
        "goal index less that of populations selected without monsters",
        0.0,
        column(INDEX),
        less=_calm,
        bounds=(-1.0, 1.0),
    ),
)
