"""The honest status line: what the song on show ran on and why, how fast, and how much memory is used now."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import metadata

from PySide6.QtCore import QTimer, qVersion

from app.memory import used_bytes
from app.viewmodel.view_model import ViewModel
from app.words import number_text, size_text, told, tr, tr_later
from engine import __version__
from engine.api import NETWORK_RATE, Progress, Separation

_INTERVAL_MS = 2000
_LIBRARIES = (
    "torch", "numpy", "numba", "PySide6-Essentials", "soundfile", "soxr", "av", "sounddevice", "miniaudio",
    "python-stretch", "safetensors", "mamba-ssm", "causal-conv1d",
)  # fmt: skip

Pids = Callable[[], Sequence[int | None]]
"""The engine's processes as they are now; None for one that does not run."""


@dataclass(frozen=True)
class StatusState:
    """What the status line shows.

    Attributes:
        separation: Of the song on show.
        window_bytes: Memory of the window; None where it is not known.
        engine_bytes: Memory of the engine's processes; None where it is not known.
    """

    separation: Separation | None = None
    window_bytes: int | None = None
    engine_bytes: int | None = None

    @property
    def line(self) -> str:
        """The most important facts in one line."""
        parts = self._run_facts()
        if self.window_bytes is not None and self.engine_bytes is not None:
            used = size_text(self.window_bytes + self.engine_bytes)
            parts.append(tr("{amount} of memory").format(amount=used))
        return "  ·  ".join(parts)

    @property
    def facts(self) -> Mapping[str, str]:
        """All facts by name, in English for the support file; `tr` what is shown."""
        found = {"Bandsaw": __version__}
        song = self.separation
        if song is None:
            found[tr_later("Device")] = tr_later("known once a song has been split")
        else:
            found |= {
                tr_later("Device"): song.device,
                tr_later("Why this device"): song.device_reason or tr_later("not known"),
                tr_later("Precision"): song.precision,
                tr_later("Model"): f"{song.model} (SHA-256 {song.model_sha256[:16]}…)",
                tr_later("Quality"): song.quality,
                tr_later("Sample rate"): "; ".join(
                    filter(None, (f"{song.sample_rate} Hz", rate_words(song.sample_rate)))
                ),
                tr_later("Speed"): _speed_words(speed(song)),
            }
            found |= {
                tr("Note {number}").format(number=number): text for number, text in enumerate(song.warnings, start=1)
            }
        for name, value in (
            (tr_later("Memory of the window"), self.window_bytes),
            (tr_later("Memory of the engine"), self.engine_bytes),
        ):
            found[name] = size_text(value) if value is not None else tr_later("not known on this system")
        return found

    def _run_facts(self) -> list[str]:
        song = self.separation
        if song is None:
            return []
        return [_run_words(_speed_words(speed(song)), song.device, song.device_reason)]


def speed(song: Separation) -> float:
    """Seconds of the song split per second."""
    return song.duration_seconds / max(song.elapsed_seconds, 1e-3)


def running_words(progress: Progress) -> str:
    """What a song is being split on, why there, and how fast as far as it is known; empty before that."""
    if not progress.eta_seconds:
        return _device_words(progress.device, progress.device_reason)
    factor = (progress.total - progress.done) / progress.eta_seconds
    return _run_words(_speed_words(factor), progress.device, progress.device_reason) if progress.device else ""


def rate_words(sample_rate: int) -> str:
    """What the model does not hear of a song; empty where it hears all."""
    if sample_rate <= NETWORK_RATE:
        return ""
    return tr("the model hears 44.1 kHz, what is above 22 kHz is in the residual")


def _run_words(speed_words: str, device: str, reason: str) -> str:
    return tr("{speed} on {device}").format(speed=speed_words, device=_device_words(device, reason))


def _device_words(device: str, reason: str) -> str:
    # Where it is not the graphics card, say why: nobody should have to ask.
    return f"{told(device)} – {told(reason)}" if device.startswith("cpu") and reason else told(device)


def _speed_words(factor: float) -> str:
    # A large network on a processor may take half a minute for a second.
    return tr("{factor}× real time").format(factor=number_text(factor, 1 if factor >= 1 else 2))


def versions() -> Mapping[str, str]:
    """This program, the system and the libraries; reading them loads none."""
    found = {
        "Bandsaw": __version__,
        tr_later("System"): platform.platform(),
        tr_later("Processor"): tr("{machine}, %n cores", "", os.cpu_count() or 1).format(machine=platform.machine()),
        "Python": platform.python_version(),
        "Qt": qVersion(),
    }
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = tr_later("not installed")
    return found


class StatusModel(ViewModel[StatusState]):
    """Knows the song on show, and looks at the memory every other second."""

    def __init__(self, engine_pids: Pids) -> None:
        super().__init__(StatusState())
        self._pids = engine_pids
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self.measure)
        self._timer.start()

    def load(self, separation: Separation | None) -> None:
        """Tell of another song."""
        self._state = replace(self._state, separation=separation)
        self.measure()

    def close(self) -> None:
        """Stop looking."""
        self._timer.stop()

    def measure(self) -> None:
        """Look at the memory now."""
        window = used_bytes([os.getpid()])
        engine = used_bytes([pid for pid in self._pids() if pid is not None])
        self._set(replace(self._state, window_bytes=window, engine_bytes=engine))
