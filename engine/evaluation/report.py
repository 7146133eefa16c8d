"""An evaluation as a table for people and as plain values for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.evaluation.evaluate import Evaluation
from engine.evaluation.metrics import Figures, Scores, score_values
from engine.evaluation.quality import TS_BSMAMBA2
from engine.stems import DEFAULT_STEMS

# What systems are called, from the ceiling down to the floors.
SYSTEMS = {
    "ideal_ratio_mask": "ideal ratio mask",
    "stage2": "stage 2: mask + map",
    "stage1": "stage 1: mask",
    "wiener_mask": "Wiener mask",
    "equal_share": "mixture in equal shares",
    "mixture": "mixture",
}
_TITLES = {
    "csdr_db": "cSDR, median over songs",
    "usdr_db": "uSDR, mean over songs",
    "leakage_db": "level where the reference is silent, against the mixture",
}

# What the paper reports for its network with 8 + 4 blocks on the test songs of MUSDB18-HQ.
PAPER_LABEL = "TS-BSMAMBA2, paper"
PAPER_DB: Mapping[str, Mapping[str, float]] = {"usdr_db": TS_BSMAMBA2.usdr_db}


def as_text(evaluation: Evaluation) -> str:
    """Tables of all systems and targets in dB; `-` where there is no figure."""
    songs = f"{len(evaluation.songs)} song" + ("" if len(evaluation.songs) == 1 else "s")
    facts = (songs, f"model {evaluation.model}", f"quality {evaluation.quality}", evaluation.computed)
    lines = [", ".join(filter(None, facts))]
    for metric in Figures._fields:
        lines.extend(_table(evaluation.summary, metric))
    lines += ["", "All figures in dB."]
    if any(line.startswith(PAPER_LABEL) for line in lines):
        lines[-1] += f" {PAPER_LABEL}: on the test songs of MUSDB18-HQ; only those compare with it."
    return "\n".join(lines) + "\n"


def as_values(evaluation: Evaluation) -> dict[str, Any]:
    """Everything as JSON takes it; None where there is no figure."""
    return {
        "model": evaluation.model,
        "model_sha256": evaluation.model_sha256,
        "quality": evaluation.quality,
        "summary": score_values(evaluation.summary),
        "paper": PAPER_DB,
        "songs": [
            {
                "song": song.song,
                "seconds": round(song.seconds, 3),
                "sample_rate": song.sample_rate,
                "device": song.device,
                "precision": song.precision,
                "scores": score_values(song.scores),
                "warnings": song.warnings,
            }
            for song in evaluation.songs
        ],
        "failed": [
            {"song": song, "kind": error.kind, "message": str(error)} for song, error in evaluation.failures.items()
        ],
    }


def _table(summary: Scores, metric: str) -> Iterator[str]:
    values = {system: targets[metric] for system, targets in score_values(summary).items()}
    rows = {label: values[system] for system, label in SYSTEMS.items() if system in values}
    if not any(value is not None for row in rows.values() for value in row.values()):
        return
    columns = list(next(iter(rows.values())))
    if metric in PAPER_DB and set(DEFAULT_STEMS) <= set(columns):  # the average of other stems is another figure
        rows[PAPER_LABEL] = {**dict.fromkeys(columns), **PAPER_DB[metric]}
    width = max(8, *(len(column) + 2 for column in columns))
    yield ""
    yield _TITLES[metric]
    yield f"{'':24}" + "".join(f"{column:>{width}}" for column in columns)
    for label, row in rows.items():
        yield f"{label:24}" + "".join(f"{_shown(row[column]):>{width}}" for column in columns)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
