"""Sums over a population of traits: means, (co)variances, and the terms of the Price partition.

Traits are taken four at a time, since a row of the matrix holds them side by side. Sums run in slot order, so they
are the same on every machine.
"""

import numpy as np

from evo.kernels.jit import kernel


@kernel()
def means(traits, mean):
    """Population mean of every trait. traits: float64[N, T]; mean: float64[T]."""
    size, count = traits.shape
    fours = count - count % 4
    for t in range(0, fours, 4):
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        for i in range(size):
            a += traits[i, t]
            b += traits[i, t + 1]
            c += traits[i, t + 2]
            d += traits[i, t + 3]
        mean[t], mean[t + 1], mean[t + 2], mean[t + 3] = a / size, b / size, c / size, d / size
    for t in range(fours, count):
        a = 0.0
        for i in range(size):
            a += traits[i, t]
        mean[t] = a / size


@kernel()
def transmission(traits, old, parents, total):
    """total[t] += mean over offspring of (its trait - the mean of its parents' traits).

    traits, old: float64[N, T], of the offspring and of their parents' generation; parents: int64[P, N].
    """
    size, count = traits.shape
    mother, father = parents[0], parents[parents.shape[0] - 1]  # of one parent, both halves are that one's
    fours = count - count % 4
    for t in range(0, fours, 4):
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        if parents.shape[0] == 1:
            for i in range(size):
                m = np.uint64(mother[i])
                a += traits[i, t] - old[m, t]
                b += traits[i, t + 1] - old[m, t + 1]
                c += traits[i, t + 2] - old[m, t + 2]
                d += traits[i, t + 3] - old[m, t + 3]
        for i in range(size if parents.shape[0] == 2 else 0):
            m, f = mother[i], father[i]
            a += traits[i, t] - 0.5 * (old[m, t] + old[f, t])
            b += traits[i, t + 1] - 0.5 * (old[m, t + 1] + old[f, t + 1])
            c += traits[i, t + 2] - 0.5 * (old[m, t + 2] + old[f, t + 2])
            d += traits[i, t + 3] - 0.5 * (old[m, t + 3] + old[f, t + 3])
        total[t] += a / size
        total[t + 1] += b / size
        total[t + 2] += c / size
        total[t + 3] += d / size
    for t in range(fours, count):
        a = 0.0
        for i in range(size):
            a += traits[i, t] - 0.5 * (old[mother[i], t] + old[father[i], t])
        total[t] += a / size


@kernel()
def differentials(traits, mean, offspring, expected, variance, selection, expectation):
    """Variance of every trait, and its covariance with offspring and with expected offspring, both of mean 1.

    offspring, expected: float64[N]; variance, selection, expectation: float64[T].
    """
    size, count = traits.shape
    fours = count - count % 4
    for t in range(0, fours, 4):
        m0, m1, m2, m3 = mean[t], mean[t + 1], mean[t + 2], mean[t + 3]
        v0, v1, v2, v3 = 0.0, 0.0, 0.0, 0.0
        s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
        e0, e1, e2, e3 = 0.0, 0.0, 0.0, 0.0
        for i in range(size):
            w, e = offspring[i], expected[i]
            x0, x1, x2, x3 = traits[i, t] - m0, traits[i, t + 1] - m1, traits[i, t + 2] - m2, traits[i, t + 3] - m3
            v0 += x0 * x0
            v1 += x1 * x1
            v2 += x2 * x2
            v3 += x3 * x3
            s0 += w * x0
            s1 += w * x1
            s2 += w * x2
            s3 += w * x3
            e0 += e * x0
            e1 += e * x1
            e2 += e * x2
            e3 += e * x3
        variance[t], variance[t + 1], variance[t + 2], variance[t + 3] = v0 / size, v1 / size, v2 / size, v3 / size
        selection[t], selection[t + 1] = s0 / size, s1 / size
        selection[t + 2], selection[t + 3] = s2 / size, s3 / size
        expectation[t], expectation[t + 1] = e0 / size, e1 / size
        expectation[t + 2], expectation[t + 3] = e2 / size, e3 / size
    for t in range(fours, count):
        v, s, e = 0.0, 0.0, 0.0
        for i in range(size):
            x = traits[i, t] - mean[t]
            v += x * x
            s += offspring[i] * x
            e += expected[i] * x
        variance[t], selection[t], expectation[t] = v / size, s / size, e / size


@kernel()
def covariances(traits, mean, first, matrix):
    """matrix[s, t] := population covariance of traits s and t, for s, t >= first. matrix: float64[T, T]."""
    size, count = traits.shape
    fours = count - count % 4
    pairs = size - size % 2
    for s in range(first, count):
        m = mean[s]
        for t in range(s - s % 4, fours, 4):
            m0, m1, m2, m3 = mean[t], mean[t + 1], mean[t + 2], mean[t + 3]
            a, b, c, d = 0.0, 0.0, 0.0, 0.0
            e, f, g, h = 0.0, 0.0, 0.0, 0.0  # a second set of sums, so that one addition need not wait for the other
            for i in range(0, pairs, 2):
                x, y = traits[i, s] - m, traits[i + 1, s] - m
                a += x * (traits[i, t] - m0)
                b += x * (traits[i, t + 1] - m1)
                c += x * (traits[i, t + 2] - m2)
                d += x * (traits[i, t + 3] - m3)
                e += y * (traits[i + 1, t] - m0)
                f += y * (traits[i + 1, t + 1] - m1)
                g += y * (traits[i + 1, t + 2] - m2)
                h += y * (traits[i + 1, t + 3] - m3)
            for i in range(pairs, size):
                x = traits[i, s] - m
                a += x * (traits[i, t] - m0)
                b += x * (traits[i, t + 1] - m1)
                c += x * (traits[i, t + 2] - m2)
                d += x * (traits[i, t + 3] - m3)
            matrix[s, t], matrix[s, t + 1] = (a + e) / size, (b + f) / size
            matrix[s, t + 2], matrix[s, t + 3] = (c + g) / size, (d + h) / size
        for t in range(max(fours, s), count):
            a = 0.0
            for i in range(size):
                a += (traits[i, s] - m) * (traits[i, t] - mean[t])
            matrix[s, t] = a / size
    for s in range(first, count):
        for t in range(first, s):
            matrix[s, t] = matrix[t, s]


@kernel()
def credit(parents, offspring):
    """offspring[i] := credited offspring of slot i. parents: int64[P, N]; offspring: float64[N]."""
    roles, size = parents.shape
    share = 1.0 / roles
    offspring[:] = 0.0
    for role in range(roles):
        for i in range(size):
            offspring[parents[role, i]] += share


@kernel()
def spread(values):
    """Variance about 1 of numbers of mean 1. values: float64[N]."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    whole = values.size - values.size % 4
    for i in range(0, whole, 4):
        a += (values[i] - 1.0) ** 2
        b += (values[i + 1] - 1.0) ** 2
        c += (values[i + 2] - 1.0) ** 2
        d += (values[i + 3] - 1.0) ** 2
    for i in range(whole, values.size):
        a += (values[i] - 1.0) ** 2
    return (a + b + c + d) / values.size
