"""What people call the two sides of a comparison: stage 1 and stage 2 of one result, or A and B of two.

To all rules and views a side is a stage, 1 or 2; only its words differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.words import tr, tr_later
from engine.api import STAGES, Comparison, Separation, Side

_QUALITY_NAMES = {"fast": tr_later("fast"), "balanced": tr_later("balanced"), "best": tr_later("best")}
_REST = "other"
_STAGE_NAMES = {1: tr_later("mask"), 2: tr_later("mask + residual")}


@dataclass(frozen=True)
class SideWords:
    """The words of one side.

    Attributes:
        mark: A letter or digit.
        short: Two words at most, to begin a text with.
        inline: The same in the middle of a sentence.
        detail: What it is.
        lettered: Whether it is called A or B, which says nothing without the detail.
        lacking: The stems that it does not have, though the other side does.
        rest: The stem that holds these; empty if none does.
    """

    mark: str
    short: str
    inline: str
    detail: str
    lettered: bool = False
    lacking: frozenset[str] = frozenset()
    rest: str = ""

    @property
    def long(self) -> str:
        """Name and detail."""
        return f"{self.short} ({self.detail})"

    @property
    def caption(self) -> str:
        """What a picture of it is called."""
        return f"{self.short}: {self.detail}" if self.lettered else self.short

    @property
    def after_letter(self) -> str:
        """What to write beside its letter, A or B, where there is little room."""
        return self.detail if self.lettered else self.short

    @property
    def told(self) -> str:
        """For a sentence that says what A and B are."""
        return self.detail if self.lettered else f"{self.inline} ({self.detail})"


Sides = Mapping[int, SideWords]
"""By stage."""


def stage_sides() -> Sides:
    """The stages of a song's own result."""
    return {stage: _stage_words(stage) for stage in STAGES}


def sides_of(separation: Separation) -> Sides:
    """The words for what is compared."""
    if not isinstance(separation, Comparison):
        return stage_sides()
    found: dict[int, SideWords] = {}
    for stage, letter, side in zip(STAGES, "AB", separation.sides, strict=True):
        detail = side_name(side, separation.sides)
        stems = separation.stems_of(stage)
        lacking = frozenset(separation.stems) - set(stems)
        rest = _REST if lacking and _REST in stems else ""
        found[stage] = SideWords(letter, letter, letter, detail, True, lacking, rest)
    return found


def side_name(side: Side, among: Sequence[Side]) -> str:
    """A side's model, its stage if there are several, and its quality if `among` has the model in another one, too."""
    made = side.separation
    facts = ["Bandsaw" if made.model == "default" else model_name(made.model)]
    if len(made.stages) > 1:
        facts.append(_stage_words(side.stage).inline)
    if any(other.separation.model == made.model and other.entry != side.entry for other in among):
        facts.append(tr("quality {name}").format(name=quality_name(made.quality)))
    return ", ".join(facts)


def model_name(model: str) -> str:
    """A model as people know it: the bundled one, or a file's name."""
    return tr("Bandsaw's own model") if model == "default" else model.replace("\\", "/").rsplit("/", 1)[-1]


def quality_name(quality: str) -> str:
    """An overlap preset in words, in the middle of a sentence."""
    return tr(_QUALITY_NAMES[quality])


def _stage_words(stage: int) -> SideWords:
    short, inline = tr("Stage {number}").format(number=stage), tr("stage {number}").format(number=stage)
    return SideWords(str(stage), short, inline, tr(_STAGE_NAMES[stage]))
