"""Where the machine code of compiled kernels is kept between starts."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, cast

import numba
import platformdirs
from numba.core.registry import cpu_target

_HERE = Path(__file__).parent


def processor() -> tuple[str, str, str]:
    """Kind of machine, name and features of the processor that numba compiles for, as LLVM calls them.

    That of this machine, unless NUMBA_CPU_NAME and NUMBA_CPU_FEATURES choose a lesser one.
    """
    context = cast("Any", cpu_target.target_context)
    return context.codegen().magic_tuple()


def kernel_cache() -> Path:
    """A folder of the user's cache (or of NUMBA_CACHE_DIR), one for each state of the kernels, numba and processor.

    numba by itself would write beside the sources, where it may not be allowed to, and would look only at the file of
    the function that it compiled, not at what that function is made of.
    """
    digest = hashlib.sha256(repr((numba.__version__, processor())).encode())
    for source in sorted([*_HERE.glob("simd*.py"), *_HERE.glob("f*.py")]):
        digest.update(source.read_bytes())
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    root = Path(chosen) if chosen else platformdirs.user_cache_path("bandsaw", appauthor=False) / "kernels"
    return root / digest.hexdigest()[:16]
