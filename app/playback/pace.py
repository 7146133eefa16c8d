"""How fast and how high a song is heard."""

from __future__ import annotations

from dataclasses import dataclass

SPEEDS_PERCENT = (50, 150)
SEMITONES = (-12, 12)


@dataclass(frozen=True)
class Pace:
    """Speed and pitch, independent of each other. Whole numbers, so that no position is ever rounded away.

    Attributes:
        speed_percent: Of the song's own speed.
        semitones: How much higher than the song it sounds.
    """

    speed_percent: int = 100
    semitones: int = 0

    @property
    def plain(self) -> bool:
        """Whether the song is heard as it is."""
        return self == PLAIN


PLAIN = Pace()
