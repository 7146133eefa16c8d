"""Functions whose machine code is compiled once for all starts, where it can be kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache

from engine.model.kernel_cache import can_keep, kernel_cache

# Before the first function: numba asks when one is declared.
cast("Any", numba).config.CACHE_DIR = str(kernel_cache())

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Kept(FunctionCache):
    """Does without what cannot be read or written; numba would fail each time, and the function with it."""

    def load_overload(self, sig: object, target_context: object) -> object:
        """The machine code that was kept; None if there is none, or it is damaged, which is then forgotten."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # noqa: BLE001 - a damaged file may be anything
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: object, data: object) -> None:
        """Keep machine code, unless the disk is full or fails."""
        with suppress(OSError):
            super().save_overload(sig, data)


def compiled_once(**options: object) -> Callable[[_Function], _Function]:
    """Compile a function on its first call; later starts find what was compiled.

    Args:
        options: As for `numba.njit`. Python's lock is not held.
    """

    def declare(function: _Function) -> _Function:
        dispatcher = cast("Any", numba.njit)(nogil=True, **options)(function)
        if can_keep():
            dispatcher._cache = _Kept(function)
        return dispatcher

    return declare
