"""The ancestry of a last population as a tree sequence, which `tskit` and all that builds on it read.

Places are those of the genome: its loci, then its reals, one each. Times are generations before the last. Samples are
the last population, one haploid individual each; the tree sequence is simplified to them, on the way too, so that
memory stays bounded (Kelleher, Thornton, Ashander and Ralph 2018). Founders stay, so that all mutations since then do.
"""

import json
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from evo.batch.disk import write_where_told
from evo.engines.descent import effects, environments
from evo.engines.replicates import plan
from evo.errors import ScenarioError
from evo.kernels.genealogy import Pool, Steps, Work, trace_back_both
from evo.kernels.genome import unpack
from evo.kernels.links import LIVED, Links
from evo.kernels.plan import Plan
from evo.measure.descent import Effect, ancestors_of, effects_of
from evo.scenario.spec import Spec

INSTALL = "pip install 'evo-sandbox[lineage]'"
_LIVED = np.dtype([("fitness", "<f8"), ("property", "<f8")])
_SHARE = 4  # the lives that effects are found by are at most a fourth of those that the replicate lived, about
_BLOCK = 10_000  # births whose effects are found at a time
_CELLS = 20_000_000  # places of births that are looked at at a time
_FOUNDER = -1  # in place of a birth: how a founder came to differ from the ancestral state


_Told = tuple[Effect, Effect, int]  # effect on fitness, on the property, lives that these were found by


def require() -> None:
    """Raise ScenarioError where tskit is not installed."""
    if find_spec("tskit") is None:
        raise ScenarioError(f"--tskit: needs the package tskit, which is not installed: {INSTALL}")


class Births:
    """Genomes of individuals as they were born, before mutation, and as they then were: rows of growing arrays."""

    def __init__(self, words: int, dims: int):
        self._parts: list[Any] = []
        self.count = 0
        self._shape = words, dims

    def add(self, generation: np.ndarray, born: tuple[Any, Any], genome: tuple[Any, Any]) -> np.ndarray:
        """Add n of them; their numbers. generation: int64[n]; genomes: uint64[n, W] and float64[n, D]."""
        self._parts.append((generation, *born, *genome))
        self.count += generation.size
        return np.arange(self.count - generation.size, self.count)

    def arrays(self) -> tuple[np.ndarray, ...]:
        """generation[n], born bits, born reals, bits, reals."""
        if not self._parts:
            words, dims = self._shape
            bits, reals = np.zeros((0, words), np.uint64), np.zeros((0, dims))
            return np.zeros(0, np.int64), bits, reals, bits, reals
        joined = tuple(np.concatenate(arrays) for arrays in zip(*self._parts, strict=True))
        self._parts = [joined]
        return joined

    def keep(self, which: np.ndarray) -> None:
        """Keep only these, in this order."""
        self._parts = [tuple(array[which] for array in self.arrays())]
        self.count = which.size


