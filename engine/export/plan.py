"""Which files an export writes, under which names, and what happens to those that are there."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.audio.cover import Cover
from engine.audio.encode import require_channels
from engine.audio.formats import STEM_FILE_FORMATS, AudioFormat, audio_format
from engine.audio.resample import resampled_length
from engine.audio.target import AudioFile, StemTrack
from engine.errors import write_error
from engine.export.colors import stem_color
from engine.export.names import (
    check_template,
    distinct,
    filled_in,
    same_to_a_disk,
    template_fields,
)
from engine.export.request import COMP, Content, Existing, ExportRequest, PlannedFile, Selection
from engine.naming import safe_name, song_name
from engine.separation import Tags
from engine.signals import signal_keys
from engine.stems import STAGE_SUFFIXES, Stage
from engine.whole_file import on_disk

# As Native Instruments' own files have them; other stems keep the model's order.
_STEM_FILE_ORDER = ("drums", "bass", "other", "vocals")
_PROJECT_SUFFIX = ".rpp"


@dataclass(frozen=True)
class Naming:
    """What the names of a song's files are made of.

    Attributes:
        template: As in `ExportRequest.names`; empty for plain names.
        source: The song file.
        tags: Of the song.
        model: Name of the model.
        suffixes: What tells the stages apart.
    """

    template: str
    source: Path
    tags: Tags
    model: str
    suffixes: Mapping[Stage, str] = field(default_factory=lambda: STAGE_SUFFIXES)


def selected(request: ExportRequest) -> Selection:
    """Fill in the defaults of a request and check its names.

    Raises:
        ValueError: It names a stem, a stage, a span or a format that there is not, or asks for no file.
    """
    separation = request.separation
    stems = separation.stems if request.stems is None else request.stems
    stages = request.stages or (separation.final_stage,)
    for name in (*stems, *request.minus, *request.comps, *request.mixed_comps, *request.gaps):
        if name not in separation.stems:
            raise ValueError(f"there is no stem {name!r}; there are {', '.join(separation.stems)}")
    for stage in stages:
        if stage not in separation.stages:
            raise ValueError(f"stage {stage} was not kept")
    if request.span and not 0 <= request.span[0] < request.span[1] <= separation.samples:
        raise ValueError(f"there are no samples {request.span} in a song of {separation.samples}")
    comps = {(stem, COMP) for stem in request.mixed_comps}
    unknown = set(request.mix or ()) - set(signal_keys(separation)) - comps
    if unknown:
        raise ValueError(f"there are no signals {sorted(unknown)} to mix")
    return Selection(
        stems=stems,
        stages=stages,
        format=request.format,
        residual=request.residual,
        minus=tuple(stem for stem in request.minus if not separation.lacks((stem, max(stages)))),
        comps=tuple(request.comps),
        mix=request.mix is not None,
        project=request.project,
        lacking=frozenset(key for stem in stems for stage in stages if separation.lacks(key := (stem, stage))),
    )


def planned_files(folder: Path, selection: Selection, naming: Naming) -> tuple[PlannedFile, ...]:
    """Name the files that an export of `selection` to `folder` writes, whatever is there but for the song itself.

    Args:
        folder: Where they are put.
        selection: What is wanted.
        naming: What the names are made of.

    Raises:
        ValueError: There are no such files, or the format is unknown.
        TemplateError: The template cannot be filled in.
    """
    suffix = audio_format(selection.format).suffix
    obstacle = selection.obstacle()
    if obstacle:
        raise ValueError(obstacle)
    contents = _contents(selection)
    # The song itself is never written over, whatever is done with other files.
    taken = _names_within(folder, naming.source)
    planned: list[PlannedFile] = []
    for content in contents:
        staged = content.kind == "stem" and len(selection.stages) > 1
        if naming.template:
            name = _from_template(naming, content, staged=staged, alone=len(contents) == 1)
        else:
            name = _plain_name(folder, content, naming.suffixes, staged=staged)
        unique = distinct(name, _PROJECT_SUFFIX if content.kind == "project" else suffix, taken)
        taken.add(same_to_a_disk(unique))
        planned.append(PlannedFile(folder / unique, content))
    return tuple(planned)


def plan_export(request: ExportRequest) -> tuple[PlannedFile, ...]:
    """The files that an export of `request` writes now: their names, which of them are there, and about their sizes.

    Raises:
        ValueError: As for `selected` and `planned_files`.
        WriteError: The folder cannot be looked at, or the format cannot hold the song's channels.
    """
    separation = request.separation
    suffixes: dict[Stage, str] = {stage: separation.suffix(stage) for stage in separation.stages}
    naming = Naming(request.names, separation.source, separation.tags, separation.model, suffixes)
    planned = planned_files(request.folder, selected(request), naming)
    kind = audio_format(request.format, separation.source_subtype)
    files = _settled(planned, request.existing)
    return tuple(replace(file, likely_bytes=_likely_bytes(request, kind, file)) for file in files)


def audio_file(request: ExportRequest, kind: AudioFormat, file: PlannedFile, cover: Cover | None = None) -> AudioFile:
    """What the encoder is asked for."""
    separation, content = request.separation, file.content
    stems = stem_file_order(separation.stems) if content.kind == "stems" else ()
    title = separation.tags.title or song_name(separation.source)
    rate = kind.nearest_rate(separation.sample_rate)
    # The mixer renders stereo, whatever the song has.
    channels = 2 if content.kind == "mix" else separation.channels * (1 + len(stems))
    return AudioFile(
        path=file.path,
        format=kind,
        sample_rate=rate,
        channels=channels,
        samples=resampled_length(request.samples, separation.sample_rate, rate),
        tags=replace(separation.tags, title=f"{title} ({content.label})" if content.label else title),
        cover=cover,
        stems=tuple(StemTrack(Content("stem", stem).label, stem_color(stem, separation.stems)) for stem in stems),
    )


def stem_file_order(stems: Sequence[str]) -> tuple[str, ...]:
    """The stems in the order of a stem file's tracks."""
    return _STEM_FILE_ORDER if set(stems) == set(_STEM_FILE_ORDER) else tuple(stems)


