"""The command that lays networks beside each other: what it counts, measures and prints."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from statistics import mean

import av
import numpy as np
import pytest

from engine.cli import run_command_line
from engine.cli.compare import quality_tables
from engine.evaluation.quality import COLUMNS, PUBLISHED_SYSTEMS, known_scores
from engine.inference.compare import PUBLISHED
from engine.model.architectures import PRESETS
from engine.model.bundled import bundled_entries, downloadable_entries
from engine.model.catalog import find_model
from engine.stems import DEFAULT_STEMS
from tests.golden import recipe
from tests.support.models import TINY_OF_EACH, save_tiny_model
from tests.support.songs import write_song

Capture = pytest.CaptureFixture[str]


def test_every_preset_is_beside_what_was_published(capsys: Capture) -> None:
    assert PUBLISHED.keys() <= PRESETS.keys()
    assert run_command_line(["compare", "--counts-only", "--device", "cpu", "--json"]) == 0
    rows = {row["info"]["model"]: row for row in json.loads(capsys.readouterr().out)["networks"]}
    assert {*PRESETS, "default"} <= rows.keys()
    for name, published in PUBLISHED.items():
        info = rows[name]["info"]
        # Rounding, and what is counted of norms and their statistics.
        assert info["parameters"] / 1e6 == pytest.approx(published.parameters, rel=0.007)
        if published.gmacs:
            assert info["macs_per_second"] / 1e9 == pytest.approx(published.gmacs, rel=0.007)
        assert rows[name]["measured"] is None


def test_the_table_has_a_line_for_each_model(capsys: Capture) -> None:
    models = ["preset:light", "preset:light-unet"]
    assert run_command_line(["compare", "--counts-only", "--device", "cpu", "--models", ",".join(models)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[2]
        == "| light | TS-BSMAMBA2 | 4 | 27.71 (27.71) | 15.14 (15.14) | 107.96 (107.95) | 71.18 (71.17) | - | - |"
    )
    assert lines[3] == "| light-unet | lightweight U-Net | 2 | 0.0598 (0.0602) | - | 0.16 | - | - | - |"
    assert len({line.count("|") for line in lines[:4]}) == 1


def test_published_averages_are_those_of_their_stems() -> None:
    averaged = 0
    for system in PUBLISHED_SYSTEMS:
        assert system.source
        for db in (system.csdr_db, system.usdr_db):
            assert db.keys() <= set(COLUMNS)
            if set(db) == set(COLUMNS):
                averaged += 1
                # Rounding of all five.
                assert db["average"] == pytest.approx(mean(db[stem] for stem in DEFAULT_STEMS), abs=0.0101)
    assert averaged >= 5


def test_figures_on_different_songs_are_never_in_one_table(capsys: Capture) -> None:
    assert run_command_line(["compare", "--counts-only", "--device", "cpu", "--models", "default"]) == 0
    tables = capsys.readouterr().out.split("cSDR / uSDR in dB, ")[1:]
    found = {songs: [line.split(" | ") for line in lines[3:] if line] for songs, *lines in map(str.splitlines, tables)}
    assert "| BSRNN" in [row[0] for row in found["MUSDB18-HQ:"]]
    assert all(row[0] != "| default" for songs, rows in found.items() for row in rows if songs.startswith("MUSDB"))
    ((_name, *figures, average, source),) = found["rendered songs:"]
    assert len(figures) == 4
    assert average.startswith("- / ")
    assert source == "its model card |"


def test_the_manifest_has_the_bundled_models_scores_of_its_card() -> None:
    card = (Path(__file__).parents[2] / "resources" / "models" / "default.md").read_text(encoding="utf-8")
    rows = [line.split("|")[2:-1] for line in card.splitlines() if line.startswith("| stage 2")]
    scores = find_model("default").scores
    for row, score in zip(rows, scores, strict=True):
        known = {stem: float(cell) for stem, cell in zip(COLUMNS, row, strict=True) if cell.strip() != "-"}
        if len(known) < len(COLUMNS):
            del known["average"]
        assert (score.metric, score.db) == ("uSDR", known)


@pytest.mark.slow
def test_models_are_scored_as_evaluate_does(tmp_path: Path, capsys: Capture) -> None:
    four = save_tiny_model(tmp_path / "four.safetensors")
    two = save_tiny_model(tmp_path / "two.safetensors", TINY_OF_EACH["bs-mamba2"])
    (tmp_path / "songs" / "song").mkdir(parents=True)
    for index, stem in enumerate(DEFAULT_STEMS):
        signal = np.roll(recipe.signal(2 * 44_100), 1000 * index, axis=-1)
        write_song(tmp_path / "songs" / "song" / f"{stem}.wav", signal, 44_100)
    references = ["--references", str(tmp_path / "songs"), "--device", "cpu", "--json"]
    models = ["--models", f"{four},preset:light-unet,{two}"]
    assert run_command_line(["compare", "--counts-only", *models, *references]) == 0
    quality = json.loads(capsys.readouterr().out)["quality"]
    first, second = (row for row in quality if row["source"].startswith("measured here"))
    # Two checkpoints may say the same name of themselves.
    assert [first["system"], second["system"]] == [str(four), str(two)]
    assert re.fullmatch(r"measured here, cpu \(\d threads?\) in float32", first["source"])
    assert first["songs"] == second["songs"] == "1 song of songs"
    assert run_command_line(["evaluate", "--model", str(four), *references]) == 0
    expected = json.loads(capsys.readouterr().out)["summary"]["stage2"]
    assert (first["csdr_db"], first["usdr_db"]) == (expected["csdr_db"], expected["usdr_db"])
    # What the other stems leave is no stem to compare.
    assert second["usdr_db"].keys() == {"vocals"}


def test_the_readme_has_the_figures_of_all_systems() -> None:
    entries = [*bundled_entries(), *downloadable_entries()]
    rows = [*PUBLISHED_SYSTEMS, *(row for entry in entries for row in known_scores(entry))]
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in quality_tables(rows).splitlines() if line not in readme] == []


def test_songs_that_cannot_be_scored_are_told(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "empty").mkdir()
    arguments = ["--models", "default", "--references", str(tmp_path), "--device", "cpu"]
    assert run_command_line(["compare", "--counts-only", *arguments]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("default: error: empty: there is no reference for vocals")
    assert "| default |" in captured.out


def test_a_folder_without_songs_is_told_before_anything_is_measured(tmp_path: Path, capsys: Capture) -> None:
    assert run_command_line(["compare", "--models", "default", "--references", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"bandsaw: {tmp_path} holds no folders of songs\n"


def test_the_plot_is_a_picture_with_every_system_whose_cost_is_known(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "plot.png"
    arguments = ["compare", "--counts-only", "--device", "cpu", "--models", "default", "--plot", str(path)]
    assert run_command_line(arguments) == 0
    assert [each.name for each in tmp_path.iterdir()] == ["plot.png"]
    with av.open(str(path)) as file:
        picture = next(file.decode(video=0)).to_ndarray(format="rgb24")
    assert picture.shape == (528, 880, 3)
    for colour in ("#0072b2", "#d55e00", "#009e73"):  # MUSDB18-HQ, MUSDB18, rendered songs
        assert (picture == tuple(bytes.fromhex(colour[1:]))).all(axis=2).sum() > 50
    capsys.readouterr()
    assert run_command_line([*arguments[:-1], str(tmp_path / "nowhere" / "plot.png")]) == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)


def test_without_a_library_to_draw_with_nothing_is_measured(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert run_command_line(["compare", "--device", "cpu", "--plot", str(tmp_path / "plot.png")]) == 1
    captured = capsys.readouterr()
    assert captured.err == "bandsaw: a plot needs matplotlib, which is not installed: pip install matplotlib\n"
    assert (captured.out, list(tmp_path.iterdir())) == ("", [])


@pytest.mark.slow
def test_models_are_measured_in_segments_of_their_own(tmp_path: Path, capfd: Capture) -> None:
    model = str(save_tiny_model(tmp_path / "tiny.safetensors", TINY_OF_EACH["bs-mamba2"]))
    assert run_command_line(["compare", "--device", "cpu", "--models", f"{model},preset:light-unet", "--json"]) == 0
    first, second = json.loads(capfd.readouterr().out)["networks"]
    assert (first["measured"]["segment_seconds"], second["measured"]["segment_seconds"]) == (8, 5)
    for row in (first, second):
        assert row["seconds_per_second"] == row["measured"]["seconds"] / row["measured"]["segment_seconds"] > 0
    assert (first["published"], first["info"]["architecture"]) == (None, "BSMamba2")


def test_an_unknown_name_is_one_sentence(capsys: Capture) -> None:
    assert run_command_line(["compare", "--models", "preset:huge"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
