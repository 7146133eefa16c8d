"""What an export is asked for and what it tells: frozen values, without a look at the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from engine.audio.formats import STEM_FILE_FORMATS, STEM_FILE_STEMS, audio_format
from engine.mix import Gains
from engine.said import say
from engine.separation import Separation, SignalKey
from engine.signals import GapStarts
from engine.stems import Stage

Existing = Literal["refuse", "overwrite", "skip", "rename"]

# With a stem's name the key of its comp, in the gains of a mix.
COMP = -1

CompStarts = tuple[tuple[int, int], ...]
"""From which sample on which stage is taken; the first begins at 0."""

# What REAPER reads without anything added.
PROJECT_SUFFIXES = (".wav", ".flac")


@dataclass(frozen=True)
class ExportRequest:
    """What to export and how.

    Attributes:
        separation: The finished separation.
        folder: Where the files are put; created if it is missing.
        stems: The stems to write; None for all, empty for only what the fields below add.
        stages: The stages of each; empty for the final one.
        format: One of `FORMATS`, or of `STEM_FILE_FORMATS` for one file with the song and four stems.
        residual: Also write what the stems that are written leave of the song; all stems if none is written.
        minus: For each of these stems, also write the song without it.
        existing: What to do with a file that is there: refuse the export, or overwrite, skip or number this file.
        comps: For each of these stems, also write what is put together from its stages; see `CompStarts`.
        mix: The gains of a mix to write as well, as it was heard; None for no mix. The key of a comp is (stem, `COMP`).
        mixed_comps: The comps that `mix` names.
        gaps: Where these stems are silent, in every file and in the mix; not in the residual and in the song without a
            stem, which stay what they are.
        span: Write only the samples [start, stop) of everything; None for the whole song.
        names: A template with the fields `NAME_FIELDS`; empty for plain names such as `vocals.wav`.
        project: Also write a REAPER project that has every file on a track of its own; WAV and FLAC only.
    """

    separation: Separation
    folder: Path
    stems: tuple[str, ...] | None = None
    stages: tuple[Stage, ...] = ()
    format: str = "wav"
    residual: bool = False
    minus: tuple[str, ...] = ()
    existing: Existing = "refuse"
    comps: Mapping[str, CompStarts] = field(default_factory=dict[str, CompStarts])
    mix: Gains | None = None
    mixed_comps: Mapping[str, CompStarts] = field(default_factory=dict[str, CompStarts])
    gaps: Mapping[str, GapStarts] = field(default_factory=dict[str, GapStarts])
    span: tuple[int, int] | None = None
    names: str = ""
    project: bool = False

    @property
    def start(self) -> int:
        """The first sample."""
        return self.span[0] if self.span else 0

    @property
    def samples(self) -> int:
        """N of every file, at the rate of the song."""
        return self.span[1] - self.span[0] if self.span else self.separation.samples

    def is_silenced(self, stem: str) -> bool:
        """Whether one of a stem's gaps lies in what is exported."""
        gaps = self.gaps.get(stem, ())
        stops = [*(at for at, _sounds in gaps[1:]), self.separation.samples]
        first, last = self.start, self.start + self.samples
        return any(not sounds and at < last and stop > first for (at, sounds), stop in zip(gaps, stops, strict=False))


@dataclass(frozen=True)
class Selection:
    """Which files are wanted, as in `ExportRequest`, but with stems and stages spelled out.

    Of `lacking` stems and stages there is nothing to write.
    """

    stems: tuple[str, ...]
    stages: tuple[Stage, ...]
    format: str = "wav"
    residual: bool = False
    minus: tuple[str, ...] = ()
    comps: tuple[str, ...] = ()
    mix: bool = False
    project: bool = False
    lacking: frozenset[SignalKey] = frozenset()

    @property
    def stem_keys(self) -> tuple[tuple[str, Stage], ...]:
        """The stems to write with their stages, without what a stage does not have."""
        return tuple((stem, stage) for stem in self.stems for stage in self.stages if (stem, stage) not in self.lacking)

    def obstacle(self) -> str:
        """Why there are no such files, as a sentence for the user; empty if there are."""
        besides = self.residual or self.minus or self.comps or self.mix
        if not (self.stem_keys or besides) or not self.stages:
            return say("Nothing is chosen: choose at least one file and one stage.")
        if self.format in STEM_FILE_FORMATS and (len(self.stems) != STEM_FILE_STEMS or besides):
            return say("A stem file holds the song and exactly {count} stems, and nothing else.", count=STEM_FILE_STEMS)
        if self.project and audio_format(self.format).suffix not in PROJECT_SUFFIXES:
            return say("A REAPER project needs WAV or FLAC files.")
        return ""


@dataclass(frozen=True)
class Content:
    """What one file holds.

    Attributes:
        kind: `stems` is a stem file, `project` a REAPER project.
        stem: Of `stem`, `minus` and `comp`.
        stage: Of what is made of stems of one stage; None for the rest.
    """

    kind: Literal["stem", "residual", "minus", "comp", "mix", "stems", "project"]
    stem: str = ""
    stage: Stage | None = None

    @property
    def label(self) -> str:
        """What people call it; empty for what holds the whole song."""
        stem = self.stem[:1].upper() + self.stem[1:]
        labels = {
            "stem": stem,
            "residual": "Residual",
            "minus": f"without {stem}",
            "comp": f"{stem} comp",
            "mix": "Mix",
        }
        return labels.get(self.kind, "")


@dataclass(frozen=True)
class PlannedFile:
    """A file that an export is going to write.

    Attributes:
        path: Where it is put.
        content: What it holds.
        exists: Whether a file is there now.
        skipped: Whether that one stays.
        likely_bytes: About its size; 0 where that was not asked for.
    """

    path: Path
    content: Content
    exists: bool = False
    skipped: bool = False
    likely_bytes: int = 0


@dataclass(frozen=True)
class WrittenFile:
    """A file that an export wrote.

    Attributes:
        path: Where it is.
        content: What it holds.
        peak: The loudest sample of what was written, as a linear value; None for what holds no sound or was skipped.
        skipped: Whether it was there already and stayed.
    """

    path: Path
    content: Content
    peak: float | None
    skipped: bool


@dataclass(frozen=True)
class ExportReport:
    """What an export wrote.

    Attributes:
        written: Every file in the order of the plan.
        gain_db: The gain of all files, 0 or less; it keeps the loudest of them from clipping.
        sample_rate: Of the files, in Hz.
        warnings: What the user should know, one sentence each.
        silenced: The stems that are silent in places because it was asked for; what was written of them does not add
            up to the song.
    """

    written: tuple[WrittenFile, ...]
    gain_db: float
    sample_rate: int
    warnings: tuple[str, ...] = field(default=())
    silenced: tuple[str, ...] = ()

    @property
    def files(self) -> Mapping[str, Mapping[int, Path]]:
        """For each stem the file of each stage."""
        found: dict[str, dict[int, Path]] = {}
        for file in self._of("stem"):
            found.setdefault(file.content.stem, {})[file.content.stage or 0] = file.path
        return found

    @property
    def residual(self) -> Path | None:
        """File of the residual, if it was asked for."""
        return next((file.path for file in self._of("residual")), None)

    @property
    def minus(self) -> Mapping[str, Path]:
        """For each stem the file of the song without it."""
        return {file.content.stem: file.path for file in self._of("minus")}

    @property
    def skipped(self) -> bool:
        """Whether nothing was written as all files were there."""
        return all(file.skipped for file in self.written)

    def _of(self, kind: str) -> list[WrittenFile]:
        return [file for file in self.written if file.content.kind == kind]
