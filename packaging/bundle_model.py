"""Puts a trained model into `resources/models`, if it is better than the one that is there.

    python packaging/bundle_model.py RUN --assets DIR --command "bandsaw train ..." --device "2 CPU cores"

RUN is the folder of a training run, DIR the asset pack it was trained on. Scores the run's weights on the pack's
validation items, rendered and real, and writes the weights, the manifest and the model card. Hours of audio add up
where the run was resumed from the bundled weights; for other weights, --hours-before says what they had heard.
"""

from __future__ import annotations

import argparse
import csv
import math
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the engine beside us, installed or not

from engine.evaluation.report import SYSTEMS
from engine.inference.device import choose_device
from engine.model.backend import prepare
from engine.model.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from engine.model.two_stage import TwoStageConfig
from engine.training.material import real_items, rendered_items
from engine.training.metrics import read_metrics
from engine.training.render.assets import load_assets
from engine.training.validation import Item, Validation

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / "resources" / "models"
RENDERED_ITEMS = 60
SEGMENT_SAMPLES = 132_300
ITEM_SAMPLES = 4 * SEGMENT_SAMPLES
LICENCE = "Apache-2.0"

# Mean uSDR in dB by system and stem.
Table = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Training:
    """What the card says about how the weights came about."""

    command: str
    device: str
    hours: float
    commit: str


def main() -> int:
    """Score, compare, and put in place; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("--assets", type=Path, required=True, metavar="DIR")
    parser.add_argument("--command", required=True, help="the command that trained it, for the card")
    parser.add_argument("--device", required=True, help="what it was trained on, for the card")
    parser.add_argument("--hours-before", type=float, default=0.0, help="heard by the weights that it was resumed from")
    options = parser.parse_args()

    checkpoint = load_checkpoint(options.run / "weights.safetensors")
    assets = load_assets(options.assets)
    tables = {
        "rendered songs": scores(checkpoint, rendered_items(assets, RENDERED_ITEMS, ITEM_SAMPLES)),
        "real songs": scores(checkpoint, real_items(assets, ITEM_SAMPLES)),
    }
    result = sum(table[last_stage(table)]["average"] for table in tables.values()) / len(tables)
    before = bundled()
    if before and result <= before["validation_sdr_db"]:
        print(f"kept the bundled model: {before['validation_sdr_db']:.2f} dB, the run has {result:.2f} dB")
        return 1
    training = Training(options.command, options.device, options.hours_before + hours(options.run, before), commit())
    provenance = (
        f"{training.hours:.1f} h of audio on {training.device}; bundled at commit {training.commit}; see default.md"
    )
    card = replace(checkpoint.card, name="default", licence=LICENCE, provenance=provenance)
    target = MODELS / "default.safetensors"
    save_checkpoint(target, {name: value.half() for name, value in checkpoint.weights.items()}, card)
    (MODELS / "default.md").write_text(model_card(checkpoint, tables, training, options.assets), encoding="utf-8")
    write_manifest(load_checkpoint(target).sha256, result, training.hours, tables)
    print(f"{target}: {result:.2f} dB")
    return 0


def scores(checkpoint: Checkpoint, items: Iterable[Item]) -> Table:
    """Score both stages, the floors and the ceiling."""
    device = choose_device("auto", "auto").torch_device
    separator = checkpoint.separator().to(device)
    prepare(separator, device)
    validation = Validation(list(items), checkpoint.card.stems, SEGMENT_SAMPLES)
    floors: Any = validation.floors()["floors"]
    table: dict[str, dict[str, float]] = {
        system: {stem: math.nan if value is None else value for stem, value in values["usdr_db"].items()}
        for system, values in floors.items()
    }
    for name, value in validation(separator).items():
        stage, _, stem = name.partition("_")
        if stage.startswith("stage"):
            table.setdefault(stage, {})[stem] = value
    # Of the stems that there are: some songs have no bass.
    for row in table.values():
        row["average"] = statistics.fmean(row[stem] for stem in checkpoint.card.stems if math.isfinite(row[stem]))
    return table


def last_stage(table: Table) -> str:
    """The name of the stage that is heard by default."""
    return "stage2" if "stage2" in table else "stage1"


def bundled() -> dict[str, Any]:
    """The manifest's entry of the default model; empty if there is none."""
    return tomllib.loads((MODELS / "manifest.toml").read_text(encoding="utf-8")).get("default", {})


def hours(run: Path, before: Mapping[str, Any]) -> float:
    """Hours of audio that the weights have heard, with those of the bundled weights if they began with them."""
    metrics = read_metrics(run / "metrics.jsonl")
    resumed = before and metrics.resumed_from == before["sha256"]
    return metrics.hours + (before["hours"] if resumed else 0.0)


