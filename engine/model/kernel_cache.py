"""Where the machine code of compiled kernels is kept between starts."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, cast

import platformdirs

from engine.said import say

_HERE = Path(__file__).parent
_ready: set[str] = set()


def processor() -> tuple[str, str, str]:
    """Kind of machine, name and features of the processor that numba compiles for, as LLVM calls them.

    That of this machine, unless NUMBA_CPU_NAME and NUMBA_CPU_FEATURES choose a lesser one.
    """
    from numba.core.registry import cpu_target

    context = cast("Any", cpu_target.target_context)
    return context.codegen().magic_tuple()


def kernel_cache() -> Path:
    """A folder of the user's cache (or of NUMBA_CACHE_DIR), one for each state of the kernels, numba and processor.

    numba by itself would write beside the sources, where it may not be allowed to, and would look only at the file of
    the function that it compiled, not at what that function is made of. The folder may lie on a network, and belong to
    computers with different processors.
    """
    import numba

    digest = hashlib.sha256(repr((numba.__version__, processor())).encode())
    for source in sorted([*_HERE.glob("simd*.py"), *_HERE.glob("f*.py")]):
        digest.update(source.read_bytes())
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    root = Path(chosen) if chosen else platformdirs.user_cache_path("bandsaw", appauthor=False) / "kernels"
    return root / digest.hexdigest()[:16]


@functools.cache
def can_keep() -> bool:
    """Whether machine code can be written to the folder, which is made if it is not there."""
    try:
        kernel_cache().mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=kernel_cache()).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def getting_ready(kernels: str, tell: Callable[[str], None]) -> Generator[None]:
    """Around the first use of kernels of some name: tells it if they are compiled in here, as none were kept.

    Without numba there is nothing to tell.
    """
    try:
        mark, kept = kernel_cache() / kernels, can_keep()
    except ImportError:
        yield
        return
    if kernels in _ready or mark.exists():
        yield
        return
    if kept:
        tell(say("getting ready for this processor, which happens only once"))
    else:
        folder = str(mark.parent)
        tell(say("getting ready for this processor, at every start, because {folder} cannot be written", folder=folder))
    yield
    _ready.add(kernels)
    if kept:
        with contextlib.suppress(OSError):
            mark.touch()
