"""Reads `metrics.jsonl`, what a training run says of itself, without loading what it takes to train.

`engine.training.loop` writes reports and validations, `engine.cli.train` the floors at the start of every slice.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import EngineError

# uSDR in dB, by system (a stage or a baseline), then by target; NaN where there is no figure.
Scores = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Report:
    """Some seconds of training.

    Attributes:
        step: Steps taken since the run began.
        hours: Of audio heard since then.
        loss: Mean over the steps since the last report; may be NaN or infinite.
        learning_rate: Of the last step.
        minutes: Trained since the run began.
        minutes_left: Of the slice.
        slices: How many it took, this one included.
    """

    step: int = 0
    hours: float = 0.0
    loss: float = math.nan
    learning_rate: float = math.nan
    minutes: float = 0.0
    minutes_left: float = math.inf
    slices: int = 0

    def hours_at(self, step: int) -> float:
        """Hours of audio at a step soon after; NaN if this is where the run begins."""
        return self.hours * step / self.step if self.step else math.nan


@dataclass(frozen=True)
class Validation:
    """The scores of the averaged weights.

    Attributes:
        step: Steps taken since the run began.
        hours: Of audio heard since then; NaN if no report tells.
        scores: Of the stages.
    """

    step: int
    hours: float
    scores: Scores


@dataclass
class Metrics:
    """A run so far. What a kill undid is left out: steps that were taken again count once.

    Attributes:
        reports: In ascending order of steps.
        validations: In ascending order of steps.
        floors: Scores of the baselines on the validation items, as the last slice found them.
        resumed_from: SHA-256 of the weights that the run began with; empty if it began with none.
        undone: Reports that were left out.
        damaged: Numbers of the lines that cannot be read, from 1.
        lines: How many there are.
    """

    reports: list[Report] = field(default_factory=list[Report])
    validations: list[Validation] = field(default_factory=list[Validation])
    floors: Scores = field(default_factory=dict[str, Mapping[str, float]])
    resumed_from: str = ""
    undone: int = 0
    damaged: list[int] = field(default_factory=list[int])
    lines: int = 0
    _slice_begins: bool = True

    @property
    def last(self) -> Report:
        """The last report, or one of nothing."""
        return self.reports[-1] if self.reports else Report()

    @property
    def steps(self) -> int:
        """Steps taken."""
        return max([self.last.step, *(one.step for one in self.validations[-1:])])

    @property
    def hours(self) -> float:
        """Hours of audio heard; 0 if no report tells."""
        return max([self.last.hours, *(one.hours for one in self.validations[-1:])])

    @property
    def notes(self) -> list[str]:
        """What a reader should know of the record itself, in sentences."""
        notes: list[str] = []
        if self.damaged:
            named = ", ".join(map(str, self.damaged[:5])) + (", …" if len(self.damaged) > 5 else "")
            cut = " The last line is incomplete, as a kill leaves it." if self.damaged[-1] == self.lines else ""
            notes.append(f"Skipped what cannot be read, of {self.lines} lines: {named}.{cut}")
        if self.undone:
            notes.append(
                f"Left out {self.undone} of the reports: the run went on from an earlier step, as after a kill."
            )
        lost = sum(not math.isfinite(report.loss) for report in self.reports)
        if lost:
            notes.append(f"The loss is no finite number in {lost} of {len(self.reports)} reports; these are not drawn.")
        if not self.validations:
            notes.append("There is no validation yet.")
        elif not self.reports:
            notes.append("There is no report of training, so there are no hours of audio to draw curves over.")
        return notes

    def take(self, values: Mapping[str, Any]) -> None:
        """Add what a line says; raises one of several errors, and changes nothing, if it is none of a run."""
        if "floors" in values:
            floors: Mapping[str, Any] = values["floors"]
            self.floors = {system: _numbers(metrics["usdr_db"]) for system, metrics in floors.items()}
            self._slice_begins = True
        elif "resumed_from" in values:
            self.resumed_from = str(values["resumed_from"])
        elif "valid_loss" in values:
            step, scores = int(values["step"]), _scores(values)
            self._forget(reports_after=step, validations_from=step)
            self.validations.append(Validation(step, self.last.hours_at(step), scores))
        else:
            self._take_report(_numbers(values))

    def _take_report(self, values: Mapping[str, float]) -> None:
        step, loss, rate = int(values["step"]), values["loss"], values["learning_rate"]
        hours, left, steps_per_minute = values["hours"], values["minutes_left"], 60 * values["steps_per_second"]
        if min(step, hours) <= 0 or not all(map(math.isfinite, (hours, left, 1 / steps_per_minute))):
            raise ValueError("no report")
        begins = self._slice_begins or left > self.last.minutes_left
        self._forget(reports_after=step - 1, validations_from=step)
        minutes = (step - self.last.step) / steps_per_minute if begins else self.last.minutes_left - left
        minutes, slices = self.last.minutes + minutes, self.last.slices + begins
        self.reports.append(Report(step, hours, loss, rate, minutes, left, slices))
        self._slice_begins = False

    def _forget(self, reports_after: int, validations_from: int) -> None:
        """Drop what was said of steps that are now to come."""
        while self.last.step > reports_after:
            self.reports.pop()
            self.undone += 1
        while self.validations and self.validations[-1].step >= validations_from:
            self.validations.pop()


def read_metrics(path: Path) -> Metrics:
    """Read the record of a run; lines that cannot be read are skipped.

    Raises:
        EngineError: There is no such file, or nothing in it.
    """
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError as error:
        raise EngineError(f"there is no {path.name} in {path.parent}: no training run has reported there") from error
    except OSError as error:
        raise EngineError(f"cannot read {path}: {error.strerror or error}") from error
    metrics = Metrics(lines=len(lines))
    for number, line in enumerate(lines, start=1):
        try:
            metrics.take(json.loads(line))
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
            metrics.damaged.append(number)
    if not metrics.reports and not metrics.validations:
        raise EngineError(f"{path} holds no report of a training run yet")
    return metrics


def _scores(values: Mapping[str, Any]) -> Scores:
    """Scores from the flat `stage1_vocals` and so on."""
    scores: dict[str, dict[str, float]] = {}
    for name, value in _numbers(values).items():
        system, _, target = name.partition("_")
        if system.startswith("stage"):
            scores.setdefault(system, {})[target] = value
    return scores


def _numbers(values: Mapping[str, Any]) -> dict[str, float]:
    return {name: math.nan if value is None else float(value) for name, value in values.items()}
