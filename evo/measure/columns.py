"""The columns of a batch's two tables: `runs`, a row per replicate, and `traces`, a row per recorded generation.

`evo/batch/frames.py` builds them; docs/columns.md shows them; a test holds both to this declaration, both ways.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations, combinations_with_replacement
from typing import NamedTuple

from evo.kernels.records import PLACE, SCORE


class Column(NamedTuple):
    """A column, or one for each trait, pair of traits, probe, knob or swept field.

    Attributes
    ----------
    name : with a place in braces for each name that it is made of
    unit, meaning : in words
    """

    name: str
    unit: str
    meaning: str


ITS = "the trait's"
BOTH = "product of both traits'"

_OF_TRANSMISSION = (
    # Left out where a scenario has `batch.split_transmission = false`.
    Column("mutation.{trait}", ITS, "its part by mutation: offspring less what they were before they mutated"),
    Column("recombination.{trait}", ITS, "its part by crossing: crossed genomes less their parents', lived alike"),
    Column("environment.{trait}", ITS, "its part by other knobs, company or luck: parents' genomes now less then"),
)


def probed(place: str, score: str) -> str:
    """Where the columns of a probe begin, in training or in deployment; those of its mean as those of a trait's."""
    if score == "mean":
        return place
    return score if place == "training" else f"{place}_{score}"


def _of_probes(when: str) -> Iterator[Column]:
    """Columns of each probe. when: of the population of which generation."""
    for place in PLACE._fields:
        for score in SCORE._fields:
            what = f"{int(score[1:])} % quantile" if score[0] == "q" else score
            unit = "the probe's, squared" if score == "variance" else "the probe's"
            also = "; as in training where there is none" if (place, score) == ("deployment", "mean") else ""
            yield Column(f"{probed(place, score)}.{{probe}}", unit, f"{what} over the population {when}, {place}{also}")


OF_SEARCH = "of optimizers without offspring 2 P - 1, P the chance that a carrier outscores what is delivered"

RUNS = (
    Column("cell", "16 hex digits", "key of the cell"),
    Column("replicate", "number, from 0", "which population of the cell"),
    Column("set.{field}", "the field's", "what the cell sets: a swept or sampled field, named as in --over"),
    Column("knob.{knob}", "the knob's", "value in training, as it begins"),
    Column("seed", "number", "seed of all random streams of the batch"),
    Column("ended_at", "generation", "the last one lived"),
    Column(
        "insertion_advantage",
        "offspring",
        "expected offspring of an inserted carrier less 1, first generation; " + OF_SEARCH,
    ),
    Column("insertion_advantage_end", "offspring", "the same, last generation"),
    Column("arose_at", "generation", "first one in which somebody has the property; missing where none"),
    Column("established_at", "generation", "first one whose mean reaches the threshold; missing where none"),
    Column("arose", "yes or no", "somebody has the property in some generation"),
    Column("established", "yes or no", "the mean reaches the threshold in some generation"),
    Column("realized", "yes or no", "the mean is at the threshold or above at the end, in training"),
    Column("generalizes", "yes or no", "realized, and the mean is there in deployment too"),
    Column("training.{trait}", ITS, "population mean at the end, in training"),
    Column("deployment.{trait}", ITS, "population mean at the end, in deployment; as in training where there is none"),
    Column("selection.{trait}", ITS, "Cov(w, z), summed over the run"),
    Column("expected.{trait}", ITS, "Cov(e, z), summed over the run"),
    Column("drift.{trait}", ITS, "Cov(w - e, z), summed over the run: selection less expected"),
    Column("transmission.{trait}", ITS, "offspring less their parents, mean, summed over the run"),
    *_OF_TRANSMISSION,
    Column("between.{trait}", ITS, "selection between demes or groups, summed over the run; only with these"),
    Column("within.{trait}", ITS, "selection within demes or groups, summed over the run; only with these"),
    Column("change.{trait}", ITS, "mean at the end less mean of the founders"),
    Column("varied", "generations", "in which the property varied, not yet established: those of the sums below"),
    Column("sum_offspring_variance", "squared offspring", "variance of w, summed over those"),
    Column("sum_differential.{trait}", ITS, "Cov(w, z), summed over those; 0 for fitness, which is left out"),
    Column(
        "sum_covariance.{trait}.{trait}", BOTH, "of a trait with itself or a later one, summed over those; 0 of fitness"
    ),
    *_of_probes("at the end"),
    Column("divergence", "nats", "from the founders; only where the scenario has an [optimizer]"),
)

