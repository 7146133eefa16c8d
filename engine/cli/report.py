"""What `bandsaw split` tells: text and a progress bar for people, or JSON lines for programs.

Both are told about songs one after the other; each ends with `done`, `skipped`, `failed` or `cancelled`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Never, TextIO

from tqdm import tqdm

from engine.cli.work import printable
from engine.errors import EngineError
from engine.export import ExportReport
from engine.progress import Progress
from engine.separation import Separation

_PHASES = {"load": "loading", "separate": "separating", "write": "writing"}
_BAR = "{desc} {percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} s of audio{postfix}"


class JsonReport:
    """One JSON object per line."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def progress(self, song: Path, progress: Progress) -> None:
        """A step was made."""
        self._line(
            event="progress",
            input=str(song),
            phase=progress.phase,
            done=round(progress.done, 3),
            total=round(progress.total, 3),
            eta_seconds=None if progress.eta_seconds is None else round(progress.eta_seconds, 1),
            message=progress.message,
        )

    def done(self, song: Path, separation: Separation, files: ExportReport, seconds: float) -> None:
        """The stems are in place, after so many seconds of wall-clock time for the whole job."""
        self._line(
            event="done",
            input=str(song),
            seconds=round(seconds, 3),
            audio_seconds=round(separation.duration_seconds, 3),
            device=separation.device,
            device_reason=separation.device_reason,
            precision=separation.precision,
            model=separation.model,
            model_sha256=separation.model_sha256,
            files={
                stem: {str(stage): str(path) for stage, path in stages.items()} for stem, stages in files.files.items()
            },
            residual=None if files.residual is None else str(files.residual),
            minus={stem: str(path) for stem, path in files.minus.items()},
            peaks={str(file.path): file.peak for file in files.written},
            gain_db=round(files.gain_db, 3),
            sample_rate=files.sample_rate,
            warnings=[*separation.warnings, *files.warnings],
        )

    def skipped(self, song: Path) -> None:
        """All files were there already."""
        self._line(event="skipped", input=str(song))

    def failed(self, song: Path, error: EngineError) -> None:
        """No stems, because of this."""
        self._line(event="error", input=str(song), kind=error.kind, message=str(error))

    def cancelled(self, song: Path) -> None:
        """The user stopped the program."""
        self._line(event="cancelled", input=str(song))

    def _line(self, **values: object) -> None:
        # ASCII, because what reads the pipe may have any encoding, and a file name any character.
        self._out.write(json.dumps(values, ensure_ascii=True) + "\n")
        self._out.flush()


class TextReport:
    """Sentences on standard output and error, and a progress bar where standard error is a terminal."""

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self._out = out
        self._err = err
        self._bar: tqdm[Never] | None = None
        self._phase = ""

    def progress(self, song: Path, progress: Progress) -> None:
        """A step was made."""
        if progress.message:
            self._say(self._err, f"note: {printable(song.name)}: {progress.message}")
        if not self._err.isatty() or progress.total <= 0:
            return
        if self._bar is None or self._phase != progress.phase:
            self._close_bar()
            self._phase, label = progress.phase, f"{printable(song.name)}: {_PHASES[progress.phase]}"
            self._bar = tqdm(total=progress.total, desc=label, bar_format=_BAR, file=self._err, leave=False)
        if progress.eta_seconds is not None:  # the engine's own estimate
            self._bar.set_postfix_str(f"{progress.eta_seconds:.0f} s left", refresh=False)
        self._bar.update(progress.done - self._bar.n)

    def done(self, song: Path, separation: Separation, files: ExportReport, seconds: float) -> None:
        """The stems are in place, after so many seconds of wall-clock time for the whole job."""
        for warning in (*separation.warnings, *files.warnings):
            self._say(self._err, f"warning: {printable(song.name)}: {warning}")
        folder = files.written[0].path.parent
        speed = f"{seconds:.1f} s, {separation.duration_seconds / seconds:.2f}x real time"
        device = f"{separation.device}: {separation.device_reason}"
        names = ", ".join(files.files) or files.written[0].path.name
        self._say(self._out, f"{printable(song.name)} -> {printable(str(folder))}: {names} in {speed} on {device}")

    def skipped(self, song: Path) -> None:
        """All files were there already."""
        self._say(self._out, f"{printable(song.name)}: already done, skipped")

    def failed(self, song: Path, error: EngineError) -> None:
        """No stems, because of this."""
        self._say(self._err, f"error: {printable(song.name)}: {printable(str(error))}")

    def cancelled(self, song: Path) -> None:
        """The user stopped the program."""
        self._say(self._err, f"{printable(song.name)}: cancelled, nothing was written")

    def _say(self, stream: TextIO, line: str) -> None:
        self._close_bar()
        # A terminal that cannot show a character shows a question mark, rather than failing the job.
        encoding = stream.encoding or "utf-8"
        stream.write(line.encode(encoding, "replace").decode(encoding) + "\n")
        stream.flush()

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


Report = JsonReport | TextReport
