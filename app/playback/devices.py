"""Which outputs this computer has, and how a chosen one is opened."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from app.playback.output import WASAPI, OpenOutput, Output, OutputError, PortAudioOutput, Pull, port_audio
from engine.api import say

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OutputDevice:
    """A device somebody may choose.

    Attributes:
        name: As the system calls it.
        host: The system's kind of sound it is reached through, such as ALSA.
    """

    name: str
    host: str

    @property
    def key(self) -> str:
        """What the settings remember; numbers change whenever something is plugged in."""
        return f"{self.host}: {self.name}"


class Devices(Protocol):
    """The outputs to choose from."""

    def known(self) -> Sequence[OutputDevice]:
        """All outputs, as of the last look."""
        ...

    def look_again(self) -> None:
        """Find what was plugged in or out; only while no output is open."""
        ...

    def opener(self, key: str) -> OpenOutput:
        """Opens the output of this key as it is known when it is opened."""
        ...


class NoDevices:
    """Nothing to choose from."""

    def known(self) -> Sequence[OutputDevice]:
        """See `Devices`."""
        return ()

    def look_again(self) -> None:
        """See `Devices`."""

    def opener(self, key: str) -> OpenOutput:
        """See `Devices`."""
        return partial(_refuse, key)


class PortAudioDevices:
    """What PortAudio finds. Without it there is nothing to choose from."""

    def known(self) -> Sequence[OutputDevice]:
        """See `Devices`."""
        return tuple(_numbers(_library()))

    def look_again(self) -> None:
        """See `Devices`."""
        library = _library()
        if library is None:
            return
        # PortAudio makes its list when it starts, and only then; there is no public way to make it start again.
        with contextlib.suppress(library.PortAudioError):  # it was not running, because it did not start last time
            library._terminate()
        try:
            library._initialize()
        except library.PortAudioError as error:
            _log.warning("PortAudio does not start: %s", error)

    def opener(self, key: str) -> OpenOutput:
        """See `Devices`."""
        return partial(_open, key)


def _open(key: str, sample_rate: int, pull: Pull, latency_seconds: float) -> Output:
    for device, number in _numbers(_library()).items():
        if device.key == key:
            return PortAudioOutput(sample_rate, pull, latency_seconds, number)
    return _refuse(key, sample_rate, pull, latency_seconds)


def _refuse(key: str, _sample_rate: int, _pull: Pull, _latency_seconds: float) -> Output:
    raise OutputError(say("{device} is not connected", device=key))


def _library() -> Any:  # noqa: ANN401 - an untyped library
    try:
        return port_audio()
    except OutputError:  # told by who opens an output
        return None


def _numbers(library: Any) -> dict[OutputDevice, int]:  # noqa: ANN401
    """PortAudio's number of every device with a stereo output; of two with one name, the first.

    Windows has every device four times: through WASAPI, under names cut at 31 characters (MME), through an emulation of
    DirectSound, and past the system's mixer (WDM-KS), which takes the device from all other programs.
    """
    found: dict[OutputDevice, int] = {}
    if library is None:
        return found
    try:
        hosts = [host["name"] for host in library.query_hostapis()]
        listed = list(library.query_devices())
    except library.PortAudioError as error:
        _log.warning("PortAudio lists no devices: %s", error)
        return found
    for number, device in enumerate(listed):
        host = hosts[device["hostapi"]]
        if device["max_output_channels"] >= 2 and (WASAPI not in hosts or host in (WASAPI, "ASIO")):
            found.setdefault(OutputDevice(device["name"], host), number)
    return found
