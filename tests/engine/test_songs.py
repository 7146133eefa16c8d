"""Folders of songs as a pool: what is drawn comes from the files, from where it may, and from where it sounds."""

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import EngineError
from engine.separation import Samples
from engine.stems import DEFAULT_STEMS
from engine.training.pool import Batches, Mixing
from engine.training.songs import SongFolder, Split
from tests.support.songs import write_song

RATE = 44_100
# Rounding to a step of 2^-14.
STEP = 0.5 / 2**14 + 1e-7


def _noise(seconds: float, seed: int, channels: int = 2) -> Samples:
    rng = np.random.default_rng(seed)
    return (rng.random((channels, round(seconds * RATE)), np.float32) - 0.5) * 0.4


def _stems(seconds: float = 20.0, seed: int = 0) -> dict[str, Samples]:
    return {stem: _noise(seconds, seed + index) for index, stem in enumerate(DEFAULT_STEMS)}


def _write(root: Path, name: str, stems: Mapping[str, Samples], rate: int = RATE) -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    for stem, signal in stems.items():
        write_song(folder / f"{stem}.wav", signal, rate)
    return folder


def _pool(tmp_path: Path, split: Split = "train", **songs: Mapping[str, Samples]) -> SongFolder:
    for name, stems in songs.items():
        if not (tmp_path / "songs" / name).exists():
            _write(tmp_path / "songs", name, stems)
    return SongFolder(tmp_path / "songs", tmp_path / "cache", DEFAULT_STEMS, split)


def _find(item: Samples, track: Samples) -> int:
    """Where an item (C, n) lies in a track (C, N) of noise."""
    near = np.flatnonzero(np.abs(track[0, : track.shape[1] - 3] - item[0, 0]) <= STEP)
    found = [at for at in near if np.allclose(track[:, at : at + item.shape[1]][:, :50], item[:, :50], atol=STEP)]
    assert len(found) == 1
    return int(found[0])


def test_stems_that_are_drawn_together_come_from_one_place_before_the_last_part(tmp_path: Path) -> None:
    stems = _stems()
    pool = _pool(tmp_path, A=stems)
    rng = np.random.default_rng(0)
    starts: list[int] = []
    for _draw in range(20):
        item = pool.together(rng, RATE).numpy()
        assert (item.shape, item.dtype) == ((4, 2, RATE), np.float32)
        starts.append(_find(item[0], stems["vocals"]))
        for index, stem in enumerate(DEFAULT_STEMS):
            expected = stems[stem][:, starts[-1] : starts[-1] + RATE]
            assert np.abs(item[index] - expected).max() <= STEP
    assert max(starts) + RATE <= 17 * RATE
    assert len(set(starts)) == 20
    assert max(starts) > 10 * RATE
    assert min(starts) < 5 * RATE


def test_validation_items_are_spread_over_the_last_part_and_the_same_every_time(tmp_path: Path) -> None:
    songs = {"A": _stems(), "B": _stems(seed=10)}
    pool = _pool(tmp_path, "valid", **songs)
    items = pool.validation_items(RATE, 8)
    assert items.shape == (8, 4, 2, RATE)
    assert torch.equal(items, pool.validation_items(RATE, 8))
    found = [_find(item[1].numpy(), songs["A" if index < 4 else "B"]["bass"]) for index, item in enumerate(items)]
    # 2 s of room in each song, an item in the middle of each quarter of it
    assert np.array(found) / RATE == pytest.approx([17.25, 17.75, 18.25, 18.75] * 2, abs=0.001)


def test_a_stem_is_drawn_alone_only_from_where_it_sounds(tmp_path: Path) -> None:
    stems = _stems(40)
    stems["drums"][:, : 18 * RATE] = 0
    stems["drums"][:, 27 * RATE :] = 0
    silent = {**_stems(20, seed=10), "drums": np.zeros((2, 20 * RATE), np.float32)}
    pool = _pool(tmp_path, A=stems, B=silent)
    rng = np.random.default_rng(0)
    for _draw in range(30):
        item = pool.alone(rng, 2, 3 * RATE).numpy()
        assert item.shape == (2, 3 * RATE)
        assert item.any()
    starts = {pool.alone(rng, 0, RATE).numpy()[0, 0] for _draw in range(10)}
    assert len(starts) == 10


