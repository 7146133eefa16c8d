"""A player whose device and clock obey the test."""

from __future__ import annotations

import numpy as np

from app.playback import Player
from app.playback.devices import Devices
from app.playback.output import OpenOutput, Output, OutputError, Pull
from engine.api import Samples, SignalKey

RATE = 8_000
KEY: SignalKey = ("vocals", 2)
SONG = np.random.default_rng(0).uniform(-0.5, 0.5, (2, 3 * RATE)).astype(np.float32)


def refusing(reason: str) -> OpenOutput:
    def open_output(_sample_rate: int, _pull: Pull, _latency_seconds: float) -> Output:
        raise OutputError(reason)

    return open_output


class ManualOutput:
    """A device that pulls when a test tells it to."""

    name = "manual"
    underruns = 0

    def __init__(self, sample_rate: int, pull: Pull, latency_seconds: float) -> None:
        self.sample_rate = sample_rate
        self.latency_seconds = latency_seconds
        self.running = self.closed = False
        self.startable = True
        self.starts = 0
        self._pull = pull

    def start(self) -> None:
        assert self.startable  # as with real ones: one that ran out of blocks has to be stopped first
        self.startable = False
        self.running = True
        self.starts += 1

    def stop(self) -> None:
        self.startable = True
        self.running = False

    def close(self) -> None:
        self.running = False
        self.closed = True

    def run(self, blocks: int = 1, count: int = 800, delay_seconds: float = 0.0) -> Samples:
        """Pull 0.1 s blocks, as far as there are any."""
        heard = [np.zeros((2, 0), np.float32)]
        for _ in range(blocks):
            assert self.running
            block = self._pull(count, delay_seconds)
            if block is None:
                self.running = False
                break
            heard.append(block)
        return np.concatenate(heard, axis=1)


class Rig:
    """A player on a manual output and a clock that a test sets."""

    def __init__(self, song: Samples = SONG, devices: Devices | None = None) -> None:
        self.now_seconds = 100.0
        self.outputs: list[ManualOutput] = []
        self.player = Player([self.open], lambda: self.now_seconds, devices)
        self.player.load({KEY: song}, RATE)
        self.player.set_gains({KEY: (1.0, 1.0)})

    def hear(self, seconds: float, block: int = 800) -> Samples:
        """Let the device run in real time, as the window would have it: in blocks, with somebody who attends."""
        heard: list[Samples] = []
        for _ in range(round(seconds * RATE / block)):
            heard.append(self.output.run(1, block))
            self.now_seconds += block / RATE
            self.player.attend()
        return np.concatenate(heard, axis=1)

    @property
    def output(self) -> ManualOutput:
        return self.outputs[-1]

    def open(self, sample_rate: int, pull: Pull, latency_seconds: float) -> Output:
        """An output of this rig."""
        self.outputs.append(ManualOutput(sample_rate, pull, latency_seconds))
        return self.output
