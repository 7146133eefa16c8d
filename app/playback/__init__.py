"""Sound for the window, without Qt: a player on top of the engine's mixer, and the devices it may play through."""

from app.playback.player import Player

__all__ = ["Player"]
