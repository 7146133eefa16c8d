"""The ways out to a listener: PortAudio, else miniaudio, else a silent clock, so that the playhead always moves.

An output pulls blocks from its own thread until `pull` returns None. The libraries are imported when they are tried,
because a missing one must not keep the window from opening.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Generator
from typing import Any, Protocol

from engine.api import Samples, say

BLOCK_SAMPLES = 1024

# How much sound a device is asked to keep waiting: first as little as a musician does not notice, then, where it runs
# dry, step by step what a busy machine needs.
LATENCIES_SECONDS = (0.03, 0.06, 0.12, 0.2)

_MINIAUDIO_PERIODS = 3

WASAPI = "Windows WASAPI"  # as PortAudio calls it

Pull = Callable[[int, float], Samples | None]
"""Asks for `count` samples (2, count) that are heard in `delay_seconds`; None when there is nothing more to play."""


class OutputError(Exception):
    """This output cannot be used.

    Attributes:
        reason: In a few words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Output(Protocol):
    """A stereo device of one sample rate."""

    name: str
    underruns: int

    def start(self) -> None:
        """Begin to pull.

        Raises:
            OutputError: The device does not start.
        """
        ...

    def stop(self) -> None:
        """Stop pulling at once; no `pull` runs after this returns."""
        ...

    def close(self) -> None:
        """Stop and give the device back."""
        ...


OpenOutput = Callable[[int, Pull, float], Output]
"""Opens an output for a sample rate in Hz that keeps about so many seconds waiting, or raises `OutputError`."""


def block_samples(sample_rate: int, latency_seconds: float) -> int:
    """The largest power of two that fits four times into the latency, between 128 and 1024 samples."""
    return min(BLOCK_SAMPLES, max(128, 2 ** int(math.log2(latency_seconds * sample_rate / 4))))


def port_audio() -> Any:  # noqa: ANN401 - an untyped library
    """The library, which starts PortAudio as it is imported.

    Raises:
        OutputError: It is missing, or PortAudio does not start, which is tried again next time.
    """
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        raise OutputError(say("PortAudio is missing ({reason})", reason=str(error))) from error
    except Exception as error:  # its own kind, which cannot be named before it is imported
        raise OutputError(f"PortAudio: {error}") from error
    return sounddevice


class PortAudioOutput:
    """The system's sound through PortAudio.

    Args:
        sample_rate: In Hz.
        pull: What to call.
        latency_seconds: How much sound to keep waiting.
        device: PortAudio's number of the device, or None for the one the system prefers.
    """

    def __init__(self, sample_rate: int, pull: Pull, latency_seconds: float, device: int | None = None) -> None:
        self._sounddevice = sounddevice = port_audio()
        self._pull = pull
        self._latency_seconds = latency_seconds
        self.underruns = 0
        try:
            place = None if device is None else sounddevice.query_devices(device)["hostapi"]
            host = "" if place is None else sounddevice.query_hostapis()[place]["name"]
            self._stream: Any = sounddevice.OutputStream(
                sample_rate,
                block_samples(sample_rate, latency_seconds),
                device=device,
                channels=2,
                dtype="float32",
                latency=latency_seconds,
                # Else it refuses every rate but that of the system's mixer. Source: sounddevice, WasapiSettings.
                extra_settings=sounddevice.WasapiSettings(auto_convert=True) if host == WASAPI else None,
                callback=self._callback,
            )
            self.name = f"{sounddevice.query_devices(self._stream.device, 'output')['name']} (PortAudio)"
        except (sounddevice.PortAudioError, ValueError) as error:
            raise OutputError(say("PortAudio at {rate} Hz: {reason}", rate=sample_rate, reason=str(error))) from error

    def start(self) -> None:
        """See `Output`."""
        try:
            self._stream.start()
        except self._sounddevice.PortAudioError as error:
            raise OutputError(f"PortAudio: {error}") from error

    def stop(self) -> None:
        """See `Output`."""
        self._stream.abort(ignore_errors=True)

    def close(self) -> None:
        """See `Output`."""
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)

    def _callback(self, out: Any, count: int, times: Any, status: Any) -> None:  # noqa: ANN401 - untyped C objects
        if status.output_underflow:
            self.underruns += 1
        # Some systems do not tell the time; what was asked for is then the best guess.
        delay = times.outputBufferDacTime - times.currentTime if times.currentTime else self._latency_seconds
        block = self._pull(count, max(0.0, delay))
        if block is None:
            out.fill(0)
            raise self._sounddevice.CallbackStop
        out[:] = block.T


