"""The engine `deap`: the same scenario by DEAP's creator, toolbox and operators (Fortin and others 2012).

The slow, readable reference: what `evo.kernels` does in arrays, one individual at a time, and every measure in numpy by
its definition. Agents are lists, loci first, then reals; the world's kernel is called on arrays made from all of them.
"""

import random
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from deap import base, creator, tools

from evo.engines.replicates import Evolved, collect, each, plan, refuse, streams_of
from evo.kernels.arms import MEMORY, untouched
from evo.kernels.genome import pack, unpack
from evo.kernels.operators import DEAP_SCHEMES
from evo.kernels.plan import ARM, FITNESS
from evo.kernels.records import CONTROL, INSERTION, INSERTION_TRIALS, PRICE, ROW, STATUS, STREAM, Records, new_records
from evo.kernels.selection import NEGATIVE_FITNESS, OK, new_desk, prepare, truncated
from evo.scenario.spec import Spec

_ONE_AT_A_TIME = threading.Lock()  # DEAP draws from Python's one global stream


def evolve(spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    """Evolve these replicates of a cell; those that were finished, or failed, before it was stopped come back."""
    return each(spec, replicates, control, _evolve)


def _evolve(spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    """One replicate."""
    out, (streams,) = new_records(1, plan(spec)), streams_of(spec, replicates)
    with _ONE_AT_A_TIME:
        before = random.getstate()
        random.seed(streams[STREAM.evolves].tobytes())
        try:
            finished = _Replicate(spec, streams).run(control, out)
        finally:
            random.setstate(before)
    return collect(spec, replicates, int(finished), out)


def _individual_class(weights: tuple[float, ...]) -> Any:
    """DEAP's way to a class of individuals: a list with a fitness of these weights."""
    name = "Evo" + "".join("+" if weight > 0 else "-" for weight in weights)
    if not hasattr(creator, name):
        creator.create(f"{name}Fitness", base.Fitness, weights=weights)
        creator.create(name, list, fitness=getattr(creator, f"{name}Fitness"))
    return getattr(creator, name)


class _Replicate:
    """One population and what it is measured by."""

    def __init__(self, spec: Spec, streams: np.ndarray):
        self.spec, self.plan = spec, plan(spec)
        self.state, self.measure = streams[STREAM.evolves], streams[STREAM.measures]
        self.layout = spec.world.layout(spec.knobs)
        names = [trait.name for trait in spec.world.traits]
        objectives = spec.scenario.selection.objectives or [names[0]]
        self.objectives = [names.index(name.lstrip("-")) for name in objectives]
        self.toolbox = self._toolbox(tuple(-1.0 if name.startswith("-") else 1.0 for name in objectives))
        self.group = np.arange(self.plan.size) // (self.plan.size // self.plan.rule.demes)
        self.price = np.zeros((len(PRICE), self.plan.traits))  # sums since the last record
        self.worth, self.worth_of = 0.0, 0  # of the property where agents meet, and the generations this is the mean of

    # --- the toolbox

    def _toolbox(self, weights: tuple[float, ...]) -> Any:
        toolbox, s = base.Toolbox(), self.spec.scenario
        toolbox.register("individual", self._found, _individual_class(weights))
        toolbox.register("population", tools.initRepeat, list, toolbox.individual)
        toolbox.register("mutate", self._mutate)
        mates: dict[str, tuple[Any, dict[str, Any]]] = {
            "one_point": (_cross_at, {}),
            "two_point": (_cross_between, {}),
            "uniform": (tools.cxUniform, {"indpb": 0.5}),
        }
        if s.variation.crossover in mates:
            mate, arguments = mates[s.variation.crossover]
            toolbox.register("mate", mate, **arguments)
        schemes: dict[str, tuple[Any, dict[str, Any]]] = {
            "proportional": (tools.selRoulette, {}),
            "stochastic_universal": (_spin, {}),
            "tournament": (tools.selTournament, {"tournsize": int(self.plan.rule.parameter)}),
            "truncation": (_truncate, {"share": self.plan.rule.parameter}),
            "lexicase": (tools.selLexicase, {}),
            "epsilon_lexicase": (tools.selAutomaticEpsilonLexicase, {}),
            "nsga2": (_crowded, {}),
        }
        select, arguments = schemes[s.selection.scheme]
        toolbox.register("select", select, **arguments)
        return toolbox

    def _found(self, kind: Any) -> Any:
        """A founder: independent loci and reals."""
        loci = [int(random.random() < block.initial) for block in self.layout.loci for _ in range(block.count)]
        reals = [random.gauss(block.mean, block.sd) for block in self.layout.reals for _ in range(block.count)]
        return kind(loci + reals)

    def _mutate(self, individual: Any) -> tuple[Any]:
        """Flip loci at their block's rates, and add Gaussian steps to reals."""
        start = 0
        for block in self.layout.loci:
            here = slice(start, start + block.count)
            if block.forward == block.back:
                (individual[here],) = tools.mutFlipBit(individual[here], indpb=block.forward)
            else:
                individual[here] = [
                    1 - gene if random.random() < (block.back if gene else block.forward) else gene
                    for gene in individual[here]
                ]
            start += block.count
        for real in self.layout.reals:
            here = slice(start, start + real.count)
            if real.step > 0.0:
                (individual[here],) = tools.mutGaussian(individual[here], mu=0.0, sigma=real.step, indpb=real.rate)
            start += real.count
        return (individual,)

    # --- the border to the world's kernels

    def _arrays(self, population: list[Any]) -> tuple[np.ndarray, np.ndarray]:
        """Genomes as the kernels have them: uint64[N, W] and float64[N, D]."""
        loci, size = self.plan.loci, len(population)
        genes = np.array([individual[:loci] for individual in population], bool).reshape(size, loci)
        reals = np.array([individual[loci:] for individual in population], np.float64)
        return pack(genes), reals.reshape(size, self.plan.means.size)

    def _live(self, population: list[Any], knobs: np.ndarray, state: np.ndarray) -> np.ndarray:
        """Traits of everybody after a life: float64[N, T]."""
        bits, reals = self._arrays(population)
        traits = np.zeros((len(population), self.plan.traits))
        self.spec.world.live(bits, reals, knobs, self.group[: len(population)], state, traits)
        return traits

    def _live_again(self, genomes: list[Any], knobs: np.ndarray, which: np.ndarray) -> np.ndarray:
        """Traits of some genomes by the luck of this generation, among all where agents meet: float64[which, T].

        genomes: one for each slot; which: bool[N]
        """
        if not which.any():
            return np.zeros((0, self.plan.traits))
        if self.plan.social:
            return self._live(genomes, knobs, self.began.copy())[which]
        return self._live([genomes[i] for i in np.flatnonzero(which)], knobs, self.began.copy())

    def _carrier(self, individual: Any, knobs: np.ndarray) -> Any:
        """The same individual with the property."""
        return self._altered(individual, self.spec.world.carrier, knobs)

    def _altered(self, individual: Any, change: Any, knobs: np.ndarray) -> Any:
        """The same individual with its genome changed by one of the world's kernels."""
        bits, reals = self._arrays([individual])
        change(bits[0], reals[0], knobs)
        loci = unpack(bits, self.plan.loci)[0].astype(int)
        return type(individual)([*loci.tolist(), *reals[0].tolist()])

    # --- arms

    def _blind(self, population: list[Any], traits: np.ndarray, knobs: np.ndarray) -> np.ndarray:
        """Traits whose fitness is as without the property, as `blind` of the kernels: float64[N, T]."""
        lost = [self._altered(individual, self.spec.world.without or untouched, knobs) for individual in population]
        have = np.flatnonzero([list(a) != list(b) for a, b in zip(lost, population, strict=True)])
        seen = traits.copy()
        if not have.size:
            return seen
        if not self.plan.social:
            seen[have, FITNESS] = self._live(lost, knobs, self.began.copy())[have, FITNESS]
            return seen
        slot, own = random.choice(have.tolist()), traits[have, FITNESS]
        among = [*population[:slot], lost[slot], *population[slot + 1 :]]
        worth = traits[slot, FITNESS] - self._live(among, knobs, self.began.copy())[slot, FITNESS]
        self.worth_of = min(self.worth_of + 1, MEMORY)
        self.worth += (worth - self.worth) / self.worth_of
        seen[have, FITNESS] = np.maximum(own - self.worth, np.minimum(own, 0.0))
        return seen

    def _supply(self, children: list[Any], knobs: np.ndarray) -> None:
        """Turn one of the offspring that is no elite into a carrier."""
        n = len(children) // self.plan.rule.demes
        slot = random.choice([i for i in range(len(children)) if i % n < n - self.plan.rule.elites])
        carrier = self._carrier(children[slot], knobs)
        carrier.parents, carrier.crossed = children[slot].parents, children[slot].crossed
        children[slot] = carrier

    # --- selection and variation

    def _expected(self, fitness: np.ndarray) -> tuple[int, np.ndarray]:
        """A status, and everyone's expected offspring in closed form; NaN where the scheme has none."""
        if self.spec.scenario.selection.scheme in DEAP_SCHEMES:
            return OK, np.full(fitness.size, np.nan)
        rule, n = self.plan.rule, fitness.size // self.plan.rule.demes
        desk = new_desk(fitness.size, rule)
        for low in range(0, fitness.size, n):
            status = prepare(rule, fitness, low, low + n, desk)
            if status != OK:
                return int(status), desk.expected
        return OK, desk.expected

    def _insertion(self, population: list[Any], knobs: np.ndarray) -> float:
        """Expected offspring of a carrier among the residents, less 1, as `_insertion_test` of the kernels."""
        total = 0.0
        for _ in range(INSERTION_TRIALS):
            slot = random.randrange(len(population))
            among = [*population[:slot], self._carrier(population[slot], knobs), *population[slot + 1 :]]
            status, expected = self._expected(self._live(among, knobs, self.measure)[:, FITNESS].copy())
            if status != OK:
                return float("nan")
            total += expected[slot] - 1.0
        return total / INSERTION_TRIALS

    def _parents(self, population: list[Any]) -> list[Any]:
        """A parent for each slot but the elites', drawn in the slot's deme, or another where one migrates."""
        n, chosen = len(population) // self.plan.rule.demes, []
        demes = [population[low : low + n] for low in range(0, len(population), n)]
        for deme in demes:
            here = self.toolbox.select(deme, n - self.plan.rule.elites)
            for k in range(len(here)):
                if len(demes) > 1 and random.random() < self.plan.rule.migration:
                    (here[k],) = self.toolbox.select(random.choice([d for d in demes if d is not deme]), 1)
            chosen += here + tools.selBest(deme, self.plan.rule.elites)
        return chosen

    def _offspring(self, population: list[Any]) -> list[Any]:
        """The next generation; `parents` of each are the slots of those it descends from."""
        mothers = self._parents(population)
        fathers = self._parents(population) if self.plan.roles == 2 else mothers
        n, children = len(population) // self.plan.rule.demes, []
        for slot, (mother, father) in enumerate(zip(mothers, fathers, strict=True)):
            elite = slot % n >= n - self.plan.rule.elites
            child = self.toolbox.clone(mother)
            child.parents = (mother.slot,)
            if self.plan.roles == 2 and not elite and random.random() < self.plan.crossover_rate:
                child, _ = self.toolbox.mate(child, self.toolbox.clone(father))
                child.parents = (mother.slot, father.slot)
            child.crossed = list(child)
            if not elite:
                (child,) = self.toolbox.mutate(child)
            del child.fitness.values
            children.append(child)
        return children

    # --- the books

    def _transmit(
        self,
        population: list[Any],
        parents: list[Any],
        lived: tuple[np.ndarray, np.ndarray],
        knobs: np.ndarray,
        changing: bool,
    ) -> None:
        """Add transmission and its parts, as `evo.kernels.books` defines them. lived: traits of both generations."""
        traits, before = lived
        then = np.array([before[list(child.parents)].mean(axis=0) for child in population])
        if not self.plan.split_transmission:
            self.price[PRICE.transmission] += (traits - then).mean(axis=0)
            return
        bred = np.array([len(set(child.parents)) == 2 for child in population])
        differs = np.array([list(child) != child.crossed for child in population])
        unmutated = np.where(differs[:, None], then, traits)
        again = differs & (bred | changing)
        unmutated[again] = self._live_again([child.crossed for child in population], knobs, again)
        uncrossed = np.where((changing & ~bred)[:, None], unmutated, then)
        again = bred & changing
        if again.any():
            genomes = ([parents[child.parents[role]] for child in population] for role in (0, -1))
            uncrossed[again] = sum(self._live_again(ones, knobs, again) for ones in genomes) / 2.0
        for term, steps in (
            (PRICE.transmission, traits - then), (PRICE.mutation, traits - unmutated),
            (PRICE.recombination, unmutated - uncrossed), (PRICE.environment, uncrossed - then),
        ):  # fmt: skip
            self.price[term] += steps.mean(axis=0)

    # --- the generations

    def run(self, control: np.ndarray, out: Records) -> bool:
        """Fill the one row of the records; whether it was finished before `control` told to stop."""
        p = self.plan
        population = self.toolbox.population(n=p.size)
        for slot in random.sample(range(p.size), p.carriers):
            population[slot] = self._carrier(population[slot], p.knobs)
        out.arose_at[0] = out.established_at[0] = -1
        before, parents = np.zeros((p.size, p.traits)), population
        for generation in range(p.generations + 1):
            if control[CONTROL.stop] != 0:
                return False
            knobs = p.changed if generation >= p.change_at else p.knobs
            self.began = self.state.copy()
            traits = self._live(population, knobs, self.state)
            out.ended_at[0] = generation
            if refuse(out, traits):
                return True
            mean = traits.mean(axis=0)
            if generation > 0:
                changing = p.social or generation == p.change_at or not np.array_equal(self.state, self.began)
                self._transmit(population, parents, (traits, before), knobs, changing)
            if generation == p.change_at:
                self.worth, self.worth_of = 0.0, 0
            seen = self._blind(population, traits, knobs) if p.arm == ARM.blind else traits
            for slot, individual in enumerate(population):
                individual.slot = slot
                individual.fitness.values = tuple(seen[slot, self.objectives])
            last = generation == p.generations or not p.stop_below < mean[p.property] < p.stop_above
            if generation == 0 or last:
                out.insertion[0, INSERTION.end] = self._insertion(population, knobs)
                if generation == 0:
                    out.insertion[0, INSERTION.start] = out.insertion[0, INSERTION.end]
            if out.arose_at[0] < 0 and traits[:, p.property].max() >= p.threshold:
                out.arose_at[0] = generation
            if out.established_at[0] < 0 and mean[p.property] >= p.threshold:
                out.established_at[0] = generation
            step = _Step(np.zeros(p.size), np.zeros(p.size), 0.0)
            if not last:
                status, expected = self._expected(seen[:, FITNESS].copy())
                if status != OK:
                    out.status[0] = STATUS.negative if status == NEGATIVE_FITNESS else STATUS.no_fitness
                    return True
                following = self._offspring(population)
                if p.arm == ARM.supplied:
                    self._supply(following, knobs)
                step = _step(following, expected)
            if not self._measured(population, traits, step, generation, last, out):
                return True
            control[CONTROL.generations] += 1
            if last:
                break
            before, parents, population = traits, population, following
        out.status[0] = STATUS.done
        return True

    def _measured(
        self, population: list[Any], traits: np.ndarray, step: "_Step", generation: int, last: bool, out: Records
    ) -> bool:
        """Moments of one generation and of the step after it: into the sums, and into a record where one is due.

        Whether they are finite numbers.
        """
        p, mean = self.plan, traits.mean(axis=0)
        centred = traits - mean
        differential, expectation = ((centred * w[:, None]).mean(axis=0) for w in (step.offspring, step.expected))
        covariance = centred.T @ centred / p.size
        if not last and out.established_at[0] < 0 and covariance[p.property, p.property] > 0.0:
            out.varied[0] += 1
            out.sum_offspring[0] += np.mean((step.offspring - 1.0) ** 2)
            out.sum_differential[0, 1:] += differential[1:]
            out.sum_covariance[0, 1:, 1:] += covariance[1:, 1:]
        if last or generation == p.record_at[out.records[0]]:
            k = out.records[0]
            row = out.trace[0, k]
            row[ROW.mean], row[ROW.variance], row[ROW.deployment] = mean, covariance.diagonal(), mean
            if p.deployed:
                deployed = self._live(population, p.deployment, self.measure)
                if refuse(out, deployed, deployed=True):
                    return False
                row[ROW.deployment] = deployed.mean(axis=0)
            for term in PRICE._fields:
                row[getattr(ROW, term)] = self.price[getattr(PRICE, term)]
            row[ROW.differential] = np.nan if last else differential
            spreads = [np.mean((w - 1.0) ** 2) for w in (step.offspring, step.expected)]
            out.trace_at[0, k], out.covariance[0, k] = generation, covariance
            out.breeding[0, k] = np.nan if last else (*spreads, step.crossed)
            out.records[0] = k + 1
            self.price[:] = 0.0
        self.price[PRICE.selection] += differential
        self.price[PRICE.expected] += expectation
        if not last:  # means of each deme; what is not between them is within
            w, z = (each.reshape(p.rule.demes, -1, *each.shape[1:]).mean(axis=1) for each in (step.offspring, centred))
            between = ((w - 1.0)[:, None] * z).mean(axis=0)
            self.price[PRICE.between] += between
            self.price[PRICE.within] += differential - between
        return True


class _Step(NamedTuple):
    """From one generation to the next: offspring and expected offspring of each, and the share of crossed offspring."""

    offspring: np.ndarray
    expected: np.ndarray
    crossed: float


def _step(children: list[Any], expected: np.ndarray) -> _Step:
    """Count the children, each crediting its parents equally."""
    offspring, crossed = np.zeros(len(children)), 0.0
    for child in children:
        offspring[list(child.parents)] += 1.0 / len(child.parents)
        if len(child.parents) == 2 and child.parents[0] == child.parents[1]:
            offspring[child.parents[0]] += 0.5  # named twice, credited twice
        crossed += len(set(child.parents)) == 2
    return _Step(offspring, expected, crossed / len(children))


# --- operators and schemes that DEAP has the pieces of


def _cross_at(a: Any, b: Any) -> tuple[Any, Any]:
    """Exchange what lies behind a cut; one place has none, and is as it is."""
    return tools.cxOnePoint(a, b) if len(a) > 1 else (a, b)


def _cross_between(a: Any, b: Any) -> tuple[Any, Any]:
    """Exchange what lies between two different cuts. DEAP's second cut may be the end, so the last place stays out."""
    if len(a) < 3:
        return _cross_at(a, b)
    a[:-1], b[:-1] = tools.cxTwoPoint(a[:-1], b[:-1])
    return a, b


def _spin(individuals: list[Any], k: int) -> list[Any]:
    """Stochastic universal sampling, in random order, so that neighbours are no likelier to be mates."""
    chosen = tools.selStochasticUniversalSampling(individuals, k)
    random.shuffle(chosen)
    return list(chosen)


def _truncate(individuals: list[Any], k: int, share: float) -> list[Any]:
    """Any of the best `share`."""
    best = tools.selBest(individuals, int(truncated(share, len(individuals))))
    return list(tools.selRandom(best, k))


def _crowded(individuals: list[Any], k: int) -> list[Any]:
    """Parents as NSGA-II takes them: of two, the one in the better front, or the less crowded (Deb and others 2002)."""
    ranked = tools.selNSGA2(individuals, len(individuals))
    chosen: list[Any] = []
    while len(chosen) < k:
        chosen += tools.selTournamentDCD(ranked, len(ranked) - len(ranked) % 4)
    return chosen[:k]
