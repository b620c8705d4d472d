"""What a generation loop is given beside its plan, and what it fills: streams, control, records."""

from typing import NamedTuple

import numpy as np

from evo.kernels.jit import F64_1, F64_2, F64_3, F64_4, F64_5, I64_1, I64_2, kernel, type_of
from evo.kernels.names import columns
from evo.kernels.plan import ARM, Plan

# Streams of a replicate: streams[replicate, STREAM], uint64[4] each.
STREAM = columns(("evolves", "measures", "watches", "probes"))

# control[CONTROL]: set `stop` from another thread to stop within a generation; generations and finished replicates are
# counted. Individuals alone, one replicate: `go_on` is the generation that it goes on with, 0 for founders; `pause` the
# one that it stops before, 0 for none.
CONTROL = columns(("stop", "generations", "finished", "go_on", "pause"))

# How a replicate ended.
STATUS = columns((
    "unfinished", "done", "negative", "no_fitness", "not_finite", "overflow", "deployment", "probe", "probe_deployment",
))  # fmt: skip
# Of the last five, the record that would have followed holds means, and in place of variances what made them so.

# Sums since the last record, price[PRICE, trait]; the last two only where there are demes.
PRICE = columns(
    ("selection", "expected", "transmission", "mutation", "recombination", "environment", "between", "within")
)
# Of one generation, moments[MOMENT, trait].
MOMENT = columns(("mean", "variance", "selection", "expected", "transmission"))

# Rows of a recorded generation: trace[replicate, record, ROW, trait]. Those of PRICE are sums over the generations
# since the record before; the differential is the selection that follows, in one generation.
ROW = columns(("mean", "variance", "deployment", *PRICE._fields, "differential"))

# Of a probe over the population, probes[replicate, record, PLACE, SCORE, probe]: qNN is the quantile of NN per cent.
# The first two stand where those of ROW do.
PLACE = columns(("training", "deployment"))
SCORE = columns(("mean", "variance", "q05", "q25", "q50", "q75", "q95"))
assert (SCORE.mean, SCORE.variance) == (ROW.mean, ROW.variance)

# Columns of breeding[replicate, record, BREEDING], of the selection that follows a recorded generation.
BREEDING = columns(("offspring_variance", "expected_variance", "crossed"))

# watch[replicate, record, WATCH], only in a replicate that is watched: heterozygosity of neutral markers, in all and
# within demes; r squared of neighbouring loci; offspring of parents that lack the property, and those of them that have
# it; residents by what one mutation does to their fitness. See `watch.py`.
WATCH = columns((
    "diversity", "diversity_within", "linkage", "offspring", "supplied", "beneficial", "neutral", "deleterious",
    "lethal",
))  # fmt: skip

# insertion[replicate, INSERTION]: insertion tests of the first and of the last generation.
INSERTION = columns(("start", "end"))
INSERTION_TRIALS = 16  # carriers inserted, one at a time, in one insertion test


class Records(NamedTuple):
    """What a call fills, for R replicates of one cell, G records at most, T traits and Q probes."""

    status: I64_1  # [R]
    ended_at: I64_1  # [R], last generation lived
    arose_at: I64_1  # [R], -1: never
    established_at: I64_1  # [R], -1: never
    insertion: F64_2  # [R, INSERTION]
    records: I64_1  # [R], how many of the G are filled
    trace_at: I64_2  # [R, G], generations
    trace: F64_4  # [R, G, ROW, T]
    covariance: F64_4  # [R, G, T, T], of the traits of a recorded generation
    breeding: F64_3  # [R, G, BREEDING], variance of offspring, of expected offspring, share of crossed offspring
    watch: F64_3  # [R, G, WATCH], or [R, 0, WATCH] where it is not watched
    # Sums over all generations in which the property varied and was not yet established, of all traits but fitness:
    # the selection gradients on its way up follow from them.
    varied: I64_1  # [R], how many those are
    sum_covariance: F64_3  # [R, T, T], of the traits
    sum_differential: F64_2  # [R, T], covariance of the traits with offspring
    sum_offspring: F64_1  # [R], variance of offspring
    probes: F64_5  # [R, G, PLACE, SCORE, Q]