class MiniaudioOutput:
    """The system's sound through miniaudio, which needs no library of its own and converts the sample rate itself.

    It does not tell when it runs dry. A call that comes later than all that can be waiting lasts is counted instead.
    """

    def __init__(self, sample_rate: int, pull: Pull, latency_seconds: float) -> None:
        try:
            import miniaudio
        except (ImportError, OSError) as error:
            raise OutputError(say("miniaudio is missing ({reason})", reason=str(error))) from error
        self._miniaudio: Any = miniaudio
        self._pull = pull
        self._latency_seconds = latency_seconds
        self.underruns = 0
        # Not the null device, which would take everything and play nothing without a word.
        backends = [backend for backend in miniaudio.Backend if backend is not miniaudio.Backend.NULL]
        try:
            # What the library calls the size of its buffer is that of one of its periods.
            period_ms = max(1, round(1000 * latency_seconds / _MINIAUDIO_PERIODS))
            self._device: Any = miniaudio.PlaybackDevice(
                miniaudio.SampleFormat.FLOAT32,
                2,
                sample_rate,
                period_ms,
                callback_periods=_MINIAUDIO_PERIODS,
                backends=backends,
            )
        except miniaudio.MiniaudioError as error:
            raise OutputError(f"miniaudio: {error.args[0]}") from error
        self.name = f"{self._device.backend} (miniaudio)"

    def start(self) -> None:
        """See `Output`."""
        blocks = self._blocks()
        next(blocks)
        try:
            self._device.start(blocks)
        except self._miniaudio.MiniaudioError as error:
            raise OutputError(f"miniaudio: {error.args[0]}") from error

    def stop(self) -> None:
        """See `Output`."""
        with contextlib.suppress(self._miniaudio.MiniaudioError):  # it is gone; starting it again will tell
            self._device.stop()

    def close(self) -> None:
        """See `Output`."""
        self._device.close()

    def _blocks(self) -> Generator[bytes, int, None]:
        count = yield b""
        while (block := self._pull(count, self._latency_seconds)) is not None:
            asked_at = time.perf_counter()
            count = yield block.T.tobytes()
            if time.perf_counter() - asked_at > self._latency_seconds:
                self.underruns += 1


class SilentOutput:
    """Pulls in real time and lets nobody hear it.

    Args:
        sample_rate: In Hz.
        pull: What to call.
        clock: Seconds that only go forward.
    """

    def __init__(self, sample_rate: int, pull: Pull, clock: Callable[[], float] = time.perf_counter) -> None:
        self.name = "no sound device"
        self.underruns = 0
        self._sample_rate = sample_rate
        self._pull = pull
        self._clock = clock
        self._started_seconds = 0.0
        self._pulled = 0
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """See `Output`."""
        self._started_seconds = self._clock()
        self._pulled = 0
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, name="silent output", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """See `Output`."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        """See `Output`."""
        self.stop()

    def catch_up(self) -> bool:
        """Pull the blocks that are due; whether there is more to play."""
        due = (self._clock() - self._started_seconds) * self._sample_rate
        while self._pulled <= due:
            if self._pull(BLOCK_SAMPLES, 0.0) is None:
                return False
            self._pulled += BLOCK_SAMPLES
        return True

    def _run(self) -> None:
        while self.catch_up() and not self._stopped.wait(BLOCK_SAMPLES / self._sample_rate):
            pass


SOUND_OUTPUTS: tuple[OpenOutput, ...] = (PortAudioOutput, MiniaudioOutput)
