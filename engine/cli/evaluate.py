"""`bandsaw evaluate`: how good a model is, on songs that come with reference stems."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from engine.cli.work import printable, tell, work_folder
from engine.evaluation.evaluate import EvaluationRequest, evaluate, unwatched
from engine.evaluation.report import as_text, as_values
from engine.progress import Progress
from engine.stems import STAGE_CHOICES

_ERASE_LINE = "\r\x1b[K"


def run(options: argparse.Namespace) -> int:
    """Score every song and print tables, or one JSON object. Returns the exit code.

    Raises:
        EngineError: There are no songs, or there is no such model or device.
    """
    watched = sys.stderr.isatty()

    def say(line: str) -> None:
        tell((_ERASE_LINE if watched else "") + printable(line))

    try:
        with work_folder() as work:
            evaluation = evaluate(_request(options, work), say, _show_progress if watched else unwatched)
    finally:
        if watched:
            sys.stderr.write(_ERASE_LINE)
    if options.json:
        sys.stdout.write(json.dumps(as_values(evaluation), ensure_ascii=True, allow_nan=False) + "\n")
    else:
        sys.stdout.write(as_text(evaluation))
    return 1 if evaluation.failures else 0


def _request(options: argparse.Namespace, work: Path) -> EvaluationRequest:
    return EvaluationRequest(
        references=options.references,
        model=options.model,
        stages=STAGE_CHOICES.get(options.stages, ()),
        quality=options.quality,
        device=options.device,
        precision=options.precision,
        limit=options.limit,
        work=work,
    )


def _show_progress(song: str, progress: Progress) -> None:
    """One line, written over and over: the song, and the share of it that is separated."""
    sys.stderr.write(f"{_ERASE_LINE}{printable(song)}: {progress.share:.0%}")
    sys.stderr.flush()
