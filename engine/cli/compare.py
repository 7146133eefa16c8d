"""`bandsaw compare`: networks beside each other and beside what was published: cost, speed and quality."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence

from engine.cli.work import printable, tell, work_folder
from engine.evaluation.evaluate import EvaluationRequest, evaluate
from engine.evaluation.plot import check_plot, draw_quality
from engine.evaluation.quality import COLUMNS, PUBLISHED_SYSTEMS, SystemScores, known_scores, measured_scores
from engine.evaluation.songs import song_folders
from engine.inference.compare import Compared, Published, compare
from engine.model.architectures import PRESET_PREFIX, PRESETS
from engine.model.catalog import list_models, models_here

_HEADINGS = (
    "model",
    "architecture",
    "stems",
    "M parameters",
    "of stage 1",
    "GMAC/s",
    "of stage 1",
    "s per s",
    "memory",
)


def run(options: argparse.Namespace) -> int:
    """Collect, measure and print. Returns the exit code.

    Raises:
        EngineError: There is no such model or device, nothing to score, nothing to draw with, or no place for the plot.
    """
    if options.plot:
        check_plot(options.plot)
    if options.references:
        song_folders(options.references)  # what is wrong with it is told before anything is measured
    models = options.models or (*(PRESET_PREFIX + name for name in PRESETS), *models_here())
    rounds = 0 if options.counts_only else options.rounds
    rows = compare(models, options.device, rounds, tell)
    networks = dict(zip(models, rows, strict=True))
    quality, failed = [*PUBLISHED_SYSTEMS, *_known(networks, everything=not options.models)], False
    if options.references:
        measured, failed = _measured(networks, options)
        quality += measured
    if options.plot:
        draw_quality(options.plot, quality)
    sys.stdout.write(_as_json(rows, quality) if options.json else table(rows) + quality_tables(quality))
    return 1 if failed else 0


def _known(networks: dict[str, Compared], *, everything: bool) -> list[SystemScores]:
    """What the list of models says of those that were asked for, or of all, also of those that are not here."""
    found: list[SystemScores] = []
    for entry in list_models():
        network = networks.get(entry.name)
        if network or everything:
            found += known_scores(entry, network.info.macs_per_second / 1e9 if network else None)
    return found


def _measured(networks: dict[str, Compared], options: argparse.Namespace) -> tuple[list[SystemScores], bool]:
    """Score every model that has weights; also says whether a song could not be scored."""
    found: list[SystemScores] = []
    failed = False
    with work_folder() as work:
        for model, network in networks.items():
            if model.startswith(PRESET_PREFIX):
                continue
            request = EvaluationRequest(options.references, model, device=options.device, work=work)
            evaluation = evaluate(request, lambda line, model=model: tell(printable(f"{model}: {line}")))
            failed = failed or bool(evaluation.failures)
            count = len(evaluation.songs)
            songs = f"{count} song{'' if count == 1 else 's'} of {printable(options.references.resolve().name)}"
            found.append(measured_scores(evaluation, network.info, songs))
            tell(f"{model}: scored on {songs}")
    return found, failed


def table(rows: Sequence[Compared]) -> str:
    """The networks in Markdown."""
    lines = _markdown(_HEADINGS, [_cells(row) for row in rows])
    lines += ["", "In brackets: what was published."]
    measured = next((row.measured for row in rows if row.measured), None)
    if measured:
        lines.append(f"Speed and memory: one stereo segment, random weights for presets, on {measured.device}.")
    return "\n".join(lines) + "\n"


def quality_tables(rows: Sequence[SystemScores]) -> str:
    """A table in Markdown for each set of songs, as only figures on the same songs compare."""
    lines: list[str] = []
    for songs in dict.fromkeys(row.songs for row in rows):
        lines += ["", f"cSDR / uSDR in dB, {songs}:", ""]
        cells = [
            [printable(row.system), *(_both(row, column) for column in COLUMNS), row.source]
            for row in rows
            if row.songs == songs
        ]
        lines += _markdown(("system", *COLUMNS, "source"), cells)
    return "\n".join(lines) + "\n"


def _markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    ruled = [f"| {' | '.join(cells)} |" for cells in (headings, *rows)]
    return [ruled[0], "|---" * len(headings) + "|", *ruled[1:]]


def _both(row: SystemScores, column: str) -> str:
    figures = (row.csdr_db.get(column), row.usdr_db.get(column))
    return "-" if figures == (None, None) else " / ".join("-" if each is None else f"{each:.2f}" for each in figures)


def _cells(row: Compared) -> list[str]:
    info, published = row.info, row.published or Published("")
    staged = info.stages > 1
    memory = row.measured.peak_bytes if row.measured else None
    return [
        printable(info.model),
        info.architecture,
        str(len(info.stems)),
        _beside(info.parameters / 1e6, published.parameters),
        _beside(info.first_stage_parameters / 1e6, published.first_stage_parameters) if staged else "-",
        _beside(info.macs_per_second / 1e9, published.gmacs),
        _beside(info.first_stage_macs_per_second / 1e9, published.first_stage_gmacs) if staged else "-",
        "-" if row.seconds_per_second is None else f"{row.seconds_per_second:.3g}",
        "-" if memory is None else f"{memory / 1e9:.2f} GB",
    ]


def _beside(ours: float, published: float | None) -> str:
    return _number(ours) + ("" if published is None else f" ({_number(published)})")


def _number(value: float) -> str:
    return f"{value:.2f}" if value >= 1 else f"{value:.3g}"


def _as_json(rows: Sequence[Compared], quality: Sequence[SystemScores]) -> str:
    networks = [{**dataclasses.asdict(row), "seconds_per_second": row.seconds_per_second} for row in rows]
    return json.dumps({"networks": networks, "quality": [dataclasses.asdict(row) for row in quality]}, indent=1) + "\n"