def _likely_bytes(request: ExportRequest, kind: AudioFormat, file: PlannedFile) -> int:
    if file.content.kind == "project":
        return 0
    target = audio_file(request, kind, file)
    require_channels(file.path, kind, target.track_channels)
    return target.likely_bytes


def _names_within(folder: Path, file: Path) -> set[str]:
    """What a file is called in a folder, by whatever ways both are named; nothing if it is not there."""
    here = os.path.realpath(folder)
    ways = (file, Path(os.path.realpath(file)))
    return {same_to_a_disk(way.name) for way in ways if os.path.realpath(way.parent) == here}


def _contents(selection: Selection) -> list[Content]:
    best = max(selection.stages)
    if selection.format in STEM_FILE_FORMATS:
        return [Content("stems", stage=best)]
    contents = [Content("stem", *key) for key in selection.stem_keys]
    if selection.residual:
        contents.append(Content("residual", stage=best))
    contents += [Content("minus", stem, best) for stem in selection.minus]
    contents += [Content("comp", stem) for stem in selection.comps]
    if selection.mix:
        contents.append(Content("mix"))
    if selection.project:
        contents.append(Content("project"))
    return contents


def _plain_name(folder: Path, content: Content, suffixes: Mapping[Stage, str], *, staged: bool) -> str:
    suffix = suffixes[content.stage] if staged and content.stage else ""
    names = {
        "stem": safe_name(content.stem + suffix),
        "residual": "residual",
        "minus": f"minus_{content.stem}",
        "comp": f"{content.stem}_comp",
        "mix": "mix",
    }
    return names.get(content.kind) or folder.name


def _from_template(naming: Naming, content: Content, *, staged: bool, alone: bool) -> str:
    template, tags, name = naming.template, naming.tags, song_name(naming.source)
    check_template(template)
    fields = template_fields(template)
    if "stem" not in fields and not alone:
        template += " ({stem})"
    suffix = naming.suffixes[content.stage] if content.stage else ""
    values = {
        "artist": tags.artist,
        "title": tags.title or name,
        "album": tags.album,
        "stem": content.label + (suffix if staged and "stage" not in fields else ""),
        "stage": suffix.strip("_"),
        "file": name,
        "model": naming.model,
    }
    return filled_in(template, values) or safe_name(name) or "song"


def _settled(planned: Sequence[PlannedFile], existing: Existing) -> list[PlannedFile]:
    """Look which files are there, and number or skip them where that is wanted."""
    taken = {same_to_a_disk(file.path.name) for file in planned}
    settled: list[PlannedFile] = []
    for file in planned:
        there = exists(file.path)
        if there and existing == "rename":
            path = _numbered(file.path, taken)
            taken.add(same_to_a_disk(path.name))
            settled.append(replace(file, path=path))
        else:
            settled.append(replace(file, exists=there, skipped=there and existing == "skip"))
    return settled


def _numbered(path: Path, taken: set[str]) -> Path:
    suffix = ".stem.mp4" if path.name.endswith(".stem.mp4") else path.suffix
    name, held = path.name.removesuffix(suffix), set(taken)
    while exists(unique := path.with_name(distinct(name, suffix, held))):
        held.add(same_to_a_disk(unique.name))
    return unique


def exists(path: Path) -> bool:
    """Whether a file is there.

    Raises:
        WriteError: The disk does not say.
    """
    try:
        return on_disk(path)
    except OSError as error:
        raise write_error(path, error) from error