def test_stems_are_drawn_together_from_where_at_least_one_sounds(tmp_path: Path) -> None:
    stems = {stem: signal.copy() for stem, signal in _stems(60).items()}
    for stem, start in zip(DEFAULT_STEMS, (0, 0, 39, 39), strict=True):
        sounding = stems[stem][:, start * RATE : (start + 9) * RATE].copy()
        stems[stem][:] = 0
        stems[stem][:, start * RATE : (start + 9) * RATE] = sounding
    pool = _pool(tmp_path, A=stems)
    rng = np.random.default_rng(0)
    items = [pool.together(rng, 3 * RATE).numpy() for _draw in range(30)]
    assert all(item.any() for item in items)
    assert {bool(item[0].any()) for item in items} == {True, False}


def test_where_nothing_sounds_silence_is_drawn(tmp_path: Path) -> None:
    pool = _pool(tmp_path, A={**_stems(8), "other": np.zeros((2, 8 * RATE), np.float32)})
    assert not pool.alone(np.random.default_rng(0), 3, RATE).any()


def test_a_song_that_is_shorter_than_an_item_ends_with_silence(tmp_path: Path) -> None:
    stems = _stems(2)
    stems["bass"] = stems["bass"][:, :RATE]
    pool = _pool(tmp_path, A=stems)
    item = pool.together(np.random.default_rng(0), 4 * RATE).numpy()
    boundary = int(1.7 * RATE)
    assert np.abs(item[0, :, :boundary] - stems["vocals"][:, :boundary]).max() <= STEP
    assert np.abs(item[1, :, :RATE] - stems["bass"]).max() <= STEP
    assert not item[:, :, boundary:].any()
    assert not item[1, :, RATE:].any()


def test_mono_is_put_on_both_sides_and_other_rates_and_formats_are_converted(tmp_path: Path) -> None:
    time = np.arange(10 * 48_000) / 48_000
    tone = (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)[None]
    folder = _write(tmp_path / "songs", "A", dict.fromkeys(("vocals", "bass", "drums"), tone), 48_000)
    write_song(folder / "other.flac", tone, 48_000, "FLAC", "PCM_16")
    item = _pool(tmp_path).together(np.random.default_rng(0), RATE).numpy()
    assert np.array_equal(item[:, 0], item[:, 1])
    assert np.abs(item[0] - item[3]).max() <= 2 / 2**14  # dither-free 16 bits of FLAC
    spectrum = np.abs(np.fft.rfft(item[0, 0] * np.hanning(RATE)))
    assert int(spectrum.argmax()) == 440


def test_levels_above_full_scale_are_kept(tmp_path: Path) -> None:
    stems = _stems(8)
    stems["drums"] = stems["drums"] * 9  # peaks at 1.8
    item = _pool(tmp_path, A=stems).alone(np.random.default_rng(0), 2, 3 * RATE)
    assert item.abs().max() > 1.75


def test_the_cache_is_used_until_a_file_changes(tmp_path: Path) -> None:
    first = _stems(8)
    _pool(tmp_path, A=first)
    cache = tmp_path / "cache"
    kept = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert {path.suffix for path in kept} == {".s16", ".power"}
    assert len(kept) == 8
    _pool(tmp_path, "valid")
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == kept

    changed = tmp_path / "songs" / "A" / "bass.wav"
    write_song(changed, 0.5 * first["bass"], RATE)
    os.utime(changed, ns=(1, 1))
    item = _pool(tmp_path).alone(np.random.default_rng(0), 1, RATE)
    assert item.abs().max() <= 0.1 + STEP
    now = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert len(now) == 8
    assert len(now.keys() & kept.keys()) == 6


