"""What the list of models says about each; loads no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.stems import AVERAGE

# bundled: part of the program; installed: in the user's folder; available: known, but not here yet.
ModelState = Literal["bundled", "installed", "available", "damaged"]

Metric = Literal["cSDR", "uSDR"]


@dataclass(frozen=True)
class Score:
    """How good a system was found to be on some songs.

    Attributes:
        metric: See `engine.evaluation.metrics`.
        songs: Which songs, in words; only figures on the same songs compare.
        source: Who says so.
        db: By stem, and `average` where all four of them are known.
    """

    metric: Metric
    songs: str
    source: str
    db: Mapping[str, float]


@dataclass(frozen=True)
class ModelEntry:
    """One model of the list.

    Attributes:
        name: What `--model` takes.
        state: Where it is; a damaged one is in the user's folder but cannot be used.
        architecture: Of its network, for people; empty when unknown.
        stems: Names of its outputs, in their order.
        parameters: How many numbers its network has learnt; 0 when unknown.
        size_bytes: Of its file; 0 when unknown.
        licence: SPDX identifier of the weights; empty when unknown.
        source: Where the weights come from: a page, a file, or how they were trained; empty when unknown.
        scores: Those that are known.
        sha256: Of the file, in hex; empty when it is not published and the file is not here.
        published: Whether whoever published the file also published `sha256`; otherwise it is what the file had when
            it was added.
        url: Where its file can be downloaded; empty when only a person can get it, see `source`.
        file: Where it is on this machine; None if it is not.
        remark: What is wrong with a damaged one; otherwise empty.
    """

    name: str
    state: ModelState
    architecture: str = ""
    stems: tuple[str, ...] = ()
    parameters: int = 0
    size_bytes: int = 0
    licence: str = ""
    source: str = ""
    scores: tuple[Score, ...] = ()
    sha256: str = ""
    published: bool = False
    url: str = ""
    file: Path | None = None
    remark: str = ""

    def figures(self) -> dict[tuple[str, Metric, str], float]:
        """The scores for people, in dB by stem, metric and songs: the average, or every stem where there is none."""
        return {
            (stem, score.metric, score.songs): value
            for score in self.scores
            for stem, value in score.db.items()
            if stem == AVERAGE or AVERAGE not in score.db
        }


@dataclass(frozen=True)
class AddModelRequest:
    """A checkpoint that is to become one of the user's models.

    Attributes:
        path: Its file, which stays where it is.
        name: What to call it; empty for the file's name. By the name of a model that is available it gets what is known
            of that one, and must be that file if its SHA-256 is published.
        stems: What its network's outputs are, in their order; empty for what the file says, what is known of the model
            that it is, or else the usual order.
        guess: Whether outputs that nothing names are taken to be in the usual order; else they have to be named.
    """

    path: Path
    name: str = ""
    stems: tuple[str, ...] = ()
    guess: bool = True
