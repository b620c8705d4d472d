"""The one decorator for nopython code, with a disk cache that notices every edit; and the types that kernels take.

Numba's own cache compares a function only with the file it stands in, so an edit to `rng.py` would leave a stale
`evolve` behind. Here each file has a cache folder, which carries a hash of all sources that its functions can call, and
of the numba version. An edit to `genealogy.py` leaves `evolve` as it was compiled.
"""

import dis
import gc
import hashlib
import logging
import os
import platform
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Annotated, Any, TypeVar, get_type_hints

import numba
import numpy as np
from numba import types
from numba.core.event import Event, Listener, register

from evo.places import caches, sources, temporary, writable

_LOG = logging.getLogger("evo")
WATCHED = "evo_watched_"  # how the names of kernels begin that watch themselves while a world is tried
_OTHERS = 3  # versions whose compiled code is kept beside this one's: of another Python, of another branch
_CONFIG: Any = numba.config  # CACHE_DIR is public (NUMBA_CACHE_DIR), but not in the type stubs
_NJIT: Any = numba.njit

F = TypeVar("F", bound=Callable[..., Any])


# Arrays that kernels take, by element and dimensions, C-contiguous: np.ndarray for a reader, more for `type_of`.
B_1 = Annotated[np.ndarray, types.boolean[::1]]
U8_1 = Annotated[np.ndarray, types.uint8[::1]]
I32_1 = Annotated[np.ndarray, types.int32[::1]]
I32_2 = Annotated[np.ndarray, types.int32[:, ::1]]
F32_1 = Annotated[np.ndarray, types.float32[::1]]
I64_1 = Annotated[np.ndarray, types.int64[::1]]
I64_2 = Annotated[np.ndarray, types.int64[:, ::1]]
I64_3 = Annotated[np.ndarray, types.int64[:, :, ::1]]
U64_1 = Annotated[np.ndarray, types.uint64[::1]]
U64_2 = Annotated[np.ndarray, types.uint64[:, ::1]]
U64_3 = Annotated[np.ndarray, types.uint64[:, :, ::1]]
F64_1 = Annotated[np.ndarray, types.float64[::1]]
F64_2 = Annotated[np.ndarray, types.float64[:, ::1]]
F64_3 = Annotated[np.ndarray, types.float64[:, :, ::1]]
F64_4 = Annotated[np.ndarray, types.float64[:, :, :, ::1]]
F64_5 = Annotated[np.ndarray, types.float64[:, :, :, :, ::1]]
_NUMBERS = {int: types.int64, float: types.float64, bool: types.boolean}


def type_of(kind: Any) -> Any:
    """Numba's type of a number, an array above, or a NamedTuple of any of these."""
    if kind in _NUMBERS:
        return _NUMBERS[kind]
    if hasattr(kind, "__metadata__"):
        return kind.__metadata__[0]
    fields = get_type_hints(kind, include_extras=True)
    return types.BaseTuple.from_types([type_of(fields[name]) for name in kind._fields], kind)


_PACKAGE = Path(__file__).parent.parent
_CALLED = "evo.kernels", "evo.worlds"  # whose functions are called from compiled code
_IMPORT = re.compile(r"^ *(?:from|import) +(evo\.(?:kernels|worlds)[\w.]*)(?: +import +(\([^)]*\)|.*))?", re.M)


@cache
def _content(module: str) -> str | None:
    """The source of a module of evo; None where there is no such module."""
    file = f"{_PACKAGE}/{'/'.join(module.split('.')[1:])}.py"
    try:
        return Path(file).read_text(encoding="utf-8")
    except OSError:
        return None


@cache
def _imported(module: str) -> list[str]:
    """Modules of kernels and worlds that a module imports, at its top or in a function."""
    found = []
    for name, names in _IMPORT.findall(_content(module) or ""):
        if _content(name) is not None:
            found.append(name)
        else:  # a package, of which it imports modules
            found += [f"{name}.{one}" for one in re.findall(r"\w+", names) if _content(f"{name}.{one}") is not None]
    return found


def reached(module: str) -> list[str]:
    """Modules whose functions those of a module can call, itself with them; all there are, where it is not of evo."""
    if not module.startswith("evo."):
        files = [file for package in _CALLED for file in sources(_PACKAGE / package[4:])]
        return sorted(".".join(["evo", *file.relative_to(_PACKAGE).with_suffix("").parts]) for file in files)
    found: set[str] = set()
    new = {module}
    while new:
        found |= new
        new = {further for one in new for further in _imported(one)} - found
    return sorted(found)


def _home() -> Path:
    """Where compiled code is kept: where NUMBA_CACHE_DIR says, beside the kernels, in the user's caches, or for now."""
    beside = Path(__file__).parent / "__pycache__"
    for folder in ([Path(_CONFIG.CACHE_DIR) / "evo"] if _CONFIG.CACHE_DIR else []) + [beside, caches()]:
        if writable(folder):
            return folder
    folder = temporary()
    _LOG.warning(f"compiled code goes into {folder}: neither evo's own folder nor {caches()} can be written")
    return folder


