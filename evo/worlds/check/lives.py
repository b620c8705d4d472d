"""Watched lives of one world: what went wrong in one, and where."""

from typing import Any, NamedTuple

import numpy as np
from numba.core.errors import NumbaError

from evo.errors import Problem
from evo.kernels.rng import seed_streams
from evo.worlds.check.instrument import Site, Workshop
from evo.worlds.check.settings import Setting
from evo.worlds.check.watch import LATE, LOCUS, NOTE, OUT, POISON, SHIFT, new_note
from evo.worlds.world import FIELDS, TAKES, World

_GUARD = 128  # numbers before and after each array, which nobody may change
_MOST = 3_000_000  # rounds of loops of a life, after which it has been seen enough
_ENDLESS = 300_000_000  # after which it may be that it never ends
STREAM, OTHER = (seed_streams(7, (n,), 1)[0] for n in (1, 2))  # that a life draws from, and another: uint64[4]


class Fault(NamedTuple):
    """Something wrong. kind: of `checks.KINDS`."""

    kind: str
    line: int | None
    says: str


class Stopped(Exception):
    """A life that did not end; fault: why, None where it only took long."""

    def __init__(self, fault: Fault | None):
        super().__init__()
        self.fault = fault


class Genomes(NamedTuple):
    """Of N agents."""

    bits: np.ndarray  # uint64[N, W]
    reals: np.ndarray  # float64[N, D]


class Poison(NamedTuple):
    """Which of two values traits, and memory of np.empty, hold before anything is written.

    only: the site of np.empty that alone holds the second
    """

    traits: int = 0
    scratch: int = 0
    only: int = 0


class Life(NamedTuple):
    """What a life left; or a probe, whose scores stand for traits."""

    traits: np.ndarray
    state: np.ndarray  # of the stream, after it


PLAIN = Poison()


class _Guarded:
    """A copy of an array with a margin that is looked at afterwards."""

    def __init__(self, array: np.ndarray, around: int = 77):
        self._around = around
        self._all = np.full(array.size + 2 * _GUARD, around, array.dtype)
        self.array = self._all[_GUARD : _GUARD + array.size].reshape(array.shape)
        self.array[...] = array

    def broken(self) -> bool:
        margins = self._all[:_GUARD], self._all[self._all.size - _GUARD :]
        return any(bool((margin != self._around).any()) for margin in margins)


