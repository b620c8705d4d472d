"""A world's kernels, written anew so that they watch themselves: `watch.py` says how.

Numba's own checks of bounds name neither the array nor the line, and a kernel called by another is compiled without
them. So the syntax tree is changed: of the world's own functions, and of whatever kernels of evo they call.
"""

import ast
import builtins
import inspect
import itertools
import random
import textwrap
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import numba
import numpy as np
from numba.core.dispatcher import Dispatcher

from evo.kernels.genome import count_ones, get_locus
from evo.kernels.jit import WATCHED
from evo.worlds.check import watch

_NOTE = "evo_note_"
_NJIT: Any = numba.njit
_STREAMS = "evo.kernels.rng"  # draws look at nothing but their stream, and many are heavy to compile


class Site(NamedTuple):
    """A subscript, or an array of scratch, of the source."""

    function: str
    line: int
    array: str
    text: str
    own: bool  # in the world's own file


class Watched(NamedTuple):
    """A kernel that watches itself: called with a note, then the arguments of the kernel."""

    call: Callable[..., None]
    sites: dict[int, Site]  # by the number in the note
    scratch: dict[int, Site]
    random: list[Site]  # draws from streams that are not the agents' own


def is_kernel(found: Any) -> bool:
    """Whether it is a compiled function."""
    return isinstance(found, Dispatcher)


def tree_of(function: FunctionType) -> ast.FunctionDef | None:
    """The syntax tree of a function's definition, with the line numbers of its file; None where there is no source."""
    code = function.__code__
    try:
        lines, first = inspect.getsourcelines(code)
        body = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError, TypeError):
        return None
    for node in ast.walk(body):
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__:
            ast.increment_lineno(node, first - 1)
            return node
    return None


class Workshop:
    """Makes watched kernels, each once. home: the name of the module whose functions are the world's own."""

    def __init__(self, home: str):
        self._home = home
        self._made: dict[int, str] = {}
        self._names: dict[str, Any] = {
            "evo_within_": watch.within, "evo_poisoned_": watch.poisoned, "evo_tick_": watch.tick,
            "evo_shift_": watch.shift, "evo_locus_": watch.locus,
        }  # fmt: skip
        self._count = itertools.count(1)
        self.sites: dict[int, Site] = {}
        self.scratch: dict[int, Site] = {}
        self.random: list[Site] = []

    def watched(self, dispatcher: Any) -> Watched:
        """The watched kernel. Raises whatever numba does where it cannot be compiled."""
        return Watched(self._names[self.name_of(dispatcher)], self.sites, self.scratch, self.random)

    def watches(self, found: Any) -> bool:
        """Whether calls of it are watched in their turn: kernels of the world's file, and of evo."""
        if not is_kernel(found) or found.py_func.__module__ == _STREAMS:
            return False
        return found.py_func.__module__ == self._home or str(found.py_func.__module__).startswith("evo.")

    def is_own(self, function: FunctionType) -> bool:
        """Whether it stands in the world's file; a template of evo that the world has filled does not."""
        return function.__globals__.get("__name__") == self._home

    def name_of(self, dispatcher: Any) -> str:
        """The name of its watched twin in the name space of all that are."""
        if id(dispatcher) in self._made:
            return self._made[id(dispatcher)]
        function = dispatcher.py_func
        name = self._made[id(dispatcher)] = f"{WATCHED}{next(self._count)}_{function.__name__}"
        tree = tree_of(function)
        if tree is None:
            raise OSError(f"the source of {function.__name__} cannot be found")
        tree = _Rewriting(self, function).visit(tree)
        tree.name, tree.decorator_list, tree.returns = name, [], None
        tree.args.args.insert(0, ast.arg(_NOTE))
        for argument in tree.args.args:
            argument.annotation = None
        module = ast.fix_missing_locations(ast.Module([tree], []))
        space = _Space(function, self._names)
        exec(compile(module, function.__code__.co_filename, "exec"), space)
        options = {key: dispatcher.targetoptions[key] for key in ("fastmath",) if key in dispatcher.targetoptions}
        self._names[name] = _NJIT(boundscheck=True, error_model="numpy", nogil=True, **options)(space[name])
        space.update(self._names)
        return name

    def site(self, sites: dict[int, Site], function: FunctionType, node: ast.AST, array: str) -> int:
        """The number of a new site."""
        number = next(self._count)
        sites[number] = Site(function.__name__, node.lineno, array, ast.unparse(node), self.is_own(function))  # type: ignore[attr-defined]
        return number


