"""What is asked of a separation job, what that means for a model, and where the job builds its result."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ModelError
from engine.said import say
from engine.stems import STAGES, DeviceChoice, Precision, Quality, Stage, in_usual_order
from engine.whole_file import part_path


@dataclass(frozen=True)
class SeparationRequest:
    """What to split and how.

    Attributes:
        source: The song file.
        folder: Where the separation is put; must not exist yet. It is built as `<folder>.part` and renamed when whole.
        model: Its name in the list of models, or the path of a checkpoint.
        stems: The stems to keep; empty for all that the model has.
        stages: The stages to keep, of those that the model has. Without stage 2 its work is not done.
        quality: How far segments overlap; the model's architecture says what that means.
        device: Where the network runs; `auto` takes the best one that works.
        precision: Of the network; `auto` is bfloat16 on CUDA and float32 elsewhere, `int16` that but for networks and
            processors that have faster products of whole numbers.
        draw: Whether to make the drawing data of `engine.overview` along with the stems, for songs short enough.
    """

    source: Path
    folder: Path
    model: str = "default"
    stems: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = (1, 2)
    quality: Quality = "balanced"
    device: DeviceChoice = "auto"
    precision: Precision = "auto"
    draw: bool = False


def chosen_stems(wanted: Iterable[str], model: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The wanted stems of a model in the usual order, or all that are known if none is wanted.

    Raises:
        ModelError: One is not known.
    """
    wanted = tuple(wanted)
    for stem in wanted:
        if stem not in known:
            words = say(
                "the model {name!r} has no stem {stem!r}, only {known}", name=model, stem=stem, known=", ".join(known)
            )
            raise ModelError(words)
    return in_usual_order(stem for stem in known if not wanted or stem in wanted)


def chosen_stages(wanted: Collection[Stage], model: str, count: int) -> tuple[Stage, ...]:
    """The wanted stages of a model that has so many.

    Raises:
        ModelError: It has none of them.
    """
    stages: tuple[Stage, ...] = tuple(stage for stage in STAGES[:count] if stage in wanted)
    if not stages:
        raise ModelError(say("the model {name!r} has no second stage; ask for stage 1", name=model))
    return stages


def remove_partial_separation(request: SeparationRequest) -> None:
    """Remove what a job that was killed left behind."""
    shutil.rmtree(part_path(request.folder), ignore_errors=True)
