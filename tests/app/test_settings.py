from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.settings import Settings, SettingsStore


def test_settings_come_back(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "settings.json"
    SettingsStore(file).update(model="/ü/モデル.pt", quality="best", stages=(1,), theme="light", open_folder="/songs")
    SettingsStore(file).update(library_gb=5, recent=("/b.wav", "/\udce9.wav"))
    assert SettingsStore(file).value == Settings(
        model="/ü/モデル.pt", quality="best", stages=(1,), theme="light", open_folder="/songs",
        library_gb=5, recent=("/b.wav", "/\udce9.wav"),
    )  # fmt: skip
    assert [path.name for path in file.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "null", '{"unknown": null}', "[" * 100_000])
def test_a_broken_file_gives_the_defaults(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(text)
    assert SettingsStore(file).value == Settings()


@pytest.mark.parametrize(
    "wrong",
    [
        {"quality": "loud"},
        {"stages": [2]},
        {"stages": "12"},
        {"model": 5},
        {"device": None},
        {"theme": "pink"},
        {"language": "tlh"},
        {"library_gb": 0},
        {"library_gb": True},
        {"library_gb": 2.5},
        {"recent": "a"},
        {"recent": [1]},
        {"output_latency_ms": 0},
    ],
)
def test_a_wrong_value_is_left_out_and_the_rest_is_kept(tmp_path: Path, wrong: dict[str, object]) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"export_format": "flac24", **wrong}))
    assert SettingsStore(file).value == Settings(export_format="flac24")


def test_a_folder_that_cannot_be_written_to_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    store = SettingsStore(blocked / "settings.json")
    store.update(quality="fast")
    assert store.value.quality == "fast"
    assert "settings not saved" in caplog.text


def test_what_cannot_take_its_place_leaves_nothing_behind(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "settings.json"
    file.mkdir()
    SettingsStore(file).update(quality="fast")
    assert "a folder of that name is in the way" in caplog.text
    assert list(tmp_path.iterdir()) == [file]
