"""`bandsaw models`: the bundled models, the user's own, and those that can be got."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Never

from tqdm import tqdm

from engine.cli import CANCELLED_EXIT_CODE
from engine.cli.work import cancelled_by_signals, printable
from engine.errors import Cancelled
from engine.model.adding import add_model
from engine.model.catalog import check_entry, find_model, how_to_get, list_models, remove_model, usable
from engine.model.download import fetch_model
from engine.model.entry import AddModelRequest, ModelEntry
from engine.progress import JobControl, Phase, Progress, ProgressCallback

_PHASES: dict[Phase, str] = {
    "download": "downloading",
    "check": "checking its file",
    "load": "reading its weights",
    "try": "trying it out on a second of noise",
    "copy": "copying its file",
}


def run(options: argparse.Namespace) -> int:
    """Do what `bandsaw models ACTION` asks.

    Raises:
        EngineError: It cannot be done; nothing was changed.
    """
    actions: dict[str, Callable[[argparse.Namespace, JobControl], None]] = {
        "list": _list, "info": _info, "add": _add, "remove": _remove, "download": _download,
    }  # fmt: skip
    with cancelled_by_signals() as control:
        try:
            actions[options.action](options, control)
        except Cancelled:
            sys.stderr.write("bandsaw: cancelled\n")
            return CANCELLED_EXIT_CODE
    return 0


def _list(options: argparse.Namespace, _control: JobControl) -> None:
    entries = list_models()
    if options.json:
        sys.stdout.write(json.dumps([_as_json(entry) for entry in entries], indent=1) + "\n")
        return
    rows = [("name", "state", "network", "stems", "size", "licence", "scores"), *(_row(entry) for entry in entries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        sys.stdout.write("  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip() + "\n")


def _info(options: argparse.Namespace, control: JobControl) -> None:
    entry = check_entry(find_model(options.name), control)
    if options.json:
        sys.stdout.write(json.dumps(_as_json(entry), indent=1) + "\n")
    else:
        _write_facts(entry)
    usable(entry)


def _write_facts(entry: ModelEntry) -> None:
    facts = {
        "name": entry.name,
        "state": entry.state,
        "network": entry.architecture or "unknown",
        "stems": ", ".join(entry.stems),
        "parameters": f"{entry.parameters:,}" if entry.parameters else "unknown",
        "size": _size_words(entry),
        "licence": entry.licence or "unknown",
        "source": entry.source or "unknown",
        "scores": _score_words(entry),
        "SHA-256": entry.sha256 or "unknown",
        "which is": _trust_words(entry),
        "address": entry.url,
        "file": str(entry.file or ""),
        "remark": entry.remark,
        "next": how_to_get(entry) if entry.state == "available" else "",
    }
    for name, value in facts.items():
        if value:
            sys.stdout.write(f"{name:10}  {printable(value)}\n")


def _add(options: argparse.Namespace, control: JobControl) -> None:
    with _told_phases(str(options.name or options.file.name)) as tell:
        entry = add_model(AddModelRequest(options.file, options.name, options.stems), tell, control)
    _tell_added(entry)


def _remove(options: argparse.Namespace, _control: JobControl) -> None:
    remove_model(options.name)
    sys.stdout.write(f"{options.name}: removed\n")


def _download(options: argparse.Namespace, control: JobControl) -> None:
    with _told_phases(options.name) as tell:
        path = fetch_model(options.name, tell, control)
        entry = add_model(AddModelRequest(path, options.name), tell, control)
    _tell_added(entry)


@contextmanager
def _told_phases(model: str) -> Generator[ProgressCallback]:
    """Tell every phase in a line on standard error, with a bar for what counts bytes where that is a terminal."""
    bars: list[tqdm[Never]] = []
    phases: list[Phase] = []

    def tell(progress: Progress) -> None:
        if phases[-1:] != [progress.phase]:
            phases.append(progress.phase)
            close()
            sys.stderr.write(f"{printable(model)}: {_PHASES[progress.phase]}\n")
            if sys.stderr.isatty() and progress.phase in ("download", "copy"):
                bars.append(tqdm(unit="B", unit_scale=True, file=sys.stderr, leave=False))
        for bar in bars:
            bar.total = progress.total or None
            bar.update(progress.done - bar.n)

    def close() -> None:
        while bars:
            bars.pop().close()

    try:
        yield tell
    finally:
        close()


def _tell_added(entry: ModelEntry) -> None:
    added = f"{entry.name}: added, {entry.architecture} with {', '.join(entry.stems)}"
    sys.stdout.write(f"{printable(added)}\nSHA-256 {entry.sha256}, {_trust_words(entry)}\n")


def _row(entry: ModelEntry) -> tuple[str, ...]:
    stems, licence = printable(", ".join(entry.stems)), printable(entry.licence) or "unknown"
    network, scores = printable(entry.architecture) or "unknown", printable(_score_words(entry))
    return (entry.name, entry.state, network, stems, _size_words(entry), licence, scores)


def _as_json(entry: ModelEntry) -> dict[str, Any]:
    return {**dataclasses.asdict(entry), "file": None if entry.file is None else str(entry.file)}


def _size_words(entry: ModelEntry) -> str:
    return f"{entry.size_bytes / 1e6:.1f} MB" if entry.size_bytes else "unknown"


def _score_words(entry: ModelEntry) -> str:
    figures = entry.figures().items()
    return "; ".join(f"{stem} {metric} on {songs} {value:.2f} dB" for (stem, metric, songs), value in figures)


def _trust_words(entry: ModelEntry) -> str:
    if not entry.sha256:
        return ""
    return "as published" if entry.published else "as it was when it was added; none is published to compare with"
