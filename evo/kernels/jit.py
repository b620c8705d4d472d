"""The one decorator for nopython code, with a disk cache that notices every edit.

Numba's own cache compares a function only with the file it stands in, so an edit to `rng.py` would leave a stale
`evolve` behind. Here the cache folder carries a hash of all kernel sources and of the numba version instead.
"""

import gc
import hashlib
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np

_CONFIG: Any = numba.config  # CACHE_DIR is public (NUMBA_CACHE_DIR), but not in the type stubs
_NJIT: Any = numba.njit

F = TypeVar("F", bound=Callable[..., Any])


def _cache_folder() -> Path:
    here = Path(__file__).parent
    stamp = hashlib.sha256(f"{numba.__version__} {np.__version__} {platform.python_version()}".encode())
    for source in sorted(here.glob("*.py")):
        stamp.update(source.read_bytes())
    home = here if os.access(here, os.W_OK) else Path.home() / ".cache" / "evo"
    return home / "__pycache__" / f"jit-{stamp.hexdigest()[:16]}"


_FOLDER = _cache_folder()
if not _FOLDER.exists():
    for stale in _FOLDER.parent.glob("jit-*"):
        shutil.rmtree(stale, ignore_errors=True)


@contextmanager
def _compiling() -> Iterator[None]:
    """The cache is ours, and no garbage is collected: looking for it took an eighth of the time, to save 100 MB."""
    before, collecting = _CONFIG.CACHE_DIR, gc.isenabled()
    _CONFIG.CACHE_DIR = str(_FOLDER)
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
        with _compiling():
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
