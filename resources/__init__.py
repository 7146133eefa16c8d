"""Files that ship with Bandsaw: icons, styles, the demo song, models."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent


def demo_song() -> Path | None:
    """The song to try first, or None in a copy without it."""
    return next(iter(sorted((ROOT / "demo").glob("*.flac"))), None)
