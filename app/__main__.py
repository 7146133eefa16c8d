"""`bandsaw`: a window without arguments or with songs, a command line with the name of a command."""

from __future__ import annotations

import argparse
import ctypes
import gc
import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.startup import display_obstacle, missing_library_text
from engine import __version__
from engine.api import COMMANDS, run_command_line


def main(argv: Sequence[str] | None = None) -> int:
    """Run Bandsaw.

    Args:
        argv: Arguments without the program's name; None takes those of the process.

    Returns:
        The exit code; 1 with one sentence on standard error when there can be no window.
    """
    multiprocessing.freeze_support()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] in COMMANDS:
        return run_command_line(arguments)
    files = [Path(name).absolute() for name in _parser().parse_args(arguments).files]
    obstacle = display_obstacle(os.environ, ctypes.CDLL)
    if obstacle:
        sys.stderr.write(obstacle + "\n")
        return 1
    gc.disable()  # nearly all that is made until the window is open stays, and looking for garbage takes a tenth of it
    try:
        from app.compose import run
    except ImportError as error:
        sys.stderr.write(missing_library_text(error) + "\n")
        return 1
    return run(files)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bandsaw",
        description="Split songs into stems. Opens the window, with the given songs if there are any.",
        epilog=f"Without a window: bandsaw {'|'.join(COMMANDS)}; each has a --help of its own.",
    )
    parser.add_argument("files", nargs="*", metavar="SONG", help="songs or folders of songs to split")
    parser.add_argument("--version", action="version", version=f"Bandsaw {__version__}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
