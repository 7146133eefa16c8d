"""Names of folders: every script stays, and no file system refuses them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.naming import AUDIO_SUFFIXES, song_folder_name


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Song.mp3", "Song"),
        ("Song ft. X", "Song ft. X"),
        ("Song.v2.FLAC", "Song.v2"),
        ("歌曲.wav", "歌曲"),
        ("שיר.wav", "שיר"),
        ("🎵 👩\u200d👧.ogg", "🎵 👩\u200d👧"),
        ("e\u0301.wav", "e\u0301"),
        (";{}'%#.mp3", ";{}'%#"),
        ("safe\u202egpj.mp3", "safegpj"),
        ("a:b?.mp3", "a_b_"),
        ("trailing. . ..mp3", "trailing"),
        ("...Baby One More Time.mp3", "Baby One More Time"),
        ("CON.mp3", "CON_"),
        ("..", "song"),
        (". .mp3", "song"),
        ("\u202e\u2066.mp3", "song"),
        ("caf\udce9.mp3", "caf_"),
        ("tab\there\n.mp3", "tab_here_"),
    ],
)
def test_folder_names_keep_every_script_and_lose_what_a_disk_refuses(source: str, expected: str) -> None:
    assert song_folder_name(Path("music") / source) == expected


@given(name=st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=300))
def test_any_name_makes_a_folder_on_any_disk(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = song_folder_name(Path(name))
    assert 0 < len(folder.encode()) <= 200
    assert not set(folder) & set('/\\:*?"<>|\0\n\u202e')
    assert folder == folder.strip(". ")
    base = tmp_path_factory.getbasetemp() / "names"
    (base / folder).mkdir(parents=True, exist_ok=True)
    assert (base / folder).parent.samefile(base)


def test_a_system_without_unicode_gets_the_characters_that_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "latin-1")
    assert song_folder_name(Path("Ünder 歌.mp3")) == "Ünder _"


def test_long_names_are_cut_between_characters() -> None:
    assert song_folder_name(Path("歌" * 300 + ".mp3")) == "歌" * 66


def test_the_suffixes_of_a_folder_walk_are_lower_case_with_a_dot() -> None:
    assert {".mp3", ".wav", ".flac", ".m4a", ".ogg", ".opus", ".mp4"} <= AUDIO_SUFFIXES
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in AUDIO_SUFFIXES)
