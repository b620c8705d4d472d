"""The one decorator for nopython code, with a disk cache that notices every edit; and the types that kernels take.

Numba's own cache compares a function only with the file it stands in, so an edit to `rng.py` would leave a stale
`evolve` behind. Here the cache folder carries a hash of all sources that its functions can call, and of the numba
version: of `evo/kernels` for kernels, of `evo/kernels` and `evo/worlds` for worlds.
"""

import gc
import hashlib
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

import numba
import numpy as np
from numba import types

from evo.places import caches

_CONFIG: Any = numba.config  # CACHE_DIR is public (NUMBA_CACHE_DIR), but not in the type stubs
_NJIT: Any = numba.njit

F = TypeVar("F", bound=Callable[..., Any])


# Arrays that kernels take, by element and dimensions, C-contiguous: np.ndarray for a reader, more for `type_of`.
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


def _cache_folder(kind: str, *folders: str) -> Path:
    """Where compiled functions go whose sources are in these folders of evo; those of other versions are removed."""
    here = Path(__file__).parent
    stamp = hashlib.sha256(f"{numba.__version__} {np.__version__} {platform.python_version()}".encode())
    for folder in folders:
        for source in _sources(here.parent / folder):
            stamp.update(source.read_bytes())
    home = (here if os.access(here, os.W_OK) else caches()) / "__pycache__"
    found = home / f"{kind}-{stamp.hexdigest()[:16]}"
    if not found.exists():
        for stale in home.glob(f"{kind}-*"):
            shutil.rmtree(stale, ignore_errors=True)
    return found


_KERNELS, _WORLDS = _cache_folder("jit", "kernels"), _cache_folder("jit_worlds", "kernels", "worlds")


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
                cache=True,
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
