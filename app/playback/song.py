"""The song that is played, as far as the device's thread touches it."""

from __future__ import annotations

from collections.abc import Callable

from app.playback.playhead import Playhead
from app.playback.stream import Stream
from engine.api import Mixer, Samples

# Some devices drop what they hold when they stop, so they get this much silence first.
TAIL_SECONDS = 0.3


class PlayedSong:
    """Renders what the device asks for, until there has been silence for long enough to stop it.

    Attributes:
        idle: Whether the device has been told that there is nothing more to play.
        asked_at_seconds: When the device last asked for sound, on the player's clock.
    """

    def __init__(self, mixer: Mixer, sample_rate: int, clock: Callable[[], float]) -> None:
        self.mixer = mixer
        self.sample_rate = sample_rate
        self.playhead = Playhead(sample_rate)
        self.stream = Stream(mixer, self.playhead, sample_rate)
        self.idle = True
        self.asked_at_seconds = 0.0
        self._clock = clock
        self._tail = round(TAIL_SECONDS * sample_rate)
        self._silent = 0
        mixer.set_playing(False)

    def pull(self, count: int, delay_seconds: float) -> Samples | None:
        """Render the next block, or None when there was silence for long enough to stop the device."""
        self.asked_at_seconds = self._clock()
        if self.mixer.playing:
            self._silent = 0
        elif self._silent < self._tail + self.stream.lag_samples:
            self._silent += count
        else:
            # `play` sets playing and then looks at idle; here it is the other way round, so one always sees the other.
            self.idle = True
            if not self.mixer.playing:
                self.stream.rest()
                return None
            self.idle = False
        return self.stream.take(count, self.asked_at_seconds + delay_seconds)
