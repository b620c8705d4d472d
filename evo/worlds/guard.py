"""A world's own Python functions, whose mistakes are told with file, line and what is allowed."""

import ast
import functools
import math
import traceback
from collections.abc import Callable, Iterator, Mapping
from numbers import Integral, Real
from typing import Any, NamedTuple

from numba.core.dispatcher import Dispatcher
from numba.core.errors import NumbaError, UnsupportedBytecodeError

from evo.errors import Problem, WorldError
from evo.wording import closest, show
from evo.worlds.compiler import explain
from evo.worlds.source import Source
from evo.worlds.world import (
    ARMS,
    TAKES,
    Film,
    Knob,
    Layout,
    Loci,
    Misfit,
    Reals,
    Trait,
    World,
)

_DISPATCHER: Any = Dispatcher
_INT = ": int(knobs[...]), for knobs are decimal numbers"
_FUNCTIONS = ("layout", "theory", "classes", "class_count", "chooser", "refuses", "arms")


class _Named(dict[str, Any]):
    """Knobs, or fields of the population, by name."""

    def __init__(self, values: Mapping[str, Any], what: str):
        super().__init__(values)
        self._what = what

    def __missing__(self, name: Any) -> Any:
        raise _NotThere(f"there is no {self._what} '{name}'; {closest(str(name), list(self))}")


class _NotThere(KeyError):
    def __str__(self) -> str:
        return str(self.args[0])


def line_of(error: BaseException, file: str) -> int | None:
    """The last line of the file that an error came through."""
    if isinstance(error, SyntaxError) and error.lineno:
        return error.lineno
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return lines[-1] if lines else None


def wrong(source: Source, line: int | None, says: str, full: str = "") -> WorldError:
    """An error of one problem."""
    problem = Problem(source.shown, line, says)
    return WorldError(str(problem), (problem,), full)


def told(error: BaseException, source: Source, file: str, doing: str) -> WorldError:
    """Whatever Python or the compiler raised in the world's file, as one sentence. file: the copy that was run."""
    if isinstance(error, WorldError):
        return error
    full = "".join(traceback.format_exception(error))
    at = line_of(error, file)
    if isinstance(error, (NumbaError, UnsupportedBytecodeError)):
        said = explain(error, file)
        line = said.line or at
        lines = source.content.decode("utf-8-sig", "replace").splitlines()
        text = lines[line - 1].strip() if line and line <= len(lines) else ""
        text = f"{text}: " if 0 < len(text) <= 80 else ""
        more = f"(all that the compiler says: evo check {source.shown} --full)"
        return wrong(source, line, f"{text}{said.why} {more}", full)
    if isinstance(error, UnicodeDecodeError):
        return wrong(source, None, f"is no text in UTF-8: byte {error.object[error.start]:#x} at {error.start}", full)
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    what = text if isinstance(error, (_NotThere, Misfit)) else f"{type(error).__name__}: {text}".rstrip(": ")
    return wrong(source, at, f"{doing}: {what.splitlines()[0][:300]}", full)


def guarded(world: World, source: Source, file: str) -> World:
    """The world, whose functions raise WorldError alone, with the line."""
    from dataclasses import replace

    found = {name: getattr(world, name) for name in _FUNCTIONS}
    wrapped: dict[str, Any] = {name: _guarded(name, f, source, file) for name, f in found.items() if callable(f)}
    return replace(world, source=source, **wrapped)