class Tables:
    """Nodes, edges and mutations of individuals, a generation at a time, and simplified whenever that is asked for."""

    def __init__(self, plan: Plan):
        import tskit

        self.plan = plan
        self.tables = tskit.TableCollection(max(plan.loci + plan.means.size, 1))
        self.tables.time_units = "generations"
        self.births = Births((plan.loci + 63) // 64, plan.means.size)
        for _ in range(plan.rule.demes):
            self.tables.populations.add_row()
        for _ in range(plan.loci):
            self.tables.sites.add_row(self.tables.sites.num_rows, "0")
        for mean in plan.means.tolist():
            self.tables.sites.add_row(self.tables.sites.num_rows, repr(mean))

    def add_nodes(self, generation: np.ndarray, slot: np.ndarray, lived: np.ndarray) -> np.ndarray:
        """Add n individuals; their numbers. lived: float64[n, LIVED]."""
        seen = np.zeros(generation.size, _LIVED)
        seen["fitness"], seen["property"] = lived[:, LIVED.fitness], lived[:, LIVED.property]
        first = self.tables.nodes.num_rows
        deme = slot // (self.plan.size // self.plan.rule.demes)
        self.tables.nodes.append_columns(
            flags=np.zeros(generation.size, np.uint32), time=-generation.astype(float),
            population=deme.astype(np.int32), metadata=seen.view(np.int8),
            metadata_offset=np.arange(generation.size + 1, dtype=np.uint64) * _LIVED.itemsize,
        )  # fmt: skip
        return np.arange(first, first + generation.size)

    def add_edges(self, child: np.ndarray, parents: np.ndarray, second: np.ndarray | None) -> None:
        """Say which parent gave which places.

        parents: int64[2, n]; second: bool[n, places], what the second gave, None where the first gave all.
        """
        length = int(self.tables.sequence_length)
        if second is None:
            second = np.zeros((child.size, 1), bool)
        begins = np.ones_like(second)
        begins[:, 1:] = second[:, 1:] != second[:, :-1]
        row, left = np.nonzero(begins)
        right = np.append(left[1:], 0)
        right[np.append(row[1:] != row[:-1], True)] = length  # the last stretch of each
        parent = np.where(second[row, left], parents[-1][row], parents[0][row])
        self.tables.edges.append_columns(
            left=left.astype(float), right=right.astype(float), parent=parent.astype(np.int32),
            child=child[row].astype(np.int32),
        )  # fmt: skip

    def add_mutations(self, node: np.ndarray, generation: np.ndarray, born: Any, genome: Any) -> None:
        """Add what mutated in n individuals: places in which they are not as they were born."""
        (bits, reals), (new_bits, new_reals) = born, genome
        changed = (bits != new_bits).any(axis=1) | (reals != new_reals).any(axis=1)
        bits, reals, new_bits, new_reals = (array[changed] for array in (bits, reals, new_bits, new_reals))
        births = self.births.add(generation[changed], (bits, reals), (new_bits, new_reals))
        self._mutate(node[changed], generation[changed], births, (bits, reals), (new_bits, new_reals))

    def add_founders(self, node: np.ndarray, genome: Any) -> None:
        """Add what founders have that the ancestral state has not."""
        none = np.zeros_like(genome[0]), np.broadcast_to(self.plan.means, genome[1].shape)
        self._mutate(node, np.zeros(node.size, np.int64), np.full(node.size, _FOUNDER), none, genome)

    def _mutate(self, node: np.ndarray, generation: np.ndarray, births: np.ndarray, born: Any, genome: Any) -> None:
        loci = self.plan.loci
        row, locus = np.nonzero(unpack(born[0] ^ genome[0], loci))
        real_row, real = np.nonzero(born[1] != genome[1])
        states = [str(one) for one in unpack(genome[0], loci)[row, locus].astype(int).tolist()]
        states += [repr(value) for value in genome[1][real_row, real].tolist()]
        rows = np.append(row, real_row)
        octets = [state.encode() for state in states]
        self.tables.mutations.append_columns(
            site=np.append(locus, loci + real).astype(np.int32), node=node[rows].astype(np.int32),
            time=-generation[rows].astype(float),
            derived_state=np.frombuffer(b"".join(octets), np.int8),
            derived_state_offset=np.cumsum([0, *map(len, octets)]).astype(np.uint64),
            metadata=births[rows].astype("<i8").view(np.int8),
            metadata_offset=np.arange(rows.size + 1, dtype=np.uint64) * 8,
        )  # fmt: skip

    def born(self) -> np.ndarray:
        """The birth that each mutation came with: int64[mutations]."""
        return np.frombuffer(self.tables.mutations.metadata.tobytes(), "<i8").copy()

    def simplify(self, samples: np.ndarray) -> None:
        """Keep the ancestry of these nodes only; they become nodes 0, 1, .. in this order."""
        self.tables.sort()
        self.tables.simplify(
            samples.astype(np.int32),
            keep_input_roots=True,
            filter_sites=False,
            filter_populations=False,
            record_provenance=False,
        )
        births = self.born()
        kept, where = np.unique(births[births >= 0], return_inverse=True)
        births[births >= 0] = where
        self.births.keep(kept)
        mutations = self.tables.mutations
        mutations.set_columns(
            site=mutations.site, node=mutations.node, time=mutations.time, derived_state=mutations.derived_state,
            derived_state_offset=mutations.derived_state_offset, metadata=births.astype("<i8").view(np.int8),
            metadata_offset=mutations.metadata_offset,
        )  # fmt: skip


class Recorder:
    """With two parents: writes who gave which places to whom, a stretch of generations at a time."""

    def __init__(self, spec: Spec):
        self.plan = plan(spec)
        self.made = Tables(self.plan)
        self._nodes = np.zeros(self.plan.size, np.int64)  # of the generation before

    def __call__(self, links: Links, work: Work, rows: int, first: int) -> None:
        """Add generations first, first + 1, .., which are in rows 1..rows, and simplify to the last of them."""
        alive = np.zeros((rows + 1, self.plan.size), np.uint8)
        alive[rows] = 1
        trace_back_both(links.parents, rows, alive)
        row, slot = np.nonzero(alive[1:])
        row += 1
        number = np.full((rows + 1, self.plan.size), -1)
        number[0] = self._nodes
        generation = first + row - 1
        node = number[row, slot] = self.made.add_nodes(generation, slot, links.lived[row, slot])
        genome = links.bits[row, slot], links.reals[row, slot]
        founder = generation == 0
        self.made.add_founders(node[founder], tuple(part[founder] for part in genome))
        row, slot, node, generation = (array[~founder] for array in (row, slot, node, generation))
        parents = number[row - 1, links.parents[row, :, slot].T]
        self._connect(work, row, slot, node, parents)
        born = work.born_bits[row, slot], work.born_reals[row, slot]
        self.made.add_mutations(node, generation, born, tuple(part[~founder] for part in genome))
        self.made.simplify(number[rows])
        self._nodes = np.arange(self.plan.size)

    def _connect(self, work: Work, row: np.ndarray, slot: np.ndarray, node: np.ndarray, parents: np.ndarray) -> None:
        """Say who gave which places to these individuals. parents: int64[2, n], nodes."""
        crossed = work.crossed[row, slot] > 0
        self.made.add_edges(node[~crossed], parents[:, ~crossed], None)
        two, places = np.flatnonzero(crossed), self.plan.loci + self.plan.means.size
        step = max(1, _CELLS // max(places, 1))
        for begin in range(0, two.size, step):
            here = two[begin : begin + step]
            second = unpack(work.second[row[here], slot[here]], places)
            self.made.add_edges(node[here], parents[:, here], second)


def of_tree(spec: Spec, pool: Pool, living: np.ndarray) -> Tables:
    """With one parent: the tree of the last population, which is the same at all places."""
    made = Tables(plan(spec))
    kept = np.flatnonzero(ancestors_of(pool, living))
    generation = pool.generation[kept].astype(np.int64)
    number = np.full(pool.parent.size, -1)
    number[kept] = made.add_nodes(generation, pool.slot[kept], pool.lived[kept])
    founders, others = kept[pool.parent[kept] < 0], kept[pool.parent[kept] >= 0]
    parents = pool.parent[others]
    made.add_edges(number[others], number[parents][None, :], None)
    made.add_founders(number[founders], (pool.bits[founders], pool.reals[founders]))
    born, genome = (pool.bits[parents], pool.reals[parents]), (pool.bits[others], pool.reals[others])
    made.add_mutations(number[others], pool.generation[others].astype(np.int64), born, genome)
    made.simplify(number[living])
    return made


def tree_sequence(line: Any) -> Any:
    """The ancestry of the last population as a `tskit.TreeSequence`. line: `evo.analyses.lineage.Line`, with trees."""
    spec, followed = line.cell.spec, line.followed
    made: Tables = line.trees or of_tree(spec, followed.ancestors, followed.living)
    tables, last = made.tables, followed.last
    births, told = made.born(), _effects(line, made.births)
    tables.nodes.time = tables.nodes.time + last
    tables.mutations.time = tables.mutations.time + last
    _describe_nodes(tables, last)
    _describe_mutations(tables, births, told, last)
    _describe_all(tables, line)
    tables.build_index()
    tables.compute_mutation_parents()
    return tables.tree_sequence()


def _effects(line: Any, births: Births) -> list[_Told]:
    """The effects of each birth with mutations, some at a time, so that their lives need little room."""
    spec, told = line.cell.spec, []
    generation, *genomes = births.arrays()
    knobs = environments(spec, generation)
    budget = spec.scenario.population.size * (line.followed.last + 1) // _SHARE
    for block, first in enumerate(range(0, generation.size, _BLOCK)):
        here = slice(first, first + _BLOCK)
        steps = Steps(*(np.ascontiguousarray(array[here]) for array in (*genomes, knobs)))
        share = budget * steps.knobs.shape[0] // generation.size
        lived = effects(spec, line.replicate, steps, share, 1 + block)
        pairs = zip(effects_of(lived), lived.lives.tolist(), strict=True)
        told += [(fitness, prop, lives) for (fitness, prop), lives in pairs]
    return told


def _schema(**properties: str) -> Any:
    """A schema of JSON objects with these properties, each of a type."""
    import tskit

    kinds = {name: {"type": kind.split("|")} for name, kind in properties.items()}
    return tskit.MetadataSchema({"codec": "json", "type": "object", "properties": kinds})


def _octets(row: dict[str, Any]) -> bytes:
    """A row of metadata as tskit's codec writes it; its own is ten times slower, for it checks every row."""
    return json.dumps(row, sort_keys=True, separators=(",", ":")).encode()


def _packed(rows: Iterable[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Rows of octets as tskit's tables take them: all together, and where each begins."""
    octets, offset = bytearray(), [0]
    for row in rows:
        octets += row
        offset.append(len(octets))
    return np.frombuffer(bytes(octets), np.int8), np.array(offset, np.uint64)


def _describe_nodes(tables: Any, last: int) -> None:
    """An individual for every node: when it lived, its fitness and property."""
    nodes = tables.nodes
    seen = np.frombuffer(nodes.metadata.tobytes(), _LIVED)
    tables.individuals.metadata_schema = _schema(generation="integer", fitness="number", property="number")
    columns = (nodes.time.tolist(), seen["fitness"].tolist(), seen["property"].tolist())
    rows = (
        _octets({"generation": int(last - time), "fitness": fitness, "property": prop})
        for time, fitness, prop in zip(*columns, strict=True)
    )
    metadata, offset = _packed(rows)
    tables.individuals.set_columns(
        flags=np.zeros(nodes.num_rows, np.uint32), metadata=metadata, metadata_offset=offset,
    )  # fmt: skip
    tables.nodes.set_columns(
        flags=nodes.flags, time=nodes.time, population=nodes.population,
        individual=np.arange(nodes.num_rows, dtype=np.int32),
    )  # fmt: skip


def _describe_mutations(tables: Any, births: np.ndarray, told_of: list[_Told], last: int) -> None:
    """Of every mutation: when, and the effects of all that mutated in that birth together."""
    together = np.bincount(births[births >= 0], minlength=len(told_of)).tolist()

    def told(time: float, birth: int) -> dict[str, Any]:
        when = int(last - time)
        if birth == _FOUNDER:
            return {"generation": when, "kind": "founder"}
        fitness, prop, lives = told_of[birth]
        return {
            "generation": when, "kind": "mutation", "effect": fitness.mean, "low": fitness.low, "high": fitness.high,
            "says": fitness.says, "property_effect": prop.mean, "lives": lives, "together": together[birth],
        }  # fmt: skip

    mutations = tables.mutations
    mutations.metadata_schema = _schema(
        generation="integer", kind="string", effect="number", low="number", high="number", says="string",
        property_effect="number", lives="integer", together="integer",
    )  # fmt: skip
    pairs = zip(mutations.time.tolist(), births.tolist(), strict=True)
    metadata, offset = _packed(_octets(told(time, birth)) for time, birth in pairs)
    mutations.set_columns(
        site=mutations.site, node=mutations.node, time=mutations.time, derived_state=mutations.derived_state,
        derived_state_offset=mutations.derived_state_offset, metadata=metadata, metadata_offset=offset,
    )  # fmt: skip


def _describe_all(tables: Any, line: Any) -> None:
    """Where it all comes from."""
    from importlib.metadata import version

    import tskit

    scenario = line.cell.spec.scenario
    tables.metadata_schema = tskit.MetadataSchema({"codec": "json"})
    tables.metadata = {
        "evo": {
            "scenario": scenario.name, "cell": line.cell.key, "set": line.cell.set, "replicate": line.replicate,
            "seed": scenario.batch.seed, "generations": line.followed.last, "same_as_record": line.same,
            "property": scenario.property.trait, "loci": plan(line.cell.spec).loci,
        }
    }  # fmt: skip
    tables.provenances.add_row(
        json.dumps({
            "schema_version": "1.0.0",
            "software": {"name": "evo-sandbox", "version": version("evo-sandbox")},
            "parameters": {"command": "lineage", "cell": line.cell.key, "replicate": line.replicate},
            "environment": {"libraries": {"tskit": {"version": tskit.__version__}}},
        })
    )  # fmt: skip


def write(line: Any, path: str) -> None:
    """Write the tree sequence of a line into a file, whole or not at all.

    Raises
    ------
    ScenarioError : it cannot be written
    """
    made = tree_sequence(line)
    try:
        write_where_told(Path(path), made.dump)
    except OSError as error:
        raise ScenarioError(f"--tskit {path}: cannot be written: {error.strerror or error}") from None
