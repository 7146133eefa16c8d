"""Where the machine code of compiled kernels is kept between starts."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import platformdirs

_HERE = Path(__file__).parent


def kernel_cache() -> Path:
    """A folder of the user's cache (or of NUMBA_CACHE_DIR), one for each state of the kernels' sources.

    numba by itself would write beside the sources, where it may not be allowed to, and would look only at the file of
    the function that it compiled, not at what that function is made of.
    """
    digest = hashlib.sha256()
    for source in sorted([*_HERE.glob("simd*.py"), *_HERE.glob("f*.py")]):
        digest.update(source.read_bytes())
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    root = Path(chosen) if chosen else platformdirs.user_cache_path("bandsaw", appauthor=False) / "kernels"
    return root / digest.hexdigest()[:16]
