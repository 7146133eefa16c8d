"""Reads the command line and calls the command."""

from __future__ import annotations

import argparse
import errno
import importlib
import io
import math
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

import platformdirs

from engine import __version__
from engine.cli import COMMANDS
from engine.cli.work import killed_like_interrupted, printable
from engine.errors import EngineError
from engine.export import FORMATS, NAME_FIELDS, STEM_FILE_FORMATS, TemplateError, check_template
from engine.stems import BENCH_PATHS, DEVICES, PRECISIONS, QUALITIES, STAGE_CHOICES
from engine.training.choices import MODES, PRESET_NAMES


def main(arguments: Sequence[str]) -> int:
    """Parse the arguments and run the command they name; see `engine.cli.run_command_line`."""
    _open_closed_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # On Windows, what is written to a file or a pipe has 256 characters; a name with others must not end the work.
        sys.stdout.reconfigure(errors="replace")  # Source: Python, sys.stdout
    parser = _parser()
    try:
        options = parser.parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    try:
        with killed_like_interrupted():
            _require_home()
            code = _run(options)
            sys.stdout.flush()
            return code
    except EngineError as error:
        sys.stderr.write(f"bandsaw: {printable(str(error))}\n")
        return 1
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.ENOSPC, errno.EDQUOT):
            raise
        # Nobody reads what is written, as after `| head`, or its disk is full. Python writes the rest when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno != errno.EPIPE:
            sys.stderr.write(f"bandsaw: cannot write the output: {error.strerror}\n")
        return 1


