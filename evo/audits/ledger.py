"""What became of the populations of a program, step by step, as sums that the Price partition is exact of.

A population is a list of members, each with T traits. A step replaces the members of one population: each new member
names its parents, places among the members before the step of this population or another, with shares. A member that
stays is its own child. Populations that ever exchange parents are one, whose members are those of all its parts; a step
of one part leaves the others as they are. So that this can be found out late, a step is kept as sums:

    W z = sum over children of the shares of their parents times the parents' z,  K = sum of all shares

With S the sum of z over all N members before, R that over the parts that stay, N' - R members after with known parents:
selection = (W z + R) / (K + members of R) - S / N; transmission is what known children differ from their parents by in
the mean, arrival what those without known parents change the mean by. Together they are the change.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

Parents = tuple[tuple[int, int, float], ...]  # population, place among its members, share


class Step(NamedTuple):
    """What replaced the members of one part of a population. T traits.

    Attributes
    ----------
    part : which population was replaced, by its number
    size, total, square : of its members after: how many, sums of traits [T], sums of products [T, T]
    known, children : members with known parents, and sums of their traits [T]
    inherited : sums of their parents' traits, by shares [T]
    shares : sum of squares of the shares that each former member of this part has, for the variance of numbers
    reached : bool[P], whether a member has the property at its threshold
    deployment : mean fitness in deployment, NaN where none was asked for
    """

    part: int
    size: int
    total: np.ndarray
    square: np.ndarray
    known: int
    children: np.ndarray
    inherited: np.ndarray
    shares: float
    reached: np.ndarray
    deployment: float


class Course(NamedTuple):
    """A population over its G steps; moments are of all its members, before the first step and after each.

    Attributes
    ----------
    sizes : int[G + 1]
    mean : float64[G + 1, T]
    covariance : float64[G + 1, T, T]
    selection, transmission, arrival : float64[G, T], NaN where no parents are known
    variance : float64[G], of relative offspring number
    unknown : float64[G], share of the new members without known parents
    reached : bool[G + 1, P]
    deployment : float64[G + 1]
    """

    parts: tuple[int, ...]
    sizes: np.ndarray
    mean: np.ndarray
    covariance: np.ndarray
    selection: np.ndarray
    transmission: np.ndarray
    arrival: np.ndarray
    variance: np.ndarray
    unknown: np.ndarray
    reached: np.ndarray
    deployment: np.ndarray


class Ledger:
    """Populations by number, their latest members' traits, and all steps in their order."""

    def __init__(self) -> None:
        self.members: dict[int, np.ndarray] = {}  # traits of the latest members: float64[M, T]
        self.steps: list[Step] = []
        self._joined: dict[int, int] = {}

    def root(self, part: int) -> int:
        """The population that a part belongs to."""
        while self._joined.get(part, part) != part:
            part = self._joined[part]
        return part

    @np.errstate(over="ignore", invalid="ignore")  # fitness may be infinite; what that makes of sums is not known
    def take(
        self,
        part: int,
        traits: np.ndarray,
        parents: Sequence[Parents] | None,
        reached: np.ndarray,
        deployment: float = float("nan"),
        among: Mapping[int, np.ndarray] | None = None,
    ) -> None:
        """Replace the members of a part.

        traits : float64[M, T]
        parents : None of founders, () where they are not known
        among : the members that places are meant of, where several parts are replaced at once; else the latest
        """
        among = self.members if among is None else among
        old = self.members.get(part)
        numbers = np.zeros(0 if old is None else len(old))
        inherited, known = np.zeros(traits.shape[1]), [bool(line) for line in parents or ()]
        links = [link for line in parents or () for link in line]
        for other in {other for other, _, _ in links}:
            places = np.array([place for owner, place, _ in links if owner == other])
            shares = np.array([share for owner, _, share in links if owner == other])
            inherited += shares @ among[other][places]
            if other == part:
                np.add.at(numbers, places, shares)
            elif self.root(other) != self.root(part):
                self._joined[self.root(other)] = self.root(part)
        children = traits[: len(known)][known].sum(axis=0)
        self._joined.setdefault(part, part)
        self.members[part] = traits
        self.steps.append(
            Step(part, len(traits), traits.sum(axis=0), traits.T @ traits, sum(known), children, inherited,
                 float((numbers**2).sum()), reached, deployment)
        )  # fmt: skip

    @np.errstate(over="ignore", invalid="ignore")
    def courses(self) -> list[Course]:
        """Each population that never exchanged parents with another, in the order in which they began."""
        roots = list(dict.fromkeys(self.root(step.part) for step in self.steps))
        return [self._course([step for step in self.steps if self.root(step.part) == root]) for root in roots]

    def _course(self, steps: list[Step]) -> Course:
        parts: dict[int, Step] = {}
        rows: list[tuple[np.ndarray, ...]] = []
        whole: list[tuple[int, np.ndarray, np.ndarray, np.ndarray, float]] = []
        for step in steps:
            old = parts.get(step.part)
            rest = [other for part, other in parts.items() if part != step.part]
            if old is not None:
                rows.append(_partition(old, rest, step))
            elif rows:  # a part that comes later: nobody's children
                rows.append(_partition(None, rest, step))
            parts[step.part] = step
            if old is None and not rows and whole:
                whole.pop()  # founders that are told part by part are one beginning
            whole.append(_moments(list(parts.values())))
        sizes, means, covariances, reached, deployed = (list(column) for column in zip(*whole, strict=True))
        columns = [np.array(column) for column in zip(*rows, strict=True)] if rows else []
        empty = np.zeros((0, steps[0].total.size))
        selection, transmission, arrival, variance, unknown = columns or (empty, empty, empty, np.zeros(0), np.zeros(0))
        return Course(
            tuple(parts), np.array(sizes), np.array(means), np.array(covariances), selection, transmission, arrival,
            variance, unknown, np.array(reached), np.array(deployed),
        )  # fmt: skip


