"""The one decorator for nopython code, with a disk cache that notices every edit; and the types that kernels take.

Numba's own cache compares a function only with the file it stands in, so an edit to `rng.py` would leave a stale
`evolve` behind. Here the cache folder carries a hash of all sources that its functions can call, and of the numba
version: of `evo/kernels` for kernels, of `evo/kernels` and `evo/worlds` for worlds.
"""

import gc
import hashlib
import logging
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

import numba
import numpy as np
from numba import types
from numba.core.event import Event, Listener, register

from evo.places import caches, temporary, writable

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


def _sources(folder: Path) -> Iterator[Path]:
    """Python files of a folder and those in it, in order; not of caches, which come and go."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != "__pycache__":
            yield from _sources(path)
        elif path.suffix == ".py":
            yield path


def _home() -> Path:
    """Where compiled code is kept: where NUMBA_CACHE_DIR says, beside the kernels, in the user's caches, or for now."""
    beside = Path(__file__).parent / "__pycache__"
    for folder in ([Path(_CONFIG.CACHE_DIR) / "evo"] if _CONFIG.CACHE_DIR else []) + [beside, caches()]:
        if writable(folder):
            return folder
    folder = temporary()
    _LOG.warning(f"compiled code goes into {folder}: neither evo's own folder nor {caches()} can be written")
    return folder


def _cache_folder(home: Path, kind: str, *folders: str) -> Path:
    """Where compiled functions go whose sources are in these folders of evo. Of other versions the latest are kept."""
    here = Path(__file__).parent
    stamp = hashlib.sha256(f"{numba.__version__} {np.__version__} {platform.python_version()}".encode())
    for folder in folders:
        for source in _sources(here.parent / folder):
            stamp.update(source.read_bytes())
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
_KERNELS, _WORLDS = _cache_folder(_HOME, "jit", "kernels"), _cache_folder(_HOME, "jit_worlds", "kernels", "worlds")


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
            which, says = "kernels", "compiling the kernels, about 20 seconds, once for each version ..."
        else:
            which, says = module, "compiling the world, a few seconds, once for each version ..."
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
    _CONFIG.CACHE_DIR = str(_KERNELS if module.startswith("evo.kernels.") else _WORLDS)
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
