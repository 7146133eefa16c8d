"""An engine without a network and a player without sound, for tests of the window."""

from __future__ import annotations

import shutil
import threading
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.playback.click import Click
from app.playback.devices import OutputDevice
from app.playback.pace import PLAIN, Pace
from engine.api import (
    AddModelRequest,
    AudioSignal,
    Cancelled,
    ExportReport,
    ExportRequest,
    Gains,
    JobControl,
    Level,
    Levels,
    ModelEntry,
    OverviewRequest,
    Progress,
    ProgressCallback,
    Separation,
    SeparationRequest,
    SignalKey,
    Spans,
    Unfinished,
    UnnamedOutputsError,
    build_overviews,
    default_model_name,
    export,
    ignore_progress,
)
from engine.model.installed import models_folder, write_record
from engine.separation import MANIFEST, save_manifest
from engine.stems import DEFAULT_STEMS
from tests.support.separations import make_separation, noise

STEPS = 4


@dataclass
class FakeEngine:
    """Splits every song into seeded noise; the drawing and the files are real.

    Attributes:
        samples: Length of every song.
        stems: Of the models that have others than usual; these have one stage.
        early: Whether a quarter of the song after the other is ready, and can be heard before all is.
        wanted: What the listener wanted first, at each step.
        errors: Raised in the middle of splitting the file of this name.
        unnamed: The usual outputs of the checkpoint of this name, of which nothing names them.
        hold: While it is not set, a split waits in its middle, as a slow network would.
        requests: What was asked for.
        expected: How often a song was expected.
        threads: Idents of the threads that asked.
        pid: Its process, if a test gives it one.
        closed: Whether `close` was called; a call that waits then ends as if the engine had died.
    """

    samples: int = 22_050
    stems: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    early: bool = False
    wanted: list[int | None] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)
    unnamed: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    hold: threading.Event = field(default_factory=threading.Event)
    requests: list[SeparationRequest] = field(default_factory=list)
    expected: int = 0
    threads: list[int] = field(default_factory=list)
    pid: int | None = None
    closed: bool = False

    def __post_init__(self) -> None:
        self.hold.set()

    def expect_song(self) -> None:
        self.expected += 1

    def separate(
        self,
        request: SeparationRequest,
        on_progress: ProgressCallback = ignore_progress,
        control: JobControl | None = None,
    ) -> Separation:
        self.requests.append(request)
        self.threads.append(threading.get_ident())
        control = control or JobControl()
        part = request.folder.with_name(request.folder.name + ".part")
        part.parent.mkdir(parents=True, exist_ok=True)
        stems = self.stems.get(request.model, DEFAULT_STEMS)
        separation = make_separation(
            part, samples=self.samples, stems=stems, stages=request.stages if stems == DEFAULT_STEMS else (1,),
            source=request.source, seed=len(self.requests), model=request.model, quality=request.quality,
            of=noise(2, self.samples, 0.5, seed=zlib.crc32(request.source.read_bytes())),
        )  # fmt: skip
        (part / MANIFEST).unlink()  # which comes last
        try:
            for step in range(STEPS):
                ready = ((0, self.samples * step // STEPS),) if step else ()
                unfinished = Unfinished(separation, ready) if self.early else None
                on_progress(Progress("separate", step, STEPS, eta_seconds=STEPS - step, unfinished=unfinished))
                control.checkpoint()
                self.wanted.append(control.wanted)
                if step == STEPS // 2:
                    self._middle(request.source.name, control)
        except BaseException:
            shutil.rmtree(part)
            raise
        save_manifest(separation)
        part.rename(request.folder)
        return replace(separation, folder=request.folder, elapsed_seconds=0.25)

    def draw(
        self,
        request: OverviewRequest,
        on_progress: ProgressCallback = ignore_progress,
        control: JobControl | None = None,
    ) -> None:
        build_overviews(request, on_progress, control)

    def export(
        self,
        request: ExportRequest,
        on_progress: ProgressCallback = ignore_progress,
        control: JobControl | None = None,
    ) -> ExportReport:
        return export(request, on_progress, control)

    def add_model(
        self,
        request: AddModelRequest,
        on_progress: ProgressCallback = ignore_progress,
        control: JobControl | None = None,
    ) -> ModelEntry:
        on_progress(Progress("try", 0, 0))
        self._middle(request.path.name, control or JobControl())
        if request.path.name in self.unnamed and not request.stems and not request.guess:
            raise UnnamedOutputsError(request.path, self.unnamed[request.path.name])
        folder = models_folder()
        folder.mkdir(parents=True, exist_ok=True)
        name = request.name or default_model_name(request.path)
        data = request.path.read_bytes()
        file = folder / (name + request.path.suffix)
        file.write_bytes(data)
        stems = request.stems or ("vocals", "other")
        entry = ModelEntry(name, "installed", stems=stems, size_bytes=len(data), sha256="0" * 64, file=file)
        write_record(entry)
        return entry

    def close(self) -> None:
        self.closed = True
        self.hold.set()

    def _middle(self, name: str, control: JobControl) -> None:
        while not self.hold.wait(0.01):
            if control.cancelled:
                raise Cancelled
        if name in self.errors:
            raise self.errors[name]


def song_files(folder: Path, *names: str) -> list[Path]:
    """Write what the fake engine takes for songs."""
    paths = [folder / name for name in names]
    for path in paths:
        path.write_text(path.name)
    return paths


class FakePlayer:
    """A player whose position only moves when a test says so."""

    def __init__(self) -> None:
        self.playing = False
        self.waiting = False
        self.counting = False
        self.counted_in = False
        self.click = Click()
        self.ready: Spans = ()
        self.position = 0
        self.output_name = "Test output"
        self.note = ""
        self.underruns = 0
        self.latency_seconds = 0.03
        self.rendered = 1024
        self.loop: tuple[int, int] | None = None
        self.pace = PLAIN
        self.devices: tuple[OutputDevice, ...] = (OutputDevice("Speakers", "ALSA"), OutputDevice("Headphones", "ALSA"))
        self.chosen = ""
        self.signals: Mapping[SignalKey, AudioSignal] = {}
        self.gains: Gains = {}
        self.closed = False

    def load(self, signals: Mapping[SignalKey, AudioSignal], sample_rate: int) -> None:
        del sample_rate
        self.unload()
        self.signals = dict(signals)

    def exchange(self, signals: Mapping[SignalKey, AudioSignal]) -> None:
        self.signals = dict(signals)

    def add_signals(self, signals: Mapping[SignalKey, AudioSignal]) -> None:
        self.signals = {**self.signals, **signals}

    def unload(self) -> None:
        self.signals, self.gains = {}, {}
        self.playing, self.position = False, 0
        self.loop, self.pace = None, PLAIN
        self.click = Click()

    def play(self, *, count_in: bool = False) -> None:
        self.playing, self.counted_in = True, count_in

    def pause(self) -> None:
        self.playing = False

    def seek(self, sample: int) -> None:
        self.position = sample

    def set_gains(self, gains: Gains) -> None:
        unknown = set(gains) - set(self.signals)
        if unknown:
            raise ValueError(f"no such signals: {sorted(unknown)}")
        self.gains = dict(gains)

    def set_ready(self, spans: Spans) -> None:
        self.ready = spans

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        self.loop = loop

    def set_pace(self, pace: Pace) -> None:
        self.pace = pace

    def set_click(self, click: Click) -> None:
        self.click = click

    def attend(self) -> None:
        """A test changes the device by hand."""

    def outputs(self) -> tuple[OutputDevice, ...]:
        return self.devices

    def choose_output(self, key: str, latency_seconds: float) -> None:
        self.chosen, self.latency_seconds = key, latency_seconds

    def levels(self) -> Levels:
        sounding = Level((0.5, 0.4), (0.2, 0.2))
        return Levels(dict.fromkeys(self.gains, sounding), sounding, sounding, self.rendered)

    def close(self) -> None:
        self.closed = True
        self.unload()
