from __future__ import annotations

from pathlib import Path

import pytest

from app.viewmodel.queue import Song, Songs, collect


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def test_files_and_folders_give_songs_each_once_in_order(tmp_path: Path) -> None:
    first, second = touch(tmp_path / "album" / "b.FLAC"), touch(tmp_path / "album" / "a" / "c.mp3")
    touch(tmp_path / "album" / "cover.jpg")
    touch(tmp_path / "album" / ".hidden.wav")
    found, refused = collect([first, tmp_path / "album"])
    assert found == (first, second)
    assert refused == ()


@pytest.mark.parametrize("name", ["日本語.wav", "שיר.flac", "🎸.mp3", "a;{}'%#.ogg", "dots...wav", "e\u0301.wav"])
def test_any_name_is_a_song(tmp_path: Path, name: str) -> None:
    path = touch(tmp_path / name)
    assert collect([path]) == ((path,), ())


def test_what_cannot_be_split_is_refused_with_a_reason(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    text = touch(tmp_path / "notes.txt")
    missing = tmp_path / "missing.wav"
    found, refused = collect([text, missing, empty])
    assert found == ()
    assert [refusal.path for refusal in refused] == [text, missing, empty]
    assert all(refusal.reason for refusal in refused)
    assert ".txt" in refused[0].reason


def test_a_folder_is_taken_without_the_stems_that_were_exported_into_it(tmp_path: Path) -> None:
    for name in ("1. Song?.flac", "1. Song_/Song (Vocals).wav", "live/1. Song?.flac", "cd/b.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found, _refused = collect([tmp_path])
    assert [str(path.relative_to(tmp_path)) for path in found] == ["1. Song?.flac", "cd/b.wav", "live/1. Song?.flac"]
    found, _refused = collect([tmp_path / "1. Song_"])  # whoever drops them means them
    assert [path.name for path in found] == ["Song (Vocals).wav"]


def test_one_refused_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    good = touch(tmp_path / "good.wav")
    found, refused = collect([tmp_path / "bad.xyz", good])
    assert found == (good,)
    assert len(refused) == 1


def test_songs_change_by_key_and_keep_their_order() -> None:
    songs = Songs()
    for key in (1, 2, 3):
        songs = songs.with_song(Song(key, Path(f"{key}.wav")))
    changed = songs.with_song(Song(2, Path("2.wav"), phase="running"))
    assert [song.key for song in changed.items] == [1, 2, 3]
    assert changed.running() == changed.find(2)
    waiting = changed.first("checking")
    assert waiting is not None
    assert waiting.key == 1
    assert [song.key for song in changed.without(2).items] == [1, 3]
    assert songs.items[1].phase == "checking"  # values do not change


@pytest.mark.parametrize(("key", "neighbour"), [(1, 2), (2, 3), (3, 2)])
def test_the_neighbour_is_the_next_song_or_the_one_before(key: int, neighbour: int) -> None:
    songs = Songs(tuple(Song(each, Path("x.wav")) for each in (1, 2, 3)))
    assert songs.neighbour(key) == neighbour


@pytest.mark.parametrize(
    ("key", "place", "order"),
    [(1, 1, [2, 1, 3]), (3, 0, [3, 1, 2]), (2, 1, [1, 2, 3]), (1, 99, [2, 3, 1]), (3, -5, [3, 1, 2])],
)
def test_a_song_moves_to_a_place_and_at_most_to_the_ends(key: int, place: int, order: list[int]) -> None:
    songs = Songs(tuple(Song(each, Path("x.wav")) for each in (1, 2, 3)))
    assert [song.key for song in songs.moved(key, place).items] == order


def test_the_last_song_has_no_neighbour() -> None:
    assert Songs((Song(1, Path("x.wav")),)).neighbour(1) is None


def test_a_long_name_in_a_sentence_loses_its_middle() -> None:
    assert Song(1, Path("Song.wav")).short_name == "Song"
    assert Song(1, Path("A\nsong  in\tlines .wav")).name == "A song in lines"
    assert Song(1, Path("  .wav")).name == "  .wav"
    short = Song(1, Path("Beginning " + "and so on " * 20 + "the end.wav")).short_name
    assert short.startswith("Beginning and")
    assert short.endswith("on the end")
    assert "…" in short
    assert len(short) < 40
