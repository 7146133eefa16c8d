"""Keeps one output open for a song: the next one where one fails, a slower one where it runs dry."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import reduce

from app.playback.devices import Devices, OutputDevice
from app.playback.output import LATENCIES_SECONDS, OpenOutput, Output, OutputError, SilentOutput
from app.playback.song import PlayedSong
from engine.api import say

# A device that asks for nothing for so long is gone. When it starts it may take its time.
STALL_SECONDS = 0.4
START_SECONDS = 2.0

# A device that runs dry so often within so long needs to keep more sound waiting.
DRY_TIMES = 3
DRY_SECONDS = 10.0


class Chain:
    """The outputs of the player in the order they are tried, and the one that is open.

    Args:
        outputs: Those to try when no device is chosen, or when the chosen one fails.
        clock: Seconds that only go forward.
        devices: The devices to choose from.
    """

    def __init__(self, outputs: Sequence[OpenOutput], clock: Callable[[], float], devices: Devices) -> None:
        self._usual = self._outputs = tuple(outputs)
        self._clock = clock
        self._devices = devices
        self._output: Output | None = None
        self._failures: list[str] = []
        self._underruns = 0  # of devices that were closed
        self._dry: deque[float] = deque(maxlen=DRY_TIMES)
        self._counted = 0
        self.latency_seconds = LATENCIES_SECONDS[0]

    @property
    def name(self) -> str:
        """The open output, in words."""
        return self._output.name if self._output else ""

    @property
    def note(self) -> str:
        """Why it is not the first of the chain; else empty."""
        if not self._failures or self._output is None:
            return ""
        reasons = reduce(lambda first, second: say("{first}; {second}", first=first, second=second), self._failures)
        if isinstance(self._output, SilentOutput):
            return say("No sound, because: {reasons}.", reasons=reasons)
        return say("Playing through {device}, because: {reasons}.", device=self._output.name, reasons=reasons)

    @property
    def underruns(self) -> int:
        """How often outputs ran dry since the song began."""
        return self._underruns + (self._output.underruns if self._output else 0)

    def begin(self, song: PlayedSong) -> None:
        """Open the first device that works."""
        self._open(song)

    def end(self) -> None:
        """Close the device and forget what failed."""
        self._close()
        self._underruns = 0
        if self._failures:
            self._failures.clear()
            self._devices.look_again()  # what was missing may be back

    def start(self, song: PlayedSong) -> None:
        """Let the device, or the next that can, ask for sound."""
        while True:
            output = self._output or self._open(song)
            output.stop()
            song.idle = False
            song.asked_at_seconds = self._clock() + START_SECONDS - STALL_SECONDS
            try:
                output.start()
            except OutputError as error:
                self._fail(error.reason)
            else:
                return

    def attend(self, song: PlayedSong) -> None:
        """Replace a device that has gone; let one that runs dry keep more waiting."""
        output = self._output
        if output is None or isinstance(output, SilentOutput):
            return
        now = self._clock()
        if now - song.asked_at_seconds > STALL_SECONDS:
            self._fail(say("{device} has stopped", device=output.name))
            self._devices.look_again()
            self.start(song)
            return
        self._dry.extend([now] * (output.underruns - self._counted))
        self._counted = output.underruns
        if len(self._dry) == DRY_TIMES and now - self._dry[0] < DRY_SECONDS:
            longer = [seconds for seconds in LATENCIES_SECONDS if seconds > self.latency_seconds]
            if longer:
                self.latency_seconds = longer[0]
                self._close()
                self.start(song)

    def outputs(self, song: PlayedSong | None) -> Sequence[OutputDevice]:
        """What can be chosen."""
        if song is None or song.idle:
            self._close()  # `start` opens it again
            self._devices.look_again()
            if song is not None:
                self._open(song)
        return self._devices.known()

    def choose(self, key: str, latency_seconds: float, song: PlayedSong | None) -> None:
        """Begin anew with another device."""
        self._close()
        self._failures.clear()
        self._outputs = (self._devices.opener(key), *self._usual) if key else self._usual
        self.latency_seconds = latency_seconds
        if song is not None:
            self._devices.look_again()
            self._open(song)
            if not song.idle:
                self.start(song)

    def _open(self, song: PlayedSong) -> Output:
        """Open the first output that has not failed yet."""
        for open_output in self._outputs[len(self._failures) :]:
            try:
                self._output = open_output(song.sample_rate, song.pull, self.latency_seconds)
            except OutputError as error:
                self._failures.append(error.reason)
            else:
                return self._output
        self._output = SilentOutput(song.sample_rate, song.pull, self._clock)
        return self._output

    def _fail(self, reason: str) -> None:
        self._failures.append(reason)
        self._close()

    def _close(self) -> None:
        if self._output is not None:
            self._output.close()
            self._underruns += self._output.underruns
        self._output = None
        self._counted = 0
        self._dry.clear()
