"""A blind test of the two stages, or of what is compared in their place: A, B, and X, drawn anew for every trial.

Whoever hears no difference guesses, and is right in half of the trials. How likely guessing alone gives at least as
many right answers is the p-value; it is told at the end only, because feedback would teach.
"""

from __future__ import annotations

import csv
import io
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QTimer, Signal

from app.errors import Problem, describe
from app.jobs.runner import JobRunner
from app.jobs.task import Task
from app.viewmodel.playback import Playback
from app.viewmodel.sides import Sides, sides_of, stage_sides
from app.viewmodel.signals import signals_of, stem_name
from app.viewmodel.strips import MixerState, gains
from app.viewmodel.view_model import ViewModel
from app.words import number_text, tr
from engine.api import (
    STAGES,
    Gains,
    MatchRequest,
    Separation,
    Stage,
    WriteError,
    match_levels,
    whole_file,
)

Guess = Literal["A", "B"]
Version = Literal["A", "B", "X"]
AbxPhase = Literal["closed", "choosing", "matching", "listening", "done"]

TRIALS = (10, 16, 20)
SIGNIFICANCE = 0.05
COLUMNS = ("date", "song", "stem", "a", "b", "range_seconds", "trial", "x", "answer", "correct", "p")

_BEST_SECONDS = (1.0, 30.0)
_UNITY = (1.0, 1.0)
_ATTEND_MS = 100


@dataclass(frozen=True)
class Subject:
    """Something that both stages have.

    Attributes:
        name: What people call it.
        a: What sounds in stage 1.
        b: What sounds in stage 2.
    """

    name: str
    a: Gains
    b: Gains


@dataclass(frozen=True)
class AbxSong:
    """What can be tested.

    Attributes:
        separation: Of both stages.
        name: The song's.
        mixer: For the mix as heard.
        loop: The range of samples to test on; None for the whole song.
    """

    separation: Separation
    name: str
    mixer: MixerState
    loop: tuple[int, int] | None

    @property
    def range(self) -> tuple[int, int]:
        """First sample, and the sample after the last."""
        return self.loop or (0, self.separation.samples)

    @property
    def seconds(self) -> float:
        """Length of the range."""
        start, stop = self.range
        return (stop - start) / self.separation.sample_rate


@dataclass(frozen=True)
class Trial:
    """One answer, and what X was."""

    x: Guess
    answer: Guess


@dataclass(frozen=True)
class AbxResult:
    """How a finished test went."""

    trials: tuple[Trial, ...]

    @property
    def correct(self) -> int:
        """How many answers were right."""
        return sum(trial.answer == trial.x for trial in self.trials)

    @property
    def p(self) -> float:
        """How likely guessing gives at least as many right answers."""
        return p_value(self.correct, len(self.trials))

    @property
    def heard_difference(self) -> bool:
        """Whether guessing is too unlikely to explain it."""
        return self.p < SIGNIFICANCE

    @property
    def verdict(self) -> str:
        """The outcome in a few words."""
        return tr("You hear a difference") if self.heard_difference else tr("A difference was not shown")

    @property
    def explanation(self) -> str:
        """What the verdict rests on, in one sentence."""
        share = tr("less than 0.1 %") if self.p < 0.001 else f"{number_text(100 * self.p, 1)} %"
        return tr(
            "{correct} of {count} answers were right; "
            "guessing does at least as well in {share} of such tests (p = {p})."
        ).format(correct=self.correct, count=len(self.trials), share=share, p=number_text(self.p, 4))