class Lives:
    """Lets agents of a world live, watched. shown: the world's file as messages name it.

    Attributes
    ----------
    loci : how many a genome has, of those that live next; 0 where nobody knows
    """

    def __init__(self, world: World, shown: str):
        self.world, self._shown, self.loci = world, shown, 0
        self.shop = Workshop(world.live.py_func.__module__)
        self._kernels = {name: self._made(world.kernel(name)) for name in TAKES if world.kernel(name) is not None}

    def named(self, name: str) -> list[str]:
        """The names of what a kernel fills: traits, or probes."""
        return [one.name for one in (self.world.probes if name == "probe" else self.world.traits)]

    def _made(self, dispatcher: Any) -> Any:
        """The watched kernel, or the kernel itself where its source cannot be read or changed."""
        try:
            return self.shop.watched(dispatcher).call
        except (OSError, SyntaxError, NumbaError):
            return None

    def problem(self, fault: Fault) -> Problem:
        """The fault as it is told."""
        return Problem(self._shown, fault.line, fault.says)

    def line(self, name: str) -> int | None:
        """Where a kernel is defined; None where it is a template of evo, which the world's file fills."""
        function = self.world.kernel(name).py_func
        return int(function.__code__.co_firstlineno) if self.shop.is_own(function) else None

    # --- a life

    def live(
        self, genomes: Genomes, knobs: np.ndarray, poison: Poison = PLAIN, group: np.ndarray | None = None,
        state: np.ndarray | None = None, most: int = _MOST, name: str = "live",
    ) -> Life:  # fmt: skip
        """One life, from the same stream unless `state` is another.

        most : rounds of loops that it may take
        name : or "probe"

        Raises
        ------
        Stopped : it went wrong
        """
        size = genomes.bits.shape[0]
        before = (
            genomes.bits, genomes.reals, knobs, np.zeros(size, np.int64) if group is None else group,
            STREAM if state is None else state,
            np.full((size, len(self.named(name))), POISON[poison.traits]),
        )  # fmt: skip
        kept = [_Guarded(array) for array in before]
        self._call(name, new_note(most, poison.scratch, poison.only, self.loci), [one.array for one in kept])
        self._unchanged(name, before[:4], kept)
        self._margins(name, kept)
        return Life(kept[5].array.copy(), kept[4].array.copy())

    def _unchanged(self, name: str, before: tuple[np.ndarray, ...], kept: list[_Guarded]) -> None:
        for argument, array, one in zip(TAKES[name], before, kept, strict=False):
            if one.array.tobytes() != array.tobytes():
                what = {"knobs": "the knobs", "group": "the demes"}.get(argument, "the genomes")
                says = f"{name} changes {argument}; {what} must stay as they are"
                raise Stopped(Fault("changed", self.line(name), says))

    def ends(self, genomes: Genomes, knobs: np.ndarray, name: str = "live") -> None:
        """Raises Stopped where a life, or a probe, takes so long that it may never end."""
        try:
            self.live(genomes, knobs, name=name)
        except Stopped as stop:
            if stop.fault is None:
                self.live(genomes, knobs, most=_ENDLESS, name=name)

    def filmed(self, bits: np.ndarray, reals: np.ndarray, knobs: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """The frames of one genome's film, as many as it fills: float64[steps, E, F]. size: S and E.

        Raises
        ------
        Stopped : it went wrong
        """
        before = (bits, reals, knobs, STREAM, np.full((*size, len(FIELDS)), POISON[0]))
        kept = [_Guarded(array) for array in before]
        steps = self._call("film", new_note(_MOST, loci=self.loci), [one.array for one in kept])
        self._unchanged("film", before[:3], kept)
        self._margins("film", kept)
        if not 1 <= steps <= size[0]:
            says = f"film says that it filled {steps} steps, and must fill 1 to {size[0]}"
            raise Stopped(Fault("film", self.line("film"), says))
        return kept[4].array[:steps].copy()

    def changed(self, name: str, genomes: Genomes, knobs: np.ndarray) -> Genomes:
        """The same genomes, each changed by `carrier` or `without`.

        Raises
        ------
        Stopped : it went wrong
        """
        bits, reals = genomes.bits.copy(), genomes.reals.copy()
        for slot in range(bits.shape[0]):
            kept = [_Guarded(array) for array in (bits[slot], reals[slot], knobs)]
            self._call(name, new_note(_MOST, loci=self.loci), [one.array for one in kept])
            self._margins(name, kept)
            if (kept[2].array != knobs).any():
                raise Stopped(Fault("changed", self.line(name), f"{name} changes the knobs; they must stay"))
            bits[slot], reals[slot] = kept[0].array, kept[1].array
        return Genomes(bits, reals)

    def plain(self, genomes: Genomes, knobs: np.ndarray, name: str = "live") -> np.ndarray:
        """Traits after a life in the world's own kernel, as it evolves, or scores of a probe: float64[N, T].

        Memory around its arrays holds another number than in `live`.
        """
        size = genomes.bits.shape[0]
        traits, state = np.full((size, len(self.named(name))), POISON[0]), STREAM
        arrays = (genomes.bits, genomes.reals, knobs, np.zeros(size, np.int64), state, traits)
        kept = [_Guarded(array, 99) for array in arrays]
        self.world.kernel(name)(*(one.array for one in kept))
        self._margins(name, kept)
        return kept[5].array.copy()

    def _margins(self, name: str, kept: list[_Guarded]) -> None:
        takes = self.world.kernel(name).py_func.__code__.co_varnames
        for argument, one in zip(takes, kept, strict=False):
            if one.broken():
                raise Stopped(Fault("index", self.line(name), f"{name} writes outside of {argument}"))

    def _call(self, name: str, note: np.ndarray, arrays: list[np.ndarray]) -> Any:
        kernel = self._kernels[name]
        try:
            return self.world.kernel(name)(*arrays) if kernel is None else kernel(note, *arrays)
        except NumbaError:  # the watched form cannot be compiled: the kernel itself can
            self._kernels[name] = None
            return self._call(name, note, arrays)
        except StopIteration as error:
            if str(error) != LATE:
                raise Stopped(self._raised(name, note, error)) from None
            late = f"{name} does not end: its loops went round {_ENDLESS:,} times for {arrays[0].shape[0]} agents; "
            late += "where it only takes long, `evo run` with --time-limit lets it run"
            endless = note[NOTE.most] == _ENDLESS
            raise Stopped(Fault("endless", self._at(name, note), late) if endless else None) from None
        except IndexError as error:
            site = self.shop.sites.get(int(note[NOTE.site]))
            if str(error) != OUT or site is None:
                raise Stopped(Fault("index", self._at(name, note), f"{name}: {error}")) from None
            raise Stopped(self._index(site, note)) from None
        except Exception as error:
            raise Stopped(self._raised(name, note, error)) from None

    def _at(self, name: str, note: np.ndarray) -> int | None:
        return int(note[NOTE.line]) or self.line(name)

    def _raised(self, name: str, note: np.ndarray, error: Exception) -> Fault:
        text = str(error).splitlines()[0] if str(error) else ""
        kind = "shape" if text.startswith("cannot assign slice") else "raises"  # numba's own words
        return Fault(kind, self._at(name, note), f"{name} raises {type(error).__name__}: {text}".rstrip(": "))

    # --- what is said of an index

    def _index(self, site: Site, note: np.ndarray) -> Fault:
        axis, index, size = int(note[NOTE.axis]), int(note[NOTE.index]), int(note[NOTE.size])
        if site.array == SHIFT:
            says = f"{site.text}: shifts by {index}, and a word has {size} bits: 0 to {size - 1}"
            return Fault("index", site.line, says)
        if site.array == LOCUS:
            says = f"{site.text}: asks for locus {index}, and a genome has {size}: 0 to {size - 1}"
            return Fault("index", site.line, says)
        if not site.own:
            return Fault("index", int(note[NOTE.line]), self._beyond(site, index, size))
        unit, names = self._named(site, axis)
        there = f"{size}{unit}, 0 to {size - 1}{names}" if size else f"no{unit or ' places'}"
        return Fault("index", site.line, f"{site.text}: index {index} is out of bounds: {site.array} has {there}")

    def _beyond(self, site: Site, index: int, size: int) -> str:
        if site.array == "row" and site.function in ("get_locus", "set_locus", "count_ones"):
            there = f"{size} words of 64 loci" if size != 1 else "one word of 64 loci"
            return (
                f"{site.function} is out of bounds: it asks for locus {64 * index} or above, and a genome has {there}"
            )
        return f"{site.function} is out of bounds: it asks for index {index} of its {site.array}, which has {size}"

    def _named(self, site: Site, axis: int) -> tuple[str, str]:
        """What the places of an axis are, and their names, where it is of an argument of the world's kernels."""
        for kernel in self._kernels:
            function, takes = self.world.kernel(kernel).py_func, TAKES[kernel]
            arguments = function.__code__.co_varnames[: len(takes)]
            if function.__name__ != site.function or site.array not in arguments:
                continue
            what = takes[arguments.index(site.array)]
            known = {"knobs": self.world.knobs, "traits": self.world.traits, "scores": self.world.probes}
            named: Any = known.get(what, ())
            if kernel in ("live", "probe") and axis == 0 and what in ("bits", "reals", "group", "traits", "scores"):
                return " agents", ""
            if what == "frames":
                return ((" steps", ""), (" entities", ""), (" fields", f" ({', '.join(FIELDS)})"))[axis]
            unit = {"bits": " words of 64 loci", "reals": " reals"}.get(what, "")
            return unit, f" ({', '.join(one.name for one in named)})" if named else ""
        return "", ""

    def line_of_trait(self, trait: int, name: str = "live") -> int | None:
        """The last line of live that writes a trait, or of probe a score; the kernel's own where it cannot be told."""
        function = self.world.kernel(name).py_func
        argument, found = function.__code__.co_varnames[5], self.line(name)
        for site in self.shop.sites.values():
            if site.array != argument or site.function != function.__name__:
                continue
            place = site.text.rpartition(",")[2].rstrip("] ")
            try:
                column = eval(place, dict(function.__globals__))
            except Exception:  # only running would tell
                continue
            if isinstance(column, (int, np.integer)) and int(column) == trait:
                found = site.line
        return found


def where(setting: Setting) -> str:
    """The end of a sentence that holds for a setting; empty for the defaults."""
    return f", {setting.name}" if setting.name else ""


def defined_at(function: Any) -> int | None:
    """The line of a Python function of the world; None where it is none that was defined in a file."""
    code = getattr(getattr(function, "__wrapped__", function), "__code__", None)
    return code.co_firstlineno if code else None