class _Space(dict[str, Any]):
    """The globals of a function, what it closes over, and the watched kernels."""

    def __init__(self, function: FunctionType, names: dict[str, Any]):
        super().__init__(function.__globals__)
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            self[name] = cell.cell_contents
        self.update(names)


def _is_random(found: Any) -> bool:
    """Whether it draws from a stream of numpy's or Python's own."""
    owner = getattr(found, "__self__", None)
    if isinstance(owner, (np.random.RandomState, np.random.Generator, random.Random)):
        return True
    module = getattr(found, "__module__", None) or ""
    return module == "random" or module.startswith("numpy.random")


class _Rewriting(ast.NodeTransformer):
    """Changes one function."""

    def __init__(self, shop: Workshop, function: FunctionType):
        self._shop, self._function = shop, function
        self._own = shop.is_own(function)
        self._known = _Space(function, {})
        self._locals = {*function.__code__.co_varnames, *function.__code__.co_cellvars}

    # --- what names stand for

    def _resolve(self, node: ast.AST) -> Any:
        """What a name or dotted name stands for; None where only running would tell."""
        if isinstance(node, ast.Name):
            if node.id in self._locals:
                return None
            return self._known.get(node.id, getattr(builtins, node.id, None))
        if isinstance(node, ast.Attribute):
            owner = self._resolve(node.value)
            return getattr(owner, node.attr, None) if isinstance(owner, (ModuleType, type)) else None
        return None

    def _pure(self, node: ast.AST) -> bool:
        """Whether it may be computed twice: it calls nothing but conversions and functions of modules."""
        for part in ast.walk(node):
            if isinstance(part, (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)):
                return False
            if isinstance(part, ast.Call):
                found = self._resolve(part.func)
                if found is None or is_kernel(found) or _is_random(found):
                    return False
        return True

    # --- statements say where they are

    def _marked(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        done: list[ast.stmt] = []
        for statement in statements:
            changed = self.visit(statement)
            if self._own and not isinstance(statement, (ast.FunctionDef, ast.Global, ast.Nonlocal)):
                note = ast.Subscript(ast.Name(_NOTE, ast.Load()), ast.Constant(watch.NOTE.line), ast.Store())
                here = ast.copy_location(ast.Assign([note], ast.Constant(statement.lineno)), statement)
                done.append(here)
            done.append(changed)
        return done

    def _ticking(self, node: Any) -> Any:
        call = ast.Expr(ast.Call(ast.Name("evo_tick_", ast.Load()), [ast.Name(_NOTE, ast.Load())], []))
        node.body.insert(0, ast.copy_location(call, node))
        return node

    def visit(self, node: ast.AST) -> Any:
        """Change whatever has a body, then the rest."""
        found = super().visit(node)
        return self._ticking(found) if isinstance(found, (ast.For, ast.While)) else found

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Change what is in a node; statements of a body are marked."""
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(node, name, self._marked(value))
            elif isinstance(value, list):
                setattr(node, name, [self.visit(v) if isinstance(v, ast.AST) else v for v in value])
            elif isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        """Annotations of variables are left out: they may be names that are not there."""
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return self.visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    # --- expressions

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        """array[i, j] becomes within(within(array, i, 0, ...), j, 1, ...)[i, j]."""
        places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        simple = all(_is_plain(place) and self._pure(place) for place in places)
        site = self._shop.site(self._shop.sites, self._function, node, ast.unparse(node.value)) if simple else 0
        value, slices = self.visit(node.value), self.visit(node.slice)
        if simple:
            for axis, place in enumerate(slices.elts if isinstance(slices, ast.Tuple) else [slices]):
                if not isinstance(place, ast.Slice):
                    note = ast.Name(_NOTE, ast.Load())
                    arguments: list[Any] = [value, _copy(place), ast.Constant(axis), note, ast.Constant(site)]
                    value = ast.copy_location(ast.Call(ast.Name("evo_within_", ast.Load()), arguments, []), node)
        return ast.copy_location(ast.Subscript(value, slices, node.ctx), node)

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        """a << n becomes a << shift(n, ...): past its last bit a word is what the processor makes of it."""
        return self._shifted(node, "right")

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        """The same of a <<= n."""
        return self._shifted(node, "value")

    def _shifted(self, node: Any, by: str) -> Any:
        if not self._own or not isinstance(node.op, (ast.LShift, ast.RShift)):
            return self.generic_visit(node)
        site = self._shop.site(self._shop.sites, self._function, node, watch.SHIFT)
        self.generic_visit(node)
        arguments: list[Any] = [getattr(node, by), ast.Name(_NOTE, ast.Load()), ast.Constant(site)]
        setattr(node, by, ast.copy_location(ast.Call(ast.Name("evo_shift_", ast.Load()), arguments, []), node))
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        """Calls of kernels go to their watched twins, np.empty is poisoned, draws from other streams are noted."""
        found = self._resolve(node.func)
        text = ast.unparse(node.func)
        if found is np.empty or found is np.empty_like:
            site = self._shop.site(self._shop.scratch, self._function, node, text)
            arguments: list[Any] = [self.generic_visit(node), ast.Name(_NOTE, ast.Load()), ast.Constant(site)]
            return ast.copy_location(ast.Call(ast.Name("evo_poisoned_", ast.Load()), arguments, []), node)
        if found is not None and self._own and _is_random(found):
            self._shop.random.append(Site(self._function.__name__, node.lineno, text, ast.unparse(node), True))
        self._look_at_locus(node, found)
        self.generic_visit(node)
        if self._shop.watches(found):
            node.func = ast.copy_location(ast.Name(self._shop.name_of(found), ast.Load()), node)
            node.args.insert(0, ast.Name(_NOTE, ast.Load()))
        return node

    def _look_at_locus(self, node: ast.Call, found: Any) -> None:
        """A locus past the last of a genome is 0 within the last word, and whoever reads it has miscounted.

        Of rows of `bits` alone, as kernels of worlds are given them.
        """
        readers = {get_locus: (1, 0), count_ones: (2, 1)}
        if not self._own or found not in readers or node.keywords or any(map(_is_star, node.args)):
            return
        row = node.args[0].value if isinstance(node.args[0], ast.Subscript) else node.args[0]
        at, last = readers[found]
        if not isinstance(row, ast.Name) or row.id != "bits" or row.id not in self._locals or len(node.args) <= at:
            return
        site = self._shop.site(self._shop.sites, self._function, node, watch.LOCUS)
        call = [node.args[at], ast.Constant(last), ast.Name(_NOTE, ast.Load()), ast.Constant(site)]
        node.args[at] = ast.copy_location(ast.Call(ast.Name("evo_locus_", ast.Load()), call, []), node.args[at])


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.Starred)


def _is_plain(node: ast.AST) -> bool:
    """Whether it stands for one axis: neither None nor ... nor a star."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int) and not isinstance(node.value, bool)
    return not isinstance(node, ast.Starred)


def _copy(node: ast.AST) -> Any:
    return ast.parse(ast.unparse(node), mode="eval").body