RECORDS = type_of(Records)


def new_records(replicates: int, plan: Plan) -> Records:
    """Empty records for `replicates` of a cell."""
    r, g, t = replicates, plan.record_at.size, plan.traits
    return Records(
        status=np.zeros(r, np.int64),
        ended_at=np.zeros(r, np.int64),
        arose_at=np.zeros(r, np.int64),
        established_at=np.zeros(r, np.int64),
        insertion=np.zeros((r, len(INSERTION))),
        records=np.zeros(r, np.int64),
        trace_at=np.zeros((r, g), np.int64),
        trace=np.zeros((r, g, len(ROW), t)),
        covariance=np.zeros((r, g, t, t)),
        breeding=np.zeros((r, g, len(BREEDING))),
        watch=np.full((r, g if plan.arm == ARM.watched else 0, len(WATCH)), np.nan),
        varied=np.zeros(r, np.int64),
        sum_covariance=np.zeros((r, t, t)),
        sum_differential=np.zeros((r, t)),
        sum_offspring=np.zeros(r),
        probes=np.full((r, g, len(PLACE), len(SCORE), plan.probes), np.nan),
    )


@kernel()
def all_finite(values):
    """Whether every value is a finite number. values: float64[T]."""
    for value in values:
        if not np.isfinite(value):
            return False
    return True


@kernel()
def extremes(traits, mean, row):
    """Of each trait its mean, and the first value that is not finite, or else the largest; for a message.

    traits: float64[N, T]; mean: float64[T]; row: float64[ROW, T], of the record that will not be made. Of probes their
    scores and float64[SCORE, Q].
    """
    for t in range(traits.shape[1]):
        worst = 0.0
        for i in range(traits.shape[0]):
            if abs(traits[i, t]) > abs(worst) or not np.isfinite(traits[i, t]):
                worst = traits[i, t]
            if not np.isfinite(worst):
                break
        row[ROW.mean, t], row[ROW.variance, t] = mean[t], worst


@kernel(inner=True)
def begin(r, out):
    """Empty row r of the records."""
    out.records[r] = 0
    out.arose_at[r] = -1
    out.established_at[r] = -1
    out.status[r] = STATUS.unfinished


@kernel(inner=True)
def sum_for_gradients(moments, covariance, offspring_variance, r, out):
    """Add one generation to the sums that selection gradients follow from; on all traits but fitness."""
    out.varied[r] += 1
    out.sum_offspring[r] += offspring_variance
    for s in range(1, covariance.shape[0]):
        out.sum_differential[r, s] += moments[MOMENT.selection, s]
        for t in range(1, covariance.shape[0]):
            out.sum_covariance[r, s, t] += covariance[s, t]


@kernel(inner=True)
def write(last, moments, price, covariance, r, out):
    """Write the latest generation as a recorded one, all but deployment and breeding; start the Price sums anew."""
    k, traits = out.records[r], moments.shape[1]
    row = out.trace[r, k]
    out.trace_at[r, k] = out.ended_at[r]
    for t in range(traits):
        row[ROW.mean, t] = moments[MOMENT.mean, t]
        row[ROW.variance, t] = moments[MOMENT.variance, t]
        row[ROW.selection, t] = price[PRICE.selection, t]
        row[ROW.expected, t] = price[PRICE.expected, t]
        row[ROW.transmission, t] = price[PRICE.transmission, t]
        row[ROW.mutation, t] = price[PRICE.mutation, t]
        row[ROW.recombination, t] = price[PRICE.recombination, t]
        row[ROW.environment, t] = price[PRICE.environment, t]
        row[ROW.between, t] = price[PRICE.between, t]
        row[ROW.within, t] = price[PRICE.within, t]
        row[ROW.differential, t] = np.nan if last else moments[MOMENT.selection, t]
        for s in range(traits):
            out.covariance[r, k, s, t] = covariance[s, t]
    price[:] = 0.0
    out.records[r] = k + 1