def _open_closed_streams() -> None:
    """Let what nobody wants to hear be said to nobody, as after `>&-`: Python then has no such stream at all."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open until the end


def _require_home() -> None:
    """Raise EngineError if there is no folder to keep files in, as for a user that the system does not know."""
    with suppress(RuntimeError):
        if platformdirs.user_cache_path().is_absolute() and platformdirs.user_data_path().is_absolute():
            return
    raise EngineError("this user has no home folder; set HOME to a folder that can be written")


def _run(options: argparse.Namespace) -> int:
    if options.command == "evaluate" and "torch" not in sys.modules:
        # Its threads then sleep while they wait for each other, instead of keeping other programs from their cores. Not
        # in training, whose many small operations would wait for them to wake up.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # Each command is a module of its name with a function `run`; importing only one keeps the others' libraries out.
    module = importlib.import_module(f"engine.cli.{options.command.replace('-', '_')}")
    return cast("int", module.run(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bandsaw", description="Split songs into stems on this machine.")
    parser.add_argument("--version", action="version", version=f"bandsaw {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar=" | ".join(COMMANDS))
    _add_split(commands.add_parser("split", help="split songs into stems"))

    forward = commands.add_parser("forward", help="run the bare network on an array, for researchers")
    forward.add_argument("--checkpoint", type=_path, required=True, metavar="FILE")
    forward.add_argument(
        "--input", type=_path, required=True, metavar="X.npy", help="float32 (C, n) at the network's rate"
    )
    forward.add_argument("--output", type=_path, required=True, metavar="Y.npz", help="stage1 and stage2, (S, C, n)")

    _add_evaluate(commands.add_parser("evaluate", help="score a model on songs that come with reference stems"))

    _add_train(commands.add_parser("train", help="train a network, for researchers"))

    report = commands.add_parser("train-report", help="draw how a training run went, as one HTML page")
    report.add_argument("run", type=_path, metavar="RUN", help="the run's folder")
    report.add_argument("--out", type=_path, metavar="FILE.html", help="default: RUN/report.html")

    preview = commands.add_parser("augment-preview", help="hear what the augmentation of training data does")
    preview.add_argument(
        "--input", type=_path, required=True, metavar="DIR", help="a song's stems, or DIR/SONG/STEM.EXT"
    )
    preview.add_argument("--out", type=_path, required=True, metavar="DIR", help="for DIR/before and DIR/after")
    preview.add_argument("--mode", choices=MODES, default="coherent_varied", help="which stems share what is drawn")
    preview.add_argument("--seed", type=_seed, default=0)

    info = commands.add_parser("info", help="show a model's size, cost, licence, and what it would run on")
    info.add_argument("--model", default="default", metavar="NAME|PATH|preset:NAME")
    info.add_argument("--device", choices=DEVICES, default="auto")
    info.add_argument("--json", action="store_true", help="print one JSON object")

    _add_bench(commands.add_parser("bench", help="measure how fast models run on this machine"))
    _add_models(commands.add_parser("models", help="list, add, remove and download models"))
    _add_compare(commands.add_parser("compare", help="cost, speed and quality of networks, beside what was published"))
    return parser


def _add_models(models: argparse.ArgumentParser) -> None:
    actions = models.add_subparsers(dest="action", required=True, metavar="list | info | add | remove | download")
    listing = actions.add_parser("list", help="all models: bundled, installed, and those that can be got")
    info = actions.add_parser("info", help="one model; reads its whole file to see whether it is damaged")
    for action in (listing, info):
        action.add_argument("--json", action="store_true", help="print JSON")
    add = actions.add_parser("add", help="copy a checkpoint into the list, after a trial run")
    add.add_argument("file", type=_path, metavar="FILE")
    add.add_argument("--name", default="", help="what to call it (default: the file's name)")
    add.add_argument("--stems", type=_names, default=(), metavar="drums,bass,...", help="its outputs in their order")
    remove = actions.add_parser("remove", help="remove a model that was added or downloaded, or an unfinished download")
    download = actions.add_parser("download", help="get a model; again goes on where it broke off")
    for action in (info, remove, download):
        action.add_argument("name", metavar="NAME")


def _add_compare(compare: argparse.ArgumentParser) -> None:
    compare.add_argument(
        "--models", type=_names, default=(), metavar="default,preset:NAME", help="default: all presets and models"
    )
    compare.add_argument("--references", type=_path, metavar="DIR", help="score models on DIR/SONG/STEM.EXT")
    compare.add_argument("--plot", type=_path, metavar="FILE.png", help="draw quality against cost")
    compare.add_argument("--counts-only", action="store_true", help="measure nothing")
    compare.add_argument("--device", choices=DEVICES, default="auto")
    compare.add_argument("--rounds", type=_count, default=1, metavar="N", help="medians are taken over so many")
    compare.add_argument("--json", action="store_true", help="print one JSON object")


def _add_bench(bench: argparse.ArgumentParser) -> None:
    bench.add_argument(
        "--models",
        type=_names,
        default=(),
        metavar="default,preset:NAME",
        help="default: full, light, small, and the models that are here",
    )
    bench.add_argument(
        "--paths",
        nargs="+",
        choices=BENCH_PATHS,
        help="as PyTorch comes, with our settings, as the program runs it, that in int16",
    )
    bench.add_argument("--device", choices=DEVICES, default="auto")
    bench.add_argument("--rounds", type=_count, default=3, metavar="N", help="medians are taken over so many")
    bench.add_argument("--json", action="store_true", help="print one JSON object")


def _add_split(split: argparse.ArgumentParser) -> None:
    split.add_argument("inputs", nargs="+", type=_path, metavar="FILE", help="songs, or folders of songs")
    split.add_argument("--out", type=_path, required=True, metavar="DIR", help="stems go to DIR/SONG/STEM.EXT")
    split.add_argument("--model", default="default", metavar="NAME|PATH")
    split.add_argument("--stems", type=_names, default=(), metavar="vocals,drums", help="only these (default: all)")
    split.add_argument("--stage", choices=STAGE_CHOICES, help="1 mask, 2 mask + residual (default, if any)")
    split.add_argument("--quality", choices=QUALITIES, default="balanced")
    split.add_argument("--format", choices=(*FORMATS, *STEM_FILE_FORMATS), default="wav")
    split.add_argument("--residual", action="store_true", help="also write the song minus the written stems")
    split.add_argument("--minus", type=_names, default=(), metavar="vocals", help="also write the song minus a stem")
    fields = " ".join(f"{{{field}}}" for field in NAME_FIELDS)
    split.add_argument("--name", type=_template, default="", metavar="TEMPLATE", help=f"of the files, from {fields}")
    split.add_argument("--reaper", action="store_true", help="also write a REAPER project (WAV and FLAC)")
    split.add_argument("--device", choices=DEVICES, default="auto")
    split.add_argument("--precision", choices=PRECISIONS, default="auto")
    split.add_argument("--json", action="store_true", help="print one JSON object per line instead of text")
    existing = split.add_mutually_exclusive_group()
    existing.add_argument(
        "--overwrite",
        dest="existing",
        action="store_const",
        const="overwrite",
        default="refuse",
        help="write over files that are there",
    )
    existing.add_argument(
        "--skip-existing", dest="existing", action="store_const", const="skip", help="keep each of them, write the rest"
    )


def _add_evaluate(evaluate: argparse.ArgumentParser) -> None:
    evaluate.add_argument("--references", type=_path, required=True, metavar="DIR", help="DIR/SONG/STEM.EXT")
    evaluate.add_argument("--model", default="default", metavar="NAME|PATH")
    evaluate.add_argument("--stages", choices=STAGE_CHOICES, help="default: all that the model has")
    evaluate.add_argument("--quality", choices=QUALITIES, default="balanced")
    evaluate.add_argument("--device", choices=DEVICES, default="auto")
    evaluate.add_argument("--precision", choices=PRECISIONS, default="auto")
    evaluate.add_argument("--limit", type=_count, metavar="N", help="only the first N songs by name")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object instead of tables")


def _add_train(train: argparse.ArgumentParser) -> None:
    train.add_argument("--preset", required=True, choices=PRESET_NAMES)
    train.add_argument("--model", default="", metavar="preset:NAME", help="network to train, instead of the preset's")
    train.add_argument("--out", type=_path, required=True, metavar="RUN", help="its folder; again goes on with the run")
    train.add_argument("--assets", type=_path, metavar="DIR", help="asset pack to render songs from")
    train.add_argument("--musdb", type=_path, metavar="DIR", help="songs with stems: DIR/SONG/STEM.EXT")
    train.add_argument("--minutes", type=_minutes, default=60.0, help="of this slice (default: 60)")
    train.add_argument("--resume", type=_path, metavar="FILE", help="weights that a new run starts from")
    train.add_argument("--device", choices=DEVICES, default="auto")
    train.add_argument(
        "--recompute",
        action=argparse.BooleanOptionalAction,
        help="compute the mixers twice instead of keeping what they made: slower, a quarter of the memory",
    )
    train.add_argument(
        "--cooldown", type=_share, metavar="SHARE", help="of the slice in which the learning rate falls (0..1)"
    )
    train.add_argument("--batch-size", type=_count, metavar="N", help="instead of the preset's")
    train.add_argument("--songs", type=_count, default=60, metavar="N", help="rendered songs held at a time")
    train.add_argument("--workers", type=_count, default=max(1, (os.cpu_count() or 2) - 1), help="that render")
    train.add_argument("--validation-items", type=_count, default=60, metavar="N")
    train.add_argument("--augment", type=_share, default=0.0, metavar="SHARE", help="of the recorded songs (0..1)")
    train.add_argument("--compile", action="store_true", help="with torch.compile; needs a compiler, pays in long runs")
    train.add_argument("--seed", type=_seed, default=0, help="of the first weights and of what is drawn")


def _path(text: str) -> Path:
    if not text:  # `Path` would take a script's empty variable for the folder one is in
        raise argparse.ArgumentTypeError("expected a path, not an empty text")
    return Path(text)


def _share(text: str) -> float:
    share = _number(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError("expected a number from 0 to 1")
    return share


def _minutes(text: str) -> float:
    minutes = _number(text)
    if not 0 < minutes < math.inf:
        raise argparse.ArgumentTypeError("expected a number above 0")
    return minutes


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _count(text: str) -> int:
    return _whole(text, 1)


def _seed(text: str) -> int:
    return _whole(text, 0)


def _whole(text: str, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"expected a whole number from {least} up")
    return int(text)


def _template(text: str) -> str:
    try:
        check_template(text)
    except TemplateError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise argparse.ArgumentTypeError("expected names separated by commas")
    return names