def test_the_same_seed_draws_the_same_also_in_another_process(tmp_path: Path) -> None:
    pool = _pool(tmp_path, A=_stems(), B=_stems(seed=10))
    copy: SongFolder = pickle.loads(pickle.dumps(pool))
    assert len(pickle.dumps(pool)) < 20_000  # no samples travel along
    drawn = [
        Batches([(source, 1.0)], 4, Mixing(), seed=3).draw(4, RATE // 2, torch.device("cpu")) for source in (pool, copy)
    ]
    assert torch.equal(*drawn)


def test_a_folder_of_stems_is_one_song(tmp_path: Path) -> None:
    folder = _write(tmp_path, "A", {**_stems(8), "mixture": _noise(8, 9), "guitar": _noise(8, 9)})
    counts: list[tuple[int, int]] = []
    pool = SongFolder(folder, tmp_path / "cache", DEFAULT_STEMS, "train", lambda *count: counts.append(count))
    assert counts == [(1, 1)]
    assert pool.together(np.random.default_rng(0), RATE).shape == (4, 2, RATE)
    assert len(list((tmp_path / "cache").glob("*.s16"))) == 4


def _refused(tmp_path: Path) -> str:
    with pytest.raises(EngineError) as caught:
        _pool(tmp_path)
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "cache").glob("*.part"))
    return str(caught.value)


def test_what_cannot_be_trained_on_is_one_sentence(tmp_path: Path) -> None:
    assert "cannot read the folder" in _refused(tmp_path)
    (tmp_path / "songs").mkdir()
    assert "holds no folders of songs" in _refused(tmp_path)
    short = {stem: signal[:, :1000] for stem, signal in _stems(1).items()}
    drums = short.pop("drums")
    folder = _write(tmp_path / "songs", "Song", short)
    assert _refused(tmp_path) == "the song 'Song' has no file for drums"
    write_song(folder / "drums.wav", np.concatenate([drums, drums]), RATE)
    assert "drums.wav has 4 channels" in _refused(tmp_path)
    (folder / "drums.wav").write_bytes(b"no music")
    assert _refused(tmp_path).startswith("the song 'Song' cannot be used: cannot use 'drums.wav'")
    write_song(folder / "drums.wav", drums, RATE)
    write_song(folder / "drums.flac", drums, RATE, "FLAC", "PCM_16")
    assert _refused(tmp_path) == "the song 'Song' has two files for drums, drums.flac and drums.wav"


def test_what_is_missing_is_said_before_anything_is_decoded(tmp_path: Path) -> None:
    _write(tmp_path / "songs", "A", _stems(1))
    _write(tmp_path / "songs", "B", {"bass": _noise(1, 0)})
    assert _refused(tmp_path) == "the song 'B' has no file for vocals"
    assert not (tmp_path / "cache").exists()


def test_damaged_samples_are_told_when_they_are_decoded(tmp_path: Path) -> None:
    stems = _stems(1)
    stems["bass"][:, 100:200] = np.nan
    (warning,) = _pool(tmp_path, A=stems).warnings
    assert warning.startswith("A/bass.wav: 200 samples are not numbers")
    assert _pool(tmp_path).warnings == []


def test_what_is_damaged_in_the_cache_is_made_anew(tmp_path: Path) -> None:
    _pool(tmp_path, A=_stems(1))
    whole = {path: path.read_bytes() for path in (tmp_path / "cache").iterdir()}
    powers, samples = sorted(whole)[:2]
    powers.write_bytes(b"")
    _pool(tmp_path)
    samples.unlink()
    _pool(tmp_path)
    for path in (powers, samples):
        path.write_bytes(b"")
    _pool(tmp_path)
    assert {path: path.read_bytes() for path in (tmp_path / "cache").iterdir()} == whole


def test_a_cache_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    _write(tmp_path / "songs", "A", _stems(1))
    (tmp_path / "cache2").write_text("in the way")
    with pytest.raises(EngineError, match="cannot write"):
        SongFolder(tmp_path / "songs", tmp_path / "cache2", DEFAULT_STEMS, "train")