@dataclass(frozen=True)
class AbxState:
    """What the dialog shows; nothing in it depends on what X is.

    Attributes:
        phase: Where the test stands.
        subjects: What can be compared.
        seconds: Length of the range.
        whole_song: Whether the range is the whole song, for want of a loop.
        subject: What is compared.
        trials: How many there will be.
        answered: How many answers there are.
        version: What sounds, or sounded last in this trial; None before the first.
        playing: Whether sound is running.
        can_answer: Whether X has been heard in this trial.
        result: At the end.
        saved: Where the result was written.
        problem: Why there is no test, or no file.
    """

    phase: AbxPhase = "closed"
    subjects: tuple[str, ...] = ()
    seconds: float = 0.0
    whole_song: bool = False
    subject: str = ""
    trials: int = TRIALS[0]
    answered: int = 0
    version: Version | None = None
    playing: bool = False
    can_answer: bool = False
    result: AbxResult | None = None
    saved: Path | None = None
    problem: Problem | None = None

    @property
    def warning(self) -> str:
        """Why another range would do better; else empty."""
        shortest, longest = _BEST_SECONDS
        if self.seconds < shortest:
            words = tr("This is shorter than {time} and hard to judge; a loop of 3 to 10 s works best.")
            return words.format(time=f"{shortest:g} s")
        if self.seconds > longest:
            words = tr("This is longer than {time} and hard to keep in mind; a loop of 3 to 10 s works best.")
            return words.format(time=f"{longest:g} s")
        return ""


def p_value(correct: int, trials: int) -> float:
    """How likely fair guessing gives at least `correct` right answers: the exact one-sided binomial test."""
    return sum(math.comb(trials, right) for right in range(correct, trials + 1)) / 2**trials


def subjects(song: AbxSong) -> tuple[Subject, ...]:
    """Everything that can be compared: all stems at their own level, each stem, and the mix as heard.

    A mix that sounds the same in both stages is left out: the original, or stems and residual, which add up to it.
    Muted ranges sound, too, because stages are compared. Where only one side has a stem, no test of it is offered, nor
    of `other`, which then is something else on each side.
    """
    stems, mixer = song.separation.stems, song.mixer.without_gaps
    lacking = {stem for stem in stems for stage in STAGES if song.separation.lacks((stem, stage))}
    alike = [stem for stem in stems if stem not in (lacking and {*lacking, "other"})]

    def stems_at(stage: Stage, *names: str) -> Gains:
        return {(stem, stage): _UNITY for stem in names}

    def heard_at(stage: Stage) -> Gains:
        strips = (strip if strip.is_source else replace(strip, stage=stage, take="stage") for strip in mixer.strips)
        return gains(replace(mixer, strips=tuple(strips)))

    found = [Subject(tr("All stems"), stems_at(1, *stems), stems_at(2, *stems))]
    found += [Subject(stem_name(stem), stems_at(1, stem), stems_at(2, stem)) for stem in alike]
    mix = Subject(tr("The mix as heard"), heard_at(1), heard_at(2))
    return tuple(found) if mix.a == mix.b or mixer.is_flat else (*found, mix)