@cache
def _cache_folder(home: Path, module: str) -> Path:
    """Where compiled functions of a module go. Of other versions the latest are kept."""
    stamp = hashlib.sha256(f"{numba.__version__} {np.__version__} {platform.python_version()}".encode())
    for source in reached(module):
        stamp.update(f"{source}\0{_content(source)}".encode())
    kind = module.removeprefix("evo.") if module.startswith("evo.") else "own"
    found = home / f"{kind}-{stamp.hexdigest()[:16]}"
    with suppress(OSError):  # another process may be at the same
        if not found.exists():
            others = sorted(home.glob(f"{kind}-*"), key=lambda path: -path.stat().st_mtime)
            for stale in others[_OTHERS:]:
                shutil.rmtree(stale, ignore_errors=True)
        else:
            os.utime(found)
    return found


_HOME = _home()


class _Compiling(Listener):
    """Says that code is compiled, when it is; once for the kernels, for each world, and for those that are tried."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def on_start(self, event: Event) -> None:
        """A function begins to be compiled: there was none of it in the cache."""
        function = getattr((event.data or {}).get("dispatcher"), "py_func", None)
        module = getattr(function, "__module__", "")
        if getattr(function, "__name__", "").startswith(WATCHED) or module.startswith("evo.worlds.check."):
            which, says = "watched", "trying the world, a few seconds ..."
        elif module.startswith("evo.kernels."):
            which, says = "kernels", "compiling the kernels, half a minute or so, once for each version ..."
        else:
            which = "rooms" if module.startswith("evo.worlds.grid.") else module  # a task is of many modules
            says = "compiling the world, a few seconds, once for each version ..."
        if module.startswith(("evo.", "evo_world_")) and which not in self._said:
            self._said.add(which)
            _LOG.info(says)

    def on_end(self, event: Event) -> None:
        """It was compiled."""


register("numba:compile", _Compiling())


@contextmanager
def _compiling(module: str) -> Iterator[None]:
    """The cache is ours, and no garbage is collected: looking for it took an eighth of the time, to save 100 MB."""
    before, collecting = _CONFIG.CACHE_DIR, gc.isenabled()
    _CONFIG.CACHE_DIR = str(_cache_folder(_HOME, module))
    gc.disable()
    try:
        yield
    finally:
        _CONFIG.CACHE_DIR = before
        if collecting:
            gc.enable()


def _kept(function: Any) -> bool:
    """Whether compiled code is kept: of evo, and of worlds by path, whose names and folders go by content.

    Numba keeps others by the time of their file, and does not see what they call: stale code would be run.
    """
    return bool(function.__module__.startswith(("evo.", "evo_world_")))


def _refuse(*_: Any, **__: Any) -> None:
    raise TypeError("this kernel is for other kernels only; without inner=True, Python could call it too")


def _ignore(*_: Any, **__: Any) -> None:
    pass


def kernel(*signature: Any, inline: bool = False, inner: bool = False) -> Callable[[F], F]:
    """Compile a function in nopython mode: GIL released, cached on disk, numpy's rules for division by zero.

    Parameters
    ----------
    *signature : numba signature, optional
        Give one to compile at once for these types only; without, each new argument type compiles on first call.
    inline : make LLVM put the function's code in place of every call; for small ones in the hottest loops
    inner : only other kernels may call it: no entry from Python is compiled, which can take as long as the rest
    """

    def decorate(function: F) -> F:
        with _compiling(function.__module__):
            compiled = _NJIT(
                *signature,
                cache=_kept(function),
                nogil=True,
                error_model="numpy",
                forceinline=inline,
                no_cpython_wrapper=inner,
                no_cfunc_wrapper=not signature,  # only functions of a fixed signature are ever passed as values
            )(function)
        if inner:  # numba itself would jump to the entry that is not there
            compiled._insert, compiled._compile_for_args = _ignore, _refuse
        return compiled

    return decorate


def filled(template: Any, module: str, **given: Any) -> Any:
    """A copy of a Python function in which some of its global names stand for what is given; to be compiled.

    Passed as arguments kernels would be called as well, but numba does not keep what takes functions as values.

    Parameters
    ----------
    template : with a kernel or number of its own behind each name, which stays where none is given
    module : `__name__` of who asks: its compiled code is kept with theirs
    **given : kernels, which close over nothing, and numbers

    Raises
    ------
    TypeError : the function uses no such name, or cannot be given that
    """
    known = {one.argval for one in dis.get_instructions(template) if one.opname == "LOAD_GLOBAL"}
    called = [template.__qualname__, module]
    for name, one in sorted(given.items()):
        if name not in known or name not in template.__globals__:
            raise TypeError(f"{template.__name__} has no place for '{name}'")
        function = getattr(one, "py_func", None)
        if not isinstance(one, int | float | np.number) and (function is None or function.__closure__):
            raise TypeError(f"{name} must be a kernel that closes over nothing, or a number, and is {one!r:.60}")
        where = function and (function.__module__, function.__qualname__, function.__code__.co_firstlineno)
        called.append(f"{name} {where or one}")
    copy = FunctionType(template.__code__, template.__globals__ | given, template.__name__)
    # What numba keeps goes by this name: two copies must not be taken for each other.
    copy.__qualname__ = f"{template.__name__}_{hashlib.sha256(str(called).encode()).hexdigest()[:16]}"
    copy.__module__, copy.__doc__ = module, template.__doc__
    return copy
