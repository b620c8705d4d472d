"""Random streams: xoshiro256++ (Blackman and Vigna 2021) and the draws the kernels need.

A stream is a uint64[4] array that every draw advances in place. Seeds come from `numpy.random.SeedSequence`.
Every draw here is tested against its scipy distribution (`tests/kernels/test_rng.py`).

A draw is put in place of its call, and so are its rare parts: around a call that stays one, numba counts references to
the stream's array, which takes longer than most draws.
"""

import math
from decimal import Decimal, localcontext

import numpy as np

from evo.kernels.jit import kernel

_U17, _U23, _U45, _U11, _U32 = (np.uint64(n) for n in (17, 23, 45, 11, 32))
_LOW32 = np.uint64(0xFFFFFFFF)
_TWO32 = np.uint64(1 << 32)
_64 = np.uint64(64)
TO_UNIT = 1.0 / (1 << 53)  # from 53 random bits to [0, 1)


def seed_streams(entropy: int, key: tuple[int, ...], streams: int) -> np.ndarray:
    """Independent streams for one (seed, key), e.g. key = (cell hash words..., replicate).

    Returns
    -------
    uint64 array of shape (streams, 4)
    """
    words = np.random.SeedSequence(entropy, spawn_key=key).generate_state(4 * streams, np.uint64)
    return words.reshape(streams, 4)


@kernel(inner=True)
def _rotate_left(x, k):
    return (x << k) | (x >> (_64 - k))


@kernel()
def next_uint64(state):
    """The next 64 random bits of xoshiro256++."""
    result = _rotate_left(state[0] + state[3], _U23) + state[0]
    shifted = state[1] << _U17
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = _rotate_left(state[3], _U45)
    return result


@kernel(inline=True, inner=True)
def next_of(a, b, c, d):
    """The next word, and the four words of the state after it, where a stream is kept in registers; see `next_uint64`.

    Many draws in a row take less than half of the time so: none waits until the one before has stored the state.
    """
    result = _rotate_left(a + d, _U23) + a
    shifted = b << _U17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    return result, a, b, c, _rotate_left(d, _U45)


@kernel(inline=True, inner=True)
def as_unit(word):
    """The float64 in [0, 1) that `uniform` makes of a word."""
    return np.float64(word >> _U11) * TO_UNIT


@kernel()
def uniform(state):
    """A float64 in [0, 1), all 53 bits random."""
    return as_unit(next_uint64(state))


@kernel(inline=True, inner=True)
def _below_again(state, bound, product):
    """The rest of a bounded draw, at most n in 2**32: refuse the surplus values."""
    threshold = (_TWO32 - bound) % bound
    while (product & _LOW32) < threshold:
        product = (next_uint64(state) >> _U32) * bound
    return np.int64(product >> _U32)


@kernel(inline=True)
def below(state, n):
    """An int64 uniform in 0..n-1, for 1 <= n < 2**32, without bias (Lemire 2019)."""
    bound = np.uint64(n)
    product = (next_uint64(state) >> _U32) * bound
    if (product & _LOW32) < bound:
        return _below_again(state, bound, product)
    return np.int64(product >> _U32)


@kernel(inline=True, inner=True)
def two_below(state, n):
    """Two independent int64 uniform in 0..n-1, for 1 <= n < 2**32, without bias, from the halves of one draw."""
    bound = np.uint64(n)
    word = next_uint64(state)
    first, second = (word >> _U32) * bound, (word & _LOW32) * bound
    if min(first & _LOW32, second & _LOW32) < bound:
        return _below_again(state, bound, first), _below_again(state, bound, second)
    return np.int64(first >> _U32), np.int64(second >> _U32)


# --- normal: ziggurat of 256 layers (Marsaglia and Tsang 2000, in Doornik's 2005 form: layer and position are
# separate bits of one draw). R is where the tail begins, V the area of every layer.
_R = 3.6541528853610088
_V = 0.00492867323399


def _ziggurat() -> tuple[np.ndarray, np.ndarray]:
    """Tables of the layers, whose last bits no C library decides: logarithm and exponential are rounded correctly."""
    x = [0.0] * 257
    with localcontext(prec=25):
        x[0], x[1] = _V / float(Decimal(-0.5 * _R * _R).exp()), _R
        for i in range(2, 256):
            density = _V / x[i - 1] + float(Decimal(-0.5 * x[i - 1] ** 2).exp())
            x[i] = math.sqrt(-2.0 * float(Decimal(density).ln()))
    return np.array(x), np.array(x[1:]) / np.array(x[:-1])


_X, _INSIDE = _ziggurat()


@kernel(inline=True, inner=True)
def _normal_outside(state, layer, u):
    """The rest of a normal draw, about one in a hundred: the wedge of a layer, or the tail."""
    while True:
        z = u * _X[layer]
        if abs(u) < _INSIDE[layer]:
            return z
        if layer == 0:
            while True:
                beyond = -math.log(1.0 - uniform(state)) / _R
                if -2.0 * math.log(1.0 - uniform(state)) > beyond * beyond:
                    return _R + beyond if u > 0.0 else -(_R + beyond)
        top = math.exp(-0.5 * (_X[layer + 1] ** 2 - z * z))
        bottom = math.exp(-0.5 * (_X[layer] ** 2 - z * z))
        if bottom + uniform(state) * (top - bottom) < 1.0:
            return z
        bits = next_uint64(state)
        layer = np.int64(bits & np.uint64(255))
        u = np.float64(bits >> _U11) * (2.0 * TO_UNIT) - 1.0


