"""`bandsaw train-report`: how a training run went, as one HTML page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from engine.cli.work import printable
from engine.training.metrics import read_metrics
from engine.training.run_report import render_page, write_page


def run(options: argparse.Namespace) -> int:
    """Write the page and print where it is; returns the exit code.

    Raises:
        EngineError: The run has not reported, or the page cannot be written.
    """
    folder: Path = options.run
    path: Path = options.out or folder / "report.html"
    metrics = read_metrics(folder / "metrics.jsonl")
    for note in metrics.notes:
        sys.stderr.write(f"note: {note}\n")
    write_page(path, render_page(metrics, printable(folder.resolve().name)))
    sys.stdout.write(f"{printable(str(path))}\n")
    return 0