TRACES = (
    Column("cell", "16 hex digits", "key of the cell"),
    Column("replicate", "number, from 0", "which population of the cell"),
    Column("generation", "generation", "the recorded one; 0 is that of the founders"),
    Column("offspring_variance", "squared offspring", "variance of w, of the step that follows; none after the last"),
    Column("expected_offspring_variance", "squared offspring", "variance of e, of the step that follows"),
    Column("crossed", "share", "of offspring with two different parents, in the step that follows"),
    Column("training.{trait}", ITS, "population mean, in training"),
    Column("variance.{trait}", "the trait's, squared", "in the population, in training"),
    Column("deployment.{trait}", ITS, "population mean, in deployment; as in training where there is none"),
    Column("selection.{trait}", ITS, "Cov(w, z), summed since the row before"),
    Column("expected.{trait}", ITS, "Cov(e, z), summed since the row before"),
    Column("transmission.{trait}", ITS, "offspring less their parents, mean, summed since the row before"),
    *_OF_TRANSMISSION,
    Column("between.{trait}", ITS, "selection between demes or groups, summed since the row before; only with these"),
    Column("within.{trait}", ITS, "selection within demes or groups, summed since the row before; only with these"),
    Column("differential.{trait}", ITS, "Cov(w, z), of the step that follows; none after the last"),
    Column("covariance.{trait}.{trait}", BOTH, "in the population, of a trait and a later one"),
    *_of_probes("then"),
)

# Further columns of traces, of replicates that `evo why` evolves once more to watch them.
WATCHED = (
    Column("diversity", "chance", "heterozygosity of neutral marker loci: two individuals differ, mean of 64 loci"),
    Column("diversity_within", "chance", "the same for two of one deme or group, mean over these"),
    Column("linkage", "r squared", "of neighbouring loci that both vary, mean; of two parents"),
    Column("offspring", "offspring", "of parents that lack the property, bred once more by other luck"),
    Column("supplied", "offspring", "those of them that have it"),
    Column("beneficial", "individuals", "whose fitness one mutation would raise by over 1 / N of it"),
    Column("neutral", "individuals", "whose fitness it would change by 1 / N of it at most"),
    Column("deleterious", "individuals", "whose fitness it would lower by more"),
    Column("lethal", "individuals", "who would be left with none"),
)

ALL = (*RUNS, *TRACES, *WATCHED)  # in the order of docs/columns.md
OPTIMIZER_ONLY = ("divergence",)
PARTS = tuple(column.name.partition(".")[0] for column in _OF_TRANSMISSION)
DEMES = ("between", "within")  # parts of selection, where there are demes or groups


def names(
    declared: Iterable[Column], traits: Iterable[str], knobs: Iterable[str] = (), fields: Iterable[str] = (),
    probes: Iterable[str] = (),
) -> Iterator[str]:  # fmt: skip
    """Every column that the declared ones stand for, given names of traits, knobs, swept or sampled fields, probes."""
    traits, knobs, fields, probes = list(traits), list(knobs), list(fields), list(probes)
    pairs = {"covariance": combinations, "sum_covariance": combinations_with_replacement}
    for column in declared:
        kind, _, rest = column.name.partition(".")
        if kind in pairs:
            yield from (f"{kind}.{a}.{b}" for a, b in pairs[kind](traits, 2))
        else:
            yield from {
                "": [kind],
                "{trait}": [f"{kind}.{name}" for name in traits],
                "{knob}": [f"{kind}.{name}" for name in knobs],
                "{field}": [f"{kind}.{name}" for name in fields],
                "{probe}": [f"{kind}.{name}" for name in probes],
            }[rest]
