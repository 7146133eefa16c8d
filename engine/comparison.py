"""Two results of one song side by side, as one separation: side A is its stage 1, side B its stage 2.

Whatever compares the stages of a separation (playback, pictures, the blind test, export) so compares two models, two
qualities, or any two stages, without knowing. Nothing is copied: each side is read from the folder of its own result.

A stem that only one side has is silence on the other, where its sound is in another stem or in the residual. So the
stems and the residual of each side add up to the song, as always.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, cast

from engine.checked import from_json_text
from engine.progress import JobControl
from engine.separation import REFERENCE_STAGE, SOURCE_KEY, Separation, SignalKey
from engine.stems import STAGES, Stage

_BLOCK_BYTES = 2**22
_REMEMBERED = "compared.json"


@dataclass(frozen=True)
class Side:
    """One stage of a result."""

    separation: Separation
    stage: Stage

    @property
    def entry(self) -> str:
        """The library's entry that holds it."""
        return self.separation.folder.name

    @property
    def model(self) -> str:
        """The model by its name, or that of its file."""
        return self.separation.model.replace("\\", "/").rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Comparison(Separation):
    """Two sides of a song, made by `compared`; folder, tags and the rest are those of side A."""

    sides: tuple[Side, Side]

    def stems_of(self, stage: int) -> tuple[str, ...]:
        """The stems of a side."""
        return tuple(stem for stem in super().stems_of(stage) if stem in self.sides[stage - 1].separation.stems)

    def label(self, stage: Stage) -> str:
        """The side's model, its stage if it has several, and its quality if both sides are of one model."""
        side, other = self.sides[stage - 1], self.sides[2 - stage]
        facts = [side.model, *([f"stage {side.stage}"] if len(side.separation.stages) > 1 else [])]
        if side.model == other.model and side.entry != other.entry:
            facts.append(side.separation.quality)
        return ", ".join(facts)

    def suffix(self, stage: Stage) -> str:
        """The same in a file's name."""
        return "_" + self.label(stage).replace(", ", "_").replace(" ", "-")

    def path(self, key: SignalKey) -> Path:
        """In the folder of the result that has it; a reference may be in either."""
        name, stage = key
        if key == SOURCE_KEY:
            return super().path(key)
        if stage == REFERENCE_STAGE:
            paths = [each.path(key) for each in self.results if name in each.stems]
            return next((path for path in paths if path.exists()), paths[0])
        side = self.sides[stage - 1]
        return side.separation.path((name, side.stage))

    @property
    def results(self) -> tuple[Separation, ...]:
        """The results that are compared, each once."""
        return tuple({side.separation.folder: side.separation for side in self.sides}.values())


def compared(a: Side, b: Side) -> Comparison:
    """Put two sides side by side.

    Raises:
        ValueError: They are not of one song.
    """
    ours, theirs = a.separation, b.separation
    if _shape(ours) != _shape(theirs):
        raise ValueError("expected two results of one song")
    # The one that tells more apart comes first, so that stems stay in their usual order.
    stems = dict.fromkeys((*ours.stems, *theirs.stems))
    if len(theirs.stems) > len(ours.stems):
        stems = dict.fromkeys((*theirs.stems, *ours.stems))
    values: dict[str, Any] = {field.name: getattr(ours, field.name) for field in fields(Separation)}
    values.update(stems=tuple(stems), stages=STAGES, model=" + ".join(dict.fromkeys((a.model, b.model))))
    return Comparison(**values, sides=(a, b))


def same_song(one: Separation, other: Separation, control: JobControl | None = None) -> bool:
    """Whether both are of the same samples, which is what makes them comparable; the files' names do not matter.

    Raises:
        OSError: A source cannot be read.
        Cancelled: `control` asked for it.
    """
    if one.folder == other.folder:
        return True
    if _shape(one) != _shape(other):
        return False
    with one.path(SOURCE_KEY).open("rb") as ours, other.path(SOURCE_KEY).open("rb") as theirs:
        while block := ours.read(_BLOCK_BYTES):
            if control is not None:
                control.checkpoint()
            if block != theirs.read(_BLOCK_BYTES):
                return False
        return not theirs.read(1)


def remember_sides(separation: Separation, sides: Iterable[Side]) -> None:
    """Note in a result's folder what it is compared as; nothing to compare forgets it.

    Raises:
        OSError: The disk stands in the way.
    """
    path = separation.folder / _REMEMBERED
    noted = [[side.entry, side.stage] for side in sides]
    if noted:
        path.write_text(json.dumps(noted), encoding="ascii")
    else:
        path.unlink(missing_ok=True)


def remembered_sides(separation: Separation) -> tuple[tuple[str, Stage], ...]:
    """Entry and stage of sides A and B, as they were noted; empty without a note that can be read."""
    with suppress(OSError, ValueError, TypeError):
        text = (separation.folder / _REMEMBERED).read_text(encoding="ascii")
        (a, first), (b, second) = cast("Any", from_json_text(text))
        if first in STAGES and second in STAGES:
            return (str(a), first), (str(b), second)
    return ()


def _shape(separation: Separation) -> tuple[int, int, int]:
    return separation.sample_rate, separation.channels, separation.samples