def without_parents(course: Course) -> Course:
    """The same where nobody descends from anybody: all change is that of members without known parents."""
    nothing = np.full_like(course.selection, np.nan)
    return course._replace(
        selection=nothing, transmission=nothing, arrival=np.diff(course.mean, axis=0),
        variance=np.full_like(course.variance, np.nan), unknown=np.ones_like(course.unknown),
    )  # fmt: skip


def _moments(parts: list[Step]) -> tuple[int, np.ndarray, np.ndarray, np.ndarray, float]:
    """Size, mean, covariance of all parts together; who reached; fitness in deployment."""
    size = sum(step.size for step in parts)
    mean = sum((step.total for step in parts), np.zeros(parts[0].total.size)) / size
    square = sum((step.square for step in parts), np.zeros(parts[0].square.shape)) / size
    deployed = sum(step.size * step.deployment for step in parts) / size
    return size, mean, square - np.outer(mean, mean), np.any([step.reached for step in parts], axis=0), deployed


def _partition(old: Step | None, rest: list[Step], new: Step) -> tuple[np.ndarray, ...]:
    """Selection, transmission, arrival, variance of offspring numbers, share without known parents: of one step."""
    zero = np.zeros(new.total.size)
    stay, still = sum(step.size for step in rest), sum((step.total for step in rest), zero)
    before = stay + (old.size if old else 0)
    mean = (still + (old.total if old else zero)) / before
    after, unknown = (still + new.total) / (stay + new.size), np.array(1.0 - new.known / new.size)
    known = stay + new.known
    if not known:
        nothing = np.full(zero.size, np.nan)
        return nothing, nothing, after - mean, np.array(np.nan), unknown
    parents, children = (still + new.inherited) / known, (still + new.children) / known
    relative = before / known
    variance = (stay + new.shares) / before * relative**2 - 1.0
    return parents - mean, children - parents, after - children, np.array(max(variance, 0.0)), unknown