@kernel(inline=True)
def normal(state):
    """A float64 from the standard normal distribution."""
    bits = next_uint64(state)
    layer = np.int64(bits & np.uint64(255))
    u = np.float64(bits >> _U11) * (2.0 * TO_UNIT) - 1.0
    if abs(u) < _INSIDE[layer]:
        return u * _X[layer]
    return _normal_outside(state, layer, u)


# --- counts
_FAR = 4.0e18  # a gap that no population reaches, still an int64


@kernel(inline=True, inner=True)
def _skip_of(log_q, a, b, c, d):
    """What `skip` draws, and the four words of the stream after it; see `next_of`."""
    word, a, b, c, d = next_of(a, b, c, d)
    return np.int64(min(math.log(1.0 - as_unit(word)) / log_q, _FAR)), a, b, c, d


@kernel(inline=True)
def skip(state, log_q):
    """Failures before the next success of a Bernoulli sequence with log(1 - p) = `log_q` < 0."""
    failures, state[0], state[1], state[2], state[3] = _skip_of(log_q, state[0], state[1], state[2], state[3])
    return failures


@kernel()
def geometric(state, p):
    """Trials up to and with the first success, 0 < p <= 1."""
    return 1 + skip(state, math.log1p(-p))


_STIRLING = np.array(
    [
        math.lgamma(k + 1.0) - (0.5 * math.log(2 * math.pi) + (k + 0.5) * math.log(k + 1.0) - (k + 1.0))
        for k in range(10)
    ]
)


@kernel(inner=True)
def _stirling(k):
    """log k! less Stirling's approximation at k + 1."""
    if k < 10:
        return _STIRLING[np.int64(k)]
    r = 1.0 / (k + 1.0)
    return (1.0 / 12.0 - (1.0 / 360.0 - r * r / 1260.0) * r * r) * r


@kernel(inline=True, inner=True)
def _binomial_inversion(n, p, a, b, c, d):
    """Sum of geometric gaps (Devroye 1986): cost grows with n p. The count, and the words of the stream after it."""
    log_q = math.log1p(-p)
    count = 0
    position, a, b, c, d = _skip_of(log_q, a, b, c, d)
    while position < n:
        count += 1
        gap, a, b, c, d = _skip_of(log_q, a, b, c, d)
        position += 1 + gap
    return np.int64(count), a, b, c, d


@kernel(inline=True, inner=True)
def _binomial_rejection(n, p, a, b, c, d):
    """Transformed rejection BTRS (Hoermann 1993), for n p >= 10 and p <= 1/2: constant cost. As above."""
    q = 1.0 - p
    sd = math.sqrt(n * p * q)
    width = 1.15 + 2.53 * sd
    slope = -0.0873 + 0.0248 * width + 0.01 * p
    middle = n * p + 0.5
    v_r = 0.92 - 4.2 / width
    alpha = (2.83 + 5.1 / width) * sd
    odds = p / q
    mode = math.floor((n + 1) * p)
    while True:
        word, a, b, c, d = next_of(a, b, c, d)
        v = 1.0 - as_unit(word)
        word, a, b, c, d = next_of(a, b, c, d)
        u = as_unit(word) - 0.5
        us = 0.5 - abs(u)
        if us <= 0.0:
            continue
        k = math.floor((2.0 * slope / us + width) * u + middle)
        if us >= 0.07 and v <= v_r:
            return np.int64(k), a, b, c, d
        if k < 0 or k > n:
            continue
        log_ratio = (
            (mode + 0.5) * math.log((mode + 1.0) / (odds * (n - mode + 1.0)))
            + (n + 1.0) * math.log1p((k - mode) / (n - k + 1.0))
            + (k + 0.5) * math.log(odds * (n - k + 1.0) / (k + 1.0))
            + _stirling(mode)
            + _stirling(n - mode)
            - _stirling(k)
            - _stirling(n - k)
        )
        if math.log(v * alpha / (slope / (us * us) + width)) <= log_ratio:
            return np.int64(k), a, b, c, d


@kernel(inline=True)
def binomial(state, n, p):
    """Successes in n trials of probability p, 0 <= n < 2**53."""
    a, b, c, d = state[0], state[1], state[2], state[3]
    few = min(p, 1.0 - p)
    if n <= 0 or few <= 0.0:
        count = np.int64(0)
    elif n * few < 10.0:
        count, a, b, c, d = _binomial_inversion(n, few, a, b, c, d)
    else:
        count, a, b, c, d = _binomial_rejection(n, few, a, b, c, d)
    if p > 0.5 and n > 0:
        count = np.int64(n) - count
    state[0], state[1], state[2], state[3] = a, b, c, d
    return count


@kernel()
def poisson(state, mean):
    """A Poisson count: product of uniforms below mean 10, transformed rejection PTRS (Hoermann 1993) above."""
    if mean <= 0.0:
        return np.int64(0)
    if mean < 10.0:
        limit = math.exp(-mean)
        count = 0
        product = 1.0 - uniform(state)
        while product > limit:
            count += 1
            product *= 1.0 - uniform(state)
        return np.int64(count)
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    log_alpha = math.log(1.1239 + 1.1328 / (b - 3.4))
    v_r = 0.9277 - 3.6224 / (b - 2.0)
    while True:
        u = uniform(state) - 0.5
        v = 1.0 - uniform(state)
        us = 0.5 - abs(u)
        if us <= 0.0:
            continue
        k = math.floor((2.0 * a / us + b) * u + mean + 0.43)
        if us >= 0.07 and v <= v_r:
            return np.int64(k)
        if k < 0 or (us < 0.013 and v > us):
            continue
        if math.log(v) + log_alpha - math.log(a / (us * us) + b) <= k * math.log(mean) - mean - math.lgamma(k + 1.0):
            return np.int64(k)
