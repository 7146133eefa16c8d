"""The command line: the same engine as the window's, for terminals, scripts and servers."""

from __future__ import annotations

import sys
from collections.abc import Sequence

# Words that start a headless command; anything else opens the window.
COMMANDS = (
    "split", "forward", "evaluate", "train", "train-report", "augment-preview", "info", "bench", "compare", "models",
)  # fmt: skip

CANCELLED_EXIT_CODE = 130  # 128 + SIGINT, as shells expect


def run_command_line(arguments: Sequence[str]) -> int:
    """Run one headless command.

    Args:
        arguments: As typed, without the program's name.

    Returns:
        The exit code: 0 all done, 1 something failed, 2 wrong usage, 130 cancelled by the user.
    """
    try:
        from engine.cli.main import main

        return main(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("bandsaw: cancelled\n")
        return CANCELLED_EXIT_CODE
