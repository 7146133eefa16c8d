"""What an export is to write: the choices, what they leave possible, and the files they give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.errors import describe
from app.settings import SettingsStore
from app.viewmodel.heard import Heard, heard
from app.viewmodel.signals import stem_names
from app.viewmodel.strips import MixerState, Strip
from app.viewmodel.transport import TransportState
from app.words import told, tr
from engine.api import (
    FORMATS,
    STEM_FILE_FORMATS,
    STEM_FILE_STEMS,
    Comparison,
    CompStarts,
    EngineError,
    Existing,
    ExportRequest,
    GapStarts,
    PlannedFile,
    Separation,
    Stage,
    plan_export,
    song_folder_name,
)

_LOSSLESS = ("wav", "wav16", "wav24", "wav32f", "flac", "flac16", "flac24")


@dataclass(frozen=True)
class SongOnShow:
    """What can be exported.

    Attributes:
        separation: The song.
        heard: Its mix as it is now.
        loop: Samples [start, stop) of the loop, if there is one.
        comps: Of the stems that have one.
        strips: Of the mixer.
        gaps: Of the stems that are muted in places.
    """

    separation: Separation
    heard: Heard = field(default_factory=Heard)
    loop: tuple[int, int] | None = None
    comps: Mapping[str, CompStarts] = field(default_factory=dict[str, CompStarts])
    strips: tuple[Strip, ...] = ()
    gaps: Mapping[str, GapStarts] = field(default_factory=dict[str, GapStarts])


def song_on_show(separation: Separation, mixer: MixerState, transport: TransportState) -> SongOnShow:
    """What can be exported of the song that is on show."""
    comps = {strip.stem: strip.comp.starts for strip in mixer.strips if strip.comp_key}
    gaps = {strip.stem: strip.gaps.starts for strip in mixer.strips if strip.gaps.starts}
    return SongOnShow(separation, heard(mixer), transport.loop, comps, mixer.strips, gaps)


@dataclass(frozen=True)
class Choices:
    """What was chosen, whether or not it is possible with the rest.

    Attributes:
        stems: To write.
        stages: Of each.
        minus: Also the song without these.
        residual: Also the residual.
        comps: Also the comps.
        mix: Also the mix as heard.
        loop_only: Only what lies in the loop.
        format: From `FORMATS` or `STEM_FILE_FORMATS`.
        project: Also a REAPER project.
        names: The template; empty for plain names.
        folder: Where to.
        own_folder: In a folder there with the song's name.
        existing: What to do with files that are there; `refuse` is to ask.
    """

    stems: tuple[str, ...]
    stages: tuple[Stage, ...]
    folder: Path
    minus: tuple[str, ...] = ()
    residual: bool = False
    comps: bool = False
    mix: bool = False
    loop_only: bool = False
    format: str = "wav"
    project: bool = False
    names: str = ""
    own_folder: bool = True
    existing: Existing = "refuse"


@dataclass(frozen=True)
class FormState:
    """What the dialog shows.

    Attributes:
        song: What can be exported.
        choices: As they were made.
        formats: Those this song can have.
        besides: Whether residual, minus-one, comps and mix are possible beside the stems.
        project: Whether a project is possible.
        files: What would be written.
        obstacle: Why nothing can be written; empty if it can.
    """

    song: SongOnShow
    choices: Choices
    formats: tuple[str, ...]
    besides: bool
    project: bool
    files: tuple[PlannedFile, ...]
    obstacle: str

    @property
    def folder(self) -> Path:
        """Where the files go."""
        choices = self.choices
        own = song_folder_name(self.song.separation.source) if choices.own_folder else ""
        return choices.folder / own

    @property
    def request(self) -> ExportRequest:
        """The choices as far as they are possible."""
        choices, song = self.choices, self.song
        besides = self.besides
        return ExportRequest(
            separation=song.separation,
            folder=self.folder,
            stems=choices.stems,
            stages=choices.stages,
            format=choices.format,
            residual=choices.residual and besides,
            minus=choices.minus if besides else (),
            existing=choices.existing,
            comps=song.comps if choices.comps and besides else {},
            mix=song.heard.gains if choices.mix and besides else None,
            mixed_comps=song.heard.comps if choices.mix and besides else {},
            gaps=song.gaps,
            span=song.loop if choices.loop_only else None,
            names=choices.names,
            project=choices.project and self.project,
        )


class ExportForm(QObject):
    """Holds the choices for one song at a time, and remembers the lasting ones in the settings."""

    changed = Signal(object)  # FormState

    def __init__(self, settings: SettingsStore) -> None:
        super().__init__()
        self._settings = settings
        self._state: FormState | None = None

    @property
    def state(self) -> FormState:
        """The current snapshot.

        Raises:
            RuntimeError: No song was opened.
        """
        if self._state is None:
            raise RuntimeError("no song was opened")
        return self._state

    def open(self, song: SongOnShow, *, mix: bool = False) -> None:
        """Begin with what was chosen last time: all stems of the best stage and comps, or with `mix` the mix.

        Of a comparison no side is the best: there it is the one that sounds.
        """
        kept, separation = self._settings.value, song.separation
        folder = Path(kept.export_folder) if kept.export_folder else separation.source.parent
        choices = Choices(
            stems=() if mix else separation.stems,
            stages=(_first_stage(song),),
            folder=folder,
            residual=kept.export_residual and not mix,
            comps=bool(song.comps) and not mix,  # whoever made one wants it
            mix=mix,
            format=kept.export_format,
            project=kept.export_project,
            names=kept.export_names,
            own_folder=kept.export_own_folder,
            existing=kept.export_existing,
        )
        formats = _formats(separation)
        if choices.format not in formats or (mix and choices.format in STEM_FILE_FORMATS):
            choices = replace(choices, format=FORMATS[0])
        self._put(song, choices)

    def choose(self, **changes: object) -> None:
        """Change some choices, by their names in `Choices`."""
        self._put(self.state.song, replace(self.state.choices, **changes))  # type: ignore[arg-type]

    def refresh(self) -> None:
        """Look again which files are there."""
        self._put(self.state.song, self.state.choices)

    def remember(self) -> None:
        """Keep the choices that fit other songs, too."""
        choices = self.state.choices
        self._settings.update(
            export_folder=str(choices.folder),
            export_format=choices.format,
            export_names=choices.names,
            export_existing=choices.existing,
            export_own_folder=choices.own_folder,
            export_project=choices.project,
            export_residual=choices.residual,
        )

    def _put(self, song: SongOnShow, choices: Choices) -> None:
        state = FormState(
            song=song,
            choices=choices,
            formats=_formats(song.separation),
            besides=choices.format not in STEM_FILE_FORMATS,
            project=choices.format in _LOSSLESS,
            files=(),
            obstacle="",
        )
        try:
            if not choices.stages and (choices.stems or choices.residual or choices.minus):
                raise ValueError(tr("Nothing is chosen: choose at least one stage."))
            state = replace(state, files=plan_export(state.request))
        except ValueError as error:  # a sentence for the user: the template, or nothing is chosen
            state = replace(state, obstacle=told(error.args[0]))
        except EngineError as error:
            state = replace(state, obstacle=describe(error).text)
        self._state = state
        self.changed.emit(state)


def _first_stage(song: SongOnShow) -> Stage:
    sounding = {strip.stage for strip in song.strips if strip.is_stem}
    if isinstance(song.separation, Comparison) and sounding == {1}:
        return 1
    return song.separation.final_stage


def _formats(separation: Separation) -> tuple[str, ...]:
    """A stem file has exactly four stems, of one or two channels."""
    fits = len(separation.stems) == STEM_FILE_STEMS and separation.channels <= 2
    return (*FORMATS, *(STEM_FILE_FORMATS if fits else ()))


def gap_words(stems: Iterable[str]) -> str:
    """What it means that ranges of these stems are muted."""
    words = tr("Muted ranges of {stems} are silent in the files; there, stems and residual do not add up to the song.")
    return words.format(stems=stem_names(stems))
