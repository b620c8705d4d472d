"""Every draw against its scipy distribution, on fixed seeds."""

from decimal import Decimal, localcontext

import numba
import numpy as np
import pytest
from scipy import stats

from evo.kernels import rng

N = 200_000


def stream(*key):
    return rng.seed_streams(20261124, key, 1)[0]


def sample(function, *args, n=N, key=(0,)):
    @compiled
    def fill(state, out):
        for i in range(out.size):
            out[i] = function(state, *args)

    out = np.empty(n)
    fill(stream(*key), out)
    return out


def compiled(function):
    """Compile without the disk cache: closures over test parameters are not worth keeping."""
    return numba.njit(function)


def test_stream_is_xoshiro256_plus_plus():
    """First outputs from state (1, 2, 3, 4), computed here from the published recurrence in Python integers."""
    mask = (1 << 64) - 1

    def rotate(x, k):
        return ((x << k) | (x >> (64 - k))) & mask

    s = [1, 2, 3, 4]
    state = np.array(s, np.uint64)
    for _ in range(100):
        expected = (rotate((s[0] + s[3]) & mask, 23) + s[0]) & mask
        t = (s[1] << 17) & mask
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)
        assert int(rng.next_uint64(state)) == expected


def test_uniform():
    assert stats.kstest(sample(rng.uniform), "uniform").pvalue > 1e-3


def test_normal_body_and_tail():
    x = sample(rng.normal, n=2_000_000)
    assert stats.kstest(x, "norm").pvalue > 1e-3
    assert stats.kstest(stats.norm.sf(x[x > 3.0]) / stats.norm.sf(3.0), "uniform").pvalue > 1e-3
    beyond = int((np.abs(x) > 3.6541528853610088).sum())
    assert stats.binomtest(beyond, x.size, 2 * stats.norm.sf(3.6541528853610088)).pvalue > 1e-3


def test_tables_of_the_normal_are_the_published_recurrence():
    """Each layer has the same area, and what they are made of is rounded as no C library decides."""
    x = rng._X
    assert x.size == 257 and x[1] == 3.6541528853610088 and x[256] == 0.0
    tail = stats.norm.sf(x[1]) * np.sqrt(2 * np.pi)
    assert x[1] * np.exp(-0.5 * x[1] ** 2) + tail == pytest.approx(rng._V, rel=1e-9)
    heights = np.exp(-0.5 * x[1:257] ** 2)
    assert x[1:256] * np.diff(heights) == pytest.approx(np.full(255, rng._V), rel=1e-9)
    with localcontext(prec=40):
        volume, exact = Decimal(rng._V), []
        for a in map(Decimal, x[1:255].tolist()):
            exact.append(float((-2 * (volume / a + (-a * a / 2).exp()).ln()).sqrt()))
    # The sum within the logarithm is rounded, by some 2^-52 of it, which moves the logarithm by as much, and its root.
    rounded = 2.0**-52 * (1.0 / x[2:256] + x[2:256])
    assert (np.abs(x[2:256] - np.array(exact)) <= rounded).all()


@pytest.mark.parametrize("p", [0.3, 1e-2, 1e-5])
def test_another_last_bit_of_the_logarithm_moves_next_to_no_gap(p):
    log_u, log_q = np.log1p(-sample(rng.uniform, n=1_000_000)), np.log1p(-p)
    gaps = np.floor(log_u / log_q)
    for other in (-np.inf, np.inf):
        assert (np.floor(np.nextafter(log_u, other) / log_q) != gaps).sum() == 0  # 1e6 / p x 2^-52 expected: under 1e-4


