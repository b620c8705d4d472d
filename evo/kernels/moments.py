"""Sums over a population of traits: means, (co)variances, and the terms of the Price partition.

Traits are taken four at a time, since a row of the matrix holds them side by side. Sums run in slot order, so they
are the same on every machine.
"""

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.plan import FITNESS
from evo.kernels.vectors import every, lane, put, row, some


@kernel()
def means(traits, mean):
    """Population mean of every trait. traits: float64[N, T]; mean: float64[T]."""
    size, count = traits.shape
    fours = count - count % 4
    for t in range(0, fours, 4):
        total = every(0.0)
        for i in range(size):
            total += row(traits, i, t)
        put(mean, t, total / every(size))
    for t in range(fours, count):
        a = 0.0
        for i in range(size):
            a += traits[i, t]
        mean[t] = a / size


@kernel()
def inheritance(traits, old, parents, mean, transmission, fitness):
    """Population mean of every trait, and transmission[t] += mean over offspring of (trait - mean of its parents').

    fitness[:] := training fitness, side by side, as selection needs it. One pass for all: at large N, reading the
    traits is what takes the time. traits, old: float64[N, T], of the offspring and of their parents' generation;
    parents: int64[P, N]; mean, transmission: float64[T]; fitness: float64[N].
    """
    size, count = traits.shape
    mother, father = parents[0], parents[parents.shape[0] - 1]  # of one parent, both halves are that one's
    fours = count - count % 4
    for t in range(0, fours, 4):
        total, change, half = every(0.0), every(0.0), every(0.5)
        if parents.shape[0] == 1:
            for i in range(size):
                x = row(traits, i, t)
                total += x
                change += x - row(old, mother[i], t)
                if t == FITNESS:
                    fitness[i] = lane(x, FITNESS)
        else:
            for i in range(size):
                x = row(traits, i, t)
                total += x
                change += x - half * (row(old, mother[i], t) + row(old, father[i], t))
                if t == FITNESS:
                    fitness[i] = lane(x, FITNESS)
        put(mean, t, total / every(size))
        put(transmission, t, some(transmission, t) + change / every(size))
    for t in range(fours, count):
        a, b = 0.0, 0.0
        for i in range(size):
            a += traits[i, t]
            b += traits[i, t] - 0.5 * (old[mother[i], t] + old[father[i], t])
            if t == FITNESS:
                fitness[i] = traits[i, FITNESS]
        mean[t] = a / size
        transmission[t] += b / size


@kernel()
def differentials(traits, mean, offspring, expected, variance, selection, expectation):
    """Variance of every trait, and its covariance with offspring and with expected offspring, both of mean 1.

    offspring, expected: float64[N]; variance, selection, expectation: float64[T].
    """
    size, count = traits.shape
    fours = count - count % 4
    for t in range(0, fours, 4):
        m, n = some(mean, t), every(size)
        v, s, e = every(0.0), every(0.0), every(0.0)
        for i in range(size):
            x = row(traits, i, t) - m
            v += x * x
            s += every(offspring[i]) * x
            e += every(expected[i]) * x
        put(variance, t, v / n)
        put(selection, t, s / n)
        put(expectation, t, e / n)
    for t in range(fours, count):
        v1, s1, e1 = 0.0, 0.0, 0.0
        for i in range(size):
            y = traits[i, t] - mean[t]
            v1 += y * y
            s1 += offspring[i] * y
            e1 += expected[i] * y
        variance[t], selection[t], expectation[t] = v1 / size, s1 / size, e1 / size


@kernel()
def covariances(traits, mean, first, matrix):
    """matrix[s, t] := population covariance of traits s and t, for s, t >= first. matrix: float64[T, T]."""
    size, count = traits.shape
    fours = count - count % 4
    pairs = size - size % 2
    for s in range(first, count):
        for t in range(s - s % 4, fours, 4):
            m = some(mean, t)
            even, odd = every(0.0), every(0.0)  # so that one addition need not wait for the other
            for i in range(0, pairs, 2):
                even += every(traits[i, s] - mean[s]) * (row(traits, i, t) - m)
                odd += every(traits[i + 1, s] - mean[s]) * (row(traits, i + 1, t) - m)
            for i in range(pairs, size):
                even += every(traits[i, s] - mean[s]) * (row(traits, i, t) - m)
            put(matrix[s], t, (even + odd) / every(size))
        for t in range(max(fours, s), count):
            a = 0.0
            for i in range(size):
                a += (traits[i, s] - mean[s]) * (traits[i, t] - mean[t])
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
            offspring[np.uint64(parents[role, i])] += share  # unsigned: never counted from the end


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