def commit() -> str:
    """The commit of this working tree."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def write_manifest(sha256: str, sdr_db: float, hours_heard: float, tables: Mapping[str, Table]) -> None:
    """Replace the default model's entry and keep the rest of the manifest."""
    path = MODELS / "manifest.toml"
    before, _, after = path.read_text(encoding="utf-8").partition("[default]\n")
    _, gap, others = after.partition("\n\n")  # what follows may begin with a comment
    entry = [
        "[default]",
        'file = "default.safetensors"',
        f'architecture = "{TwoStageConfig.title}"',
        f'sha256 = "{sha256}"',
        f"validation_sdr_db = {sdr_db:.3f}",
        f"hours = {hours_heard:.2f}",
        "scores = [",
        *(f"    {score_line(songs, table[last_stage(table)])}," for songs, table in tables.items()),
        "]",
    ]
    path.write_text(before + "\n".join(entry) + (gap or "\n") + others, encoding="utf-8")


def score_line(songs: str, row: Mapping[str, float]) -> str:
    """A score as the manifest has it; songs that lack a stem have no average, which would compare with no other."""
    known = {stem: value for stem, value in row.items() if math.isfinite(value)}
    missing = [stem for stem in row if stem not in known]
    if missing:
        del known["average"]
        songs += f" without {' and '.join(missing)}"
    figures = ", ".join(f"{stem} = {value:.2f}" for stem, value in known.items())
    return f'{{ metric = "uSDR", songs = "{songs}", source = "its model card", db = {{ {figures} }} }}'


def model_card(checkpoint: Checkpoint, tables: Mapping[str, Table], training: Training, assets: Path) -> str:
    """The card's text."""
    config = checkpoint.card.config
    if not isinstance(config, TwoStageConfig):
        raise SystemExit(f"the bundled model is {TwoStageConfig.title}, not {config.title}")
    parameters = sum(value.numel() for value in checkpoint.weights.values())
    cost = f"{parameters:,} parameters, {config.macs_per_second() / 1e9:.1f} GMAC per second of stereo"
    blocks = f"{config.mask_blocks} + {config.map_blocks} dual-path blocks of {config.feature_dim} features"
    mixers = f"mixers {config.mixer.inner_dim} wide with a state of {config.state_dim}"
    text = [
        "# Model card: `default`",
        "",
        "Written by `packaging/bundle_model.py`.",
        "",
        "- **Architecture**: TS-BSMAMBA2 (arXiv 2409.06245) with 57 bands and a level-normalised input;",
        f"  {blocks}, {mixers}; {cost}.",
        f"- **Trained** on {training.device}, {training.hours:.1f} h of audio heard:",
        f"  `{training.command}`; bundled at commit {training.commit}.",
        "- **Data**: songs rendered from the sounds and note patterns below, and three real songs (CC0). No MUSDB18.",
        f"- **Licence of the weights**: {LICENCE}, with the attributions below.",
        "",
        "## Validation",
        "",
        "Mean uSDR in dB over items of 12 s that were not trained on: songs rendered from sounds and patterns kept",
        "aside, and spans kept aside of two real songs, which have no bass. Floors and ceiling are of the same items;",
        "an item's Wiener mask is made from the other songs of its table: for real songs, from the other one.",
    ]
    for title, table in tables.items():
        stems = [*checkpoint.card.stems, "average"]
        text += ["", f"### {title.capitalize()}", "", line(["", *stems]), "|---" * (len(stems) + 1) + "|"]
        text += [
            line([label, *(figure(table[system][stem]) for stem in stems)])
            for system, label in SYSTEMS.items()
            if system in table
        ]
    text += [
        "",
        "## Known weaknesses",
        "",
        "The model has heard little music, nearly all of it synthetic, and is far below networks trained on MUSDB18,",
        "with real voices above all. Expect them to bleed into `other` and the reverse, and cymbals and breaths to be",
        "shared among stems.",
        "",
        "## Attributions",
        "",
        "| sound or pattern | source | licence | by |",
        "|---|---|---|---|",
    ]
    with (assets / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["class"], row["source_repo"], row["licence"], row["attribution"]) for row in csv.DictReader(file)}
    text += [line(row) for row in sorted(rows)]
    return "\n".join(text) + "\n"


def line(cells: Iterable[str]) -> str:
    """One row of a table."""
    return "| " + " | ".join(cells) + " |"


def figure(value: float) -> str:
    """One number of a table."""
    return f"{value:.2f}" if math.isfinite(value) else "-"


if __name__ == "__main__":
    sys.exit(main())