def chi_square(x, distribution):
    """p-value of counts against a discrete distribution, cells of expectation 20 or more."""
    low, high = int(distribution.ppf(200 / x.size)), int(distribution.ppf(1 - 200 / x.size))
    edges = np.arange(low, high + 1)
    observed = np.array([(x <= low).sum(), *((x == k).sum() for k in edges[1:]), (x > high).sum()])
    expected = x.size * np.array([distribution.cdf(low), *distribution.pmf(edges[1:]), distribution.sf(high)])
    keep = expected > 5
    return stats.chisquare(
        np.append(observed[keep], observed[~keep].sum() + 1e-9),
        np.append(expected[keep], expected[~keep].sum() + 1e-9),
        sum_check=False,
    ).pvalue


@pytest.mark.parametrize("n", [2, 3, 7, 1000])
def test_below(n):
    x = sample(rng.below, n)
    assert x.min() == 0 and x.max() == n - 1
    assert stats.chisquare(np.bincount(x.astype(int), minlength=n)).pvalue > 1e-3


@pytest.mark.parametrize("p", [0.001, 0.3, 1.0])
def test_geometric(p):
    x = sample(rng.geometric, p)
    if p == 1.0:
        assert (x == 1).all()
    else:
        assert chi_square(x, stats.geom(p)) > 1e-3


@pytest.mark.parametrize(("n", "p"), [(5, 0.5), (100, 0.03), (100, 0.4), (1000, 0.9), (10**6, 0.001)])
def test_binomial(n, p):
    assert chi_square(sample(rng.binomial, n, p), stats.binom(n, p)) > 1e-3


def test_binomial_of_a_million_million():
    x = sample(rng.binomial, 10**12, 0.3)
    assert stats.kstest((x - 3e11) / np.sqrt(2.1e11), "norm").pvalue > 1e-3


@pytest.mark.parametrize("mean", [0.1, 3.0, 9.99, 10.0, 200.0])
def test_poisson(mean):
    assert chi_square(sample(rng.poisson, mean), stats.poisson(mean)) > 1e-3


def test_edges():
    state = stream(9)
    assert rng.binomial(state, 10, 0.0) == 0 and rng.binomial(state, 10, 1.0) == 10
    assert rng.poisson(state, 0.0) == 0
    assert rng.below(state, 1) == 0


def references(draw, *args):
    """How often a loop over draws counts references to arrays, at any place of it."""

    @numba.njit(error_model="numpy")  # as the kernels are; else whatever divides may raise
    def many(state, out):
        for i in range(out.size):
            if out[i] < 1.0:
                out[i] += np.float64(draw(state, *args) != 3)

    many(stream(1), np.zeros(5))
    (code,) = many.inspect_llvm().values()
    parts = code.split("\ndefine ")
    own = [part for part in parts if not any(word in part.split("(")[0] for word in ("cpython", "cfunc", "NRT_"))]
    return "".join(own).count("call void @NRT_incref")


@pytest.mark.parametrize(
    ("draw", "args"),
    [(rng.uniform, ()), (rng.below, (7,)), (rng.normal, ()), (rng.skip, (-0.1,)), (rng.binomial, (10, 0.4))],
)
def test_no_draw_counts_references_to_its_stream(draw, args):
    """That took six times as long as a normal draw itself."""
    assert references(draw, *args) == 0


def test_a_draw_whose_rare_part_is_called_does():
    outside = numba.njit(error_model="numpy", forceinline=False)(rng._normal_outside.py_func)

    @numba.njit(error_model="numpy", forceinline=True)
    def normal(state):
        layer, u = np.int64(rng.next_uint64(state) & np.uint64(255)), rng.uniform(state)
        return u * rng._X[layer] if u < rng._INSIDE[layer] else outside(state, layer, u)

    assert references(normal) > 0


def test_kernels_for_other_kernels_only_say_so():
    """They have no entry from Python, and numba would jump to it; compiled by another kernel before or not."""
    for _ in range(2):
        with pytest.raises(TypeError, match="for other kernels only"):
            rng._stirling(3.0)
        assert compiled(lambda: rng._stirling(3.0))() == pytest.approx(1.0 / 48, rel=0.03)
