"""What the window shows of its songs: which there are, which one is on show, and how far all of them are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from app.viewmodel.overall import Overall
from app.viewmodel.queue import Song, Songs

Page = Literal["empty", "running", "ready", "error"]


@dataclass(frozen=True)
class SessionState:
    """What the window shows.

    Attributes:
        songs: In the order in which they are split.
        selected: Key of the song on show; None without songs.
        paused: Whether splitting is held.
        overall: How far all songs together are; None when there is nothing to do.
    """

    songs: Songs = field(default_factory=Songs)
    selected: int | None = None
    paused: bool = False
    overall: Overall | None = None

    @property
    def song(self) -> Song | None:
        """The song on show."""
        return self.songs.find(self.selected)

    @property
    def page(self) -> Page:
        """Which page the window shows."""
        song = self.song
        if song is None:
            return "empty"
        if song.phase == "ready":
            return "ready"
        return "error" if song.phase == "failed" else "running"

    @property
    def working(self) -> bool:
        """Whether a song is being split and not held."""
        return self.songs.running() is not None and not self.paused