def _guarded(name: str, function: Callable[..., Any], source: Source, file: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(knobs: Mapping[str, float], *population: Mapping[str, Any]) -> Any:
        named = [_Named(values, "field of the population") for values in population]
        try:
            found = function(_Named(knobs, "knob"), *named)
        except (Exception, SystemExit) as error:
            raise told(error, source, file, f"{name} fails") from error
        if name == "layout" and (why := unfit(found)):
            code = getattr(function, "__code__", None)
            raise wrong(source, code.co_firstlineno if code else None, f"layout {why}")
        return found

    return call


def unfit(layout: Any) -> str:
    """Why something cannot be laid out as a genome; empty where it can."""
    if not isinstance(layout, Layout):
        return f"returns {type(layout).__name__}, and must return a Layout"
    parts: tuple[tuple[Any, Any, tuple[str, ...]], ...] = (
        (Loci, layout.loci, ("forward", "back", "initial")), (Reals, layout.reals, ("rate",))
    )  # fmt: skip
    for kind, blocks, rates in parts:
        if not isinstance(blocks, (tuple, list)):
            name, one = kind.__name__.lower(), kind.__name__
            return f"has {name} that are no tuple; write {name}=({one}(...),), with a comma also after a single one"
        for block in blocks:
            if not isinstance(block, kind):
                return f"has {type(block).__name__} among its {kind.__name__}"
            if isinstance(block.count, bool) or not isinstance(block.count, Integral) or block.count < 0:
                says = f"has a block of {block.count!r} {kind.__name__}; it must be a whole number, 0 or more"
                return says + (_INT if isinstance(block.count, float) else "")
            for field in rates:
                value: Any = getattr(block, field)
                if not isinstance(value, Real) or not 0.0 <= float(value) <= 1.0:
                    return f"has {kind.__name__} whose {field} is {value!r}; it must be from 0 to 1"
            if kind is Reals and not all(
                isinstance(v, Real) and math.isfinite(v) for v in (block.step, block.mean, block.sd)
            ):
                return "has Reals whose step, mean or sd is not a finite number"
            if kind is Reals and min(block.step, block.sd) < 0.0:
                return "has Reals whose step or sd is below 0"
    return ""


class _Flaw(NamedTuple):
    """What cannot be used of what a world declares; of which kind and name, to find its line."""

    kind: str
    name: str
    says: str


def flaws(world: World) -> Iterator[_Flaw]:
    """What cannot be used of a world's names, knobs, traits and Python functions, whatever their types."""
    for field in ("name", "summary"):
        if not isinstance(getattr(world, field), str):
            yield _Flaw("World", "", f"{field} = {show(getattr(world, field))} must be text")
    for field in _FUNCTIONS:
        given = getattr(world, field)
        if not (
            callable(given) or (given is None and field != "layout") or (field == "arms" and isinstance(given, Mapping))
        ):
            yield _Flaw("World", "", f"{field} = {show(given)} must be a function")
    if world.film is not None and not isinstance(world.film, Film):
        yield _Flaw("World", "", "film must be a Film(play, steps, entities, kinds), from evo.worlds.world")
    for what, kind in (("knobs", Knob), ("traits", Trait), ("probes", Trait)):
        declared = getattr(world, what)
        if not isinstance(declared, (tuple, list)) or not all(isinstance(one, kind) for one in declared):
            yield _Flaw("World", "", f"{what} must be a tuple of {kind.__name__}")
            return
        for one in declared:
            if bad := next((f for f in ("name", "unit", "meaning") if not isinstance(getattr(one, f), str)), None):
                yield _Flaw(kind.__name__, str(one.name), f"{bad} = {show(getattr(one, bad))} must be text")
                return
        names = [one.name for one in (*world.traits, *declared)] if what == "probes" else [one.name for one in declared]
        if twice := next((name for name in names if names.count(name) > 1), None):
            yield _Flaw(kind.__name__, twice, f"there are two of the name '{twice}' ({kind.__name__})")
    first = next((trait.name for trait in world.traits), "")
    if first != "fitness" and any(trait.name == "fitness" for trait in world.traits):
        yield _Flaw("Trait", "fitness", f"selection sees the first trait, which is '{first}'; put 'fitness' first")
    if not world.traits:
        yield _Flaw("World", "", "the world has no traits; the first is the training fitness")
    if (world.probe is None) != (not world.probes):
        says = "probes names scores of no probe" if world.probes else "probe needs probes=(...), which name its scores"
        yield _Flaw("World", "", says)
    knobs = [knob.name for knob in world.knobs]
    if not isinstance(world.probe_sets, (tuple, list)):
        yield _Flaw("World", "", f"probe_sets = {show(world.probe_sets)} must be a tuple of names of knobs")
    elif other := next((name for name in world.probe_sets if name not in knobs), None):
        yield _Flaw("World", "", f"probe_sets: there is no knob {show(other)}; {closest(str(other), knobs)}")
    if not callable(world.arms) and (other := next((arm for arm in world.arms or () if arm not in ARMS), None)):
        yield _Flaw("World", "", f"arms: there is no arm '{other}'; {closest(str(other), list(ARMS))}")
    for knob in world.knobs:
        if why := _of_knob(knob):
            yield _Flaw("Knob", knob.name, f"knob '{knob.name}': {why}")
    traits = [trait.name for trait in world.traits]
    if world.progress is not None and world.progress not in traits:
        yield _Flaw("World", "", f"progress = '{world.progress}' is no trait; {closest(str(world.progress), traits)}")


def _of_knob(knob: Knob) -> str:
    numbers = (knob.low, knob.default, knob.high)
    if not all(isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value) for value in numbers):
        return "its default and bounds must be finite numbers"
    if not knob.low <= knob.default <= knob.high:
        return f"its default {knob.default:g} is not from {knob.low:g} to {knob.high:g}"
    if knob.integer and knob.default != int(knob.default):
        return f"its default {knob.default:g} is no whole number"
    return ""


def check_declared(world: World, source: Source) -> None:
    """Whether what a world declares can be used.

    Raises
    ------
    WorldError : the first thing that cannot, with its line
    """
    tree = ast.parse(source.content)
    for flaw in flaws(world):
        raise wrong(source, _declared(tree, flaw.kind, flaw.name), flaw.says)
    for name, says in undecorated(world):
        kernel = world.kernel(name)
        raise wrong(source, _defined(tree, getattr(getattr(kernel, "py_func", kernel), "__name__", "")), says)


def undecorated(world: World) -> Iterator[tuple[str, str]]:
    """Kernels without their own decorator: which, and what is said of that."""
    for name, takes in TAKES.items():
        kernel = world.kernel(name)
        if kernel is None and name != "live":
            continue
        says = f"{name} needs @{name}_kernel above it (from evo.worlds.world)"
        if not isinstance(kernel, _DISPATCHER):
            yield name, says
        elif kernel._can_compile or len(kernel.nopython_signatures[0].args) != len(takes):
            yield name, f"{says}, and no other decorator"


def _defined(tree: ast.Module, name: str) -> int | None:
    """The line of a function's definition."""
    return next((n.lineno for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name), None)


def _declared(tree: ast.Module, kind: str, name: str) -> int | None:
    """The last line that declares a knob or trait of that name, or the world."""
    lines = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == kind
        and (not name or any(isinstance(part, ast.Constant) and part.value == name for part in _given(node)))
    ]
    return max(lines, default=None)


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]