class AbxModel(ViewModel[AbxState]):
    """Runs one blind test at a time. While it is open, it alone drives the player."""

    ended = Signal()  # the player is the window's again, and needs its loop and gains

    def __init__(self, player: Playback, runner: JobRunner, chance: random.Random | None = None) -> None:
        """Args: chance: Draws X; the system's own source of randomness, unless a test says otherwise."""
        super().__init__(AbxState())
        self._player = player
        self._chance = chance or random.SystemRandom()
        self._song: AbxSong | None = None
        self._subjects: tuple[Subject, ...] = ()
        self._gains: Mapping[Version, Gains] = {}
        self._matching = Task(runner)
        self._matching.succeeded.connect(self._on_matched)
        self._matching.failed.connect(self._on_failure)
        self._x: Guess = "A"
        self._done: tuple[Trial, ...] = ()
        self._came_from = 0
        # Nobody else sees to the device meanwhile.
        self._attending = QTimer(self)
        self._attending.setInterval(_ATTEND_MS)
        self._attending.timeout.connect(player.attend)

    @property
    def sides(self) -> Sides:
        """What A and B are, of the song that was opened."""
        return sides_of(self._song.separation) if self._song is not None else stage_sides()

    def open(self, song: AbxSong) -> None:
        """Take over the player, which must be paused, and ask what to compare; needs a song of both stages."""
        self._song = song
        self._subjects = subjects(song)
        if self._state.phase == "closed":
            self._came_from = self._player.position
        names = tuple(subject.name for subject in self._subjects)
        self._set(AbxState("choosing", names, song.seconds, song.loop is None, names[0]))

    def start(self, subject: int, trials: int) -> None:
        """Match the levels of what was chosen, by its place in `subjects`, and begin."""
        song = self._song
        if song is None or self._state.phase not in ("choosing", "done"):
            return
        chosen = self._subjects[subject]
        first, last = song.range
        separation = song.separation
        request = MatchRequest(signals_of(separation), separation.sample_rate, chosen.a, chosen.b, first, last)
        self._set(AbxState("matching", self._state.subjects, song.seconds, song.loop is None, chosen.name, trials))
        self._matching.start(lambda _report, control: match_levels(request, control))

    def play(self, version: Version) -> None:
        """Hear a version from where the sound is; a switch is a short cross-fade at the same sample."""
        if self._state.phase != "listening":
            return
        self._player.set_gains(self._gains[self._x if version == "X" else version])
        self._player.play()
        self._set(replace(self._state, version=version, can_answer=self._state.can_answer or version == "X"))

    def toggle(self) -> None:
        """Pause, or go on with the version that sounded last."""
        if self._player.playing:
            self._player.pause()
            self._set(self._state)
        elif self._state.version is not None:
            self.play(self._state.version)

    def answer(self, guess: Guess) -> None:
        """Say what X is; counts once X has been heard in this trial."""
        if not self._state.can_answer:
            return
        self._done = (*self._done, Trial(self._x, guess))
        if len(self._done) < self._state.trials:
            self._next_trial()
            return
        self._player.pause()
        self._set(
            replace(
                self._state,
                phase="done",
                answered=len(self._done),
                version=None,
                can_answer=False,
                result=AbxResult(self._done),
            )
        )

    def choose_again(self) -> None:
        """Go back to the choice of what to compare."""
        if self._song is not None and self._state.phase == "done":
            self.open(self._song)

    def save(self, path: Path) -> None:
        """Write the result as CSV, one row for each trial."""
        result, song = self._state.result, self._song
        if result is None or song is None:
            return
        date = datetime.now().astimezone().isoformat(timespec="seconds")
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        sides = [self.sides[stage].told for stage in STAGES]
        for number, trial in enumerate(result.trials, start=1):
            right = int(trial.answer == trial.x)
            where = (date, song.name, self._state.subject, *sides, f"{song.seconds:.3f}")
            writer.writerow((*where, number, trial.x, trial.answer, right, f"{result.p:.6g}"))
        try:
            with whole_file(path) as part:
                part.write_bytes(text.getvalue().encode())
        except WriteError as error:
            self._set(replace(self._state, problem=describe(error, path)))
        else:
            self._set(replace(self._state, saved=path, problem=None))

    def close(self) -> None:
        """End the test, finished or not, and give the player back where it was."""
        song = self._song
        if song is None:
            return
        self._matching.give_up()
        self._song = None
        self._gains = {}
        self._player.pause()
        self._player.seek(self._came_from)
        self._set(AbxState())
        self.ended.emit()

    def _on_matched(self, gains: tuple[Gains, Gains]) -> None:
        song = self._song
        if song is None:
            return
        self._gains = dict(zip(("A", "B"), gains, strict=True))
        self._done = ()
        self._player.set_loop(song.range if song.range[1] - song.range[0] > 1 else None)
        self._set(replace(self._state, phase="listening"))
        self._next_trial()

    def _on_failure(self, error: Exception) -> None:
        self._set(replace(self._state, phase="choosing", problem=describe(error)))

    def _next_trial(self) -> None:
        """Draw X and wait at the start of the range, so that no sound leads from one X to the next."""
        self._x = self._chance.choice(("A", "B"))
        self._player.pause()
        if self._song is not None:
            self._player.seek(self._song.range[0])
        self._set(replace(self._state, answered=len(self._done), version=None, can_answer=False))

    def _set(self, state: AbxState) -> None:
        playing = state.phase == "listening" and self._player.playing
        if not playing:
            self._attending.stop()
        elif not self._attending.isActive():
            self._attending.start()
        super()._set(replace(state, playing=playing))
