"""Start Bandsaw from its bundle; the script `bandsaw` runs this with the interpreter of the bundle.

The libraries in the folder `libraries` are those that some systems lack. Where the system has one, that one is used,
because it fits the system's drivers and servers.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import sys
from pathlib import Path

LIBRARIES = Path(__file__).resolve().parents[1] / "libraries"


def load_missing_libraries(folder: Path) -> None:
    """Load what the system lacks, so that whoever asks for it by name finds it loaded."""
    for library in sorted(folder.iterdir()):
        try:
            ctypes.CDLL(library.name)
        except OSError:
            with contextlib.suppress(OSError):  # without the system's graphics the window itself says what it lacks
                ctypes.CDLL(str(library))


def main() -> int:
    """Run Bandsaw with the arguments of the process and return its exit code."""
    from app.__main__ import main as run

    load_missing_libraries(LIBRARIES)
    system_find = ctypes.util.find_library

    def find_library(name: str) -> str | None:
        ours = next((library.name for library in LIBRARIES.glob(f"lib{name}.so*")), None)
        return system_find(name) or ours

    ctypes.util.find_library = find_library  # how sounddevice looks for PortAudio
    sys.argv[0] = "bandsaw"  # Qt names the window's class after it
    return run()


if __name__ == "__main__":
    sys.exit(main())
