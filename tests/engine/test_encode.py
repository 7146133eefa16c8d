"""Stems out: as many samples as went in, at the right place and level, and nothing half-written left behind."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audio import soundfile_encoder
from engine.audio.encode import AudioWriter, require_space
from engine.audio.formats import FORMATS, audio_format
from engine.audio.id3 import id3_tag
from engine.audio.target import AudioFile
from engine.errors import WriteError
from engine.separation import Samples, Tags
from tests.support.separations import noise
from tests.support.songs import loudest_hz, read_song, tones

TAGS = Tags("Tïtle 歌 🎵", 'Ar"tist', "אלבום", "2024-05-01", "3/12", "Rock", "Kömment")


def audio_file(path: Path, name: str, signal: Samples, rate: int = 44_100, tags: Tags | None = None) -> AudioFile:
    kind = audio_format(name)
    return AudioFile(path, kind, kind.nearest_rate(rate), signal.shape[0], signal.shape[1], tags or Tags())


def write(target: AudioFile, signal: Samples, pieces: int = 3) -> None:
    writer = AudioWriter(target)
    try:
        for block in np.array_split(signal, pieces, axis=1):
            writer.write(block)
        writer.finish()
        writer.commit()
    finally:
        writer.discard()


# --- lengths, rates, channels ---


@settings(max_examples=150)
@given(
    name=st.sampled_from(FORMATS),
    samples=st.one_of(st.sampled_from([1, 2, 1000]), st.integers(1, 20_000)),
    channels=st.integers(1, 8),
    rate=st.one_of(st.sampled_from([22_050, 44_100, 48_000, 96_000]), st.integers(8_000, 96_000)),
)
def test_as_many_samples_come_back_as_went_in(
    tmp_path_factory: pytest.TempPathFactory, name: str, samples: int, channels: int, rate: int
) -> None:
    signal = noise(min(channels, audio_format(name).max_channels), samples, 0.5, seed=samples)
    target = audio_file(tmp_path_factory.mktemp("out") / "stem", name, signal, rate)
    write(target, signal)
    back, info, _ = read_song(target.path)
    assert back.shape == signal.shape
    assert info.sample_rate == audio_format(name).nearest_rate(rate)
    assert [path.name for path in target.path.parent.iterdir()] == ["stem"]


@pytest.mark.parametrize("name", ["mp3", "ogg", "opus", "aac"])
def test_lossy_formats_keep_every_sample_in_its_place(tmp_path: Path, name: str) -> None:
    # Noise in the middle of the band, which a lossy encoder has little reason to change.
    spectrum = np.fft.rfft(noise(1, 48_000, 1.0, seed=8))
    spectrum[:, :200] = spectrum[:, 2_000:] = 0.0
    signal = np.fft.irfft(spectrum).astype(np.float32)
    target = audio_file(tmp_path / "stem", name, signal, 48_000)
    write(target, signal)
    back = read_song(target.path)[0]
    spectrum = np.fft.rfft(back[0], 2**17) * np.conj(np.fft.rfft(signal[0], 2**17))
    assert int(np.argmax(np.fft.irfft(spectrum))) == 0
    # At these rates the coding noise of all is more than 20 dB below the music.
    assert np.sqrt(np.mean((back - signal) ** 2)) < 0.1 * np.sqrt(np.mean(signal**2))


@pytest.mark.parametrize(
    ("name", "rate", "expected"),
    [
        *[("mp3", 44_100, 44_100), ("mp3", 96_000, 48_000), ("mp3", 37_800, 44_100), ("mp3", 8_000, 8_000)],
        *[("opus", 44_100, 48_000), ("opus", 22_050, 24_000), ("opus", 96_000, 48_000), ("opus", 48_000, 48_000)],
        *[("ogg", 96_000, 96_000), ("ogg", 384_000, 192_000), ("ogg", 44_101, 44_101)],
        *[("flac", 44_101, 44_101), ("flac", 70_001, 88_200), ("flac", 192_000, 192_000), ("wav", 383_999, 383_999)],
    ],
)
def test_a_rate_that_does_not_fit_becomes_the_next_higher_one_or_the_highest(
    name: str, rate: int, expected: int
) -> None:
    assert audio_format(name).nearest_rate(rate) == expected


@pytest.mark.parametrize("name", ["wav24", "flac24", "ogg", "opus"])
@pytest.mark.parametrize("channels", range(1, 9))
def test_other_programs_find_every_channel_in_its_place(tmp_path: Path, channels: int, name: str) -> None:
    signal = tones(channels)
    target = audio_file(tmp_path / "stem", name, signal, 48_000)
    write(target, signal)
    with av.open(str(target.path)) as container:
        packed = av.AudioResampler("flt")
        frames = [part for frame in container.decode(audio=0) for part in packed.resample(frame)]
    read = np.concatenate([frame.to_ndarray().reshape(-1, channels).T for frame in frames], axis=1, dtype=np.float32)
    assert loudest_hz(read) == loudest_hz(read_song(target.path)[0]) == loudest_hz(signal)


@pytest.mark.parametrize("rate", [192_000, 384_000])
@pytest.mark.parametrize("name", ["flac24", "ogg", "wav24"])
def test_the_highest_rates_can_be_written(tmp_path: Path, name: str, rate: int) -> None:
    signal = noise(2, 20_000, 0.5, seed=1)
    target = audio_file(tmp_path / "stem", name, signal, rate)
    write(target, signal)
    assert read_song(target.path)[1].sample_rate == target.sample_rate


def test_more_channels_than_a_format_holds_are_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="MP3 holds at most 2 channels, and this song has 6; choose WAV or FLAC"):
        AudioWriter(audio_file(tmp_path / "stem.mp3", "mp3", noise(6, 10, 0.5, seed=1)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "subtype", "expected"),
    [
        *[("wav", "PCM_16", "PCM_16"), ("wav", "PCM_24", "PCM_24"), ("wav", "MPEG_LAYER_III", "FLOAT")],
        *[("flac", "PCM_16", "PCM_16"), ("flac", "FLOAT", "PCM_24"), ("wav16", "FLOAT", "PCM_16")],
    ],
)
def test_wav_and_flac_keep_the_depth_of_the_source(name: str, subtype: str, expected: str) -> None:
    assert audio_format(name, subtype).subtype == expected


def test_an_unknown_format_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="unknown format 'wma'"):
        audio_format("wma")


# --- levels ---


def test_float_wav_is_exact(tmp_path: Path) -> None:
    signal = noise(2, 50_000, 3.0, seed=1)
    target = audio_file(tmp_path / "stem.wav", "wav32f", signal)
    write(target, signal)
    np.testing.assert_array_equal(read_song(target.path)[0], signal)


@pytest.mark.parametrize("name", ["wav24", "flac24", "alac"])
def test_24_bits_are_rounded_to_the_nearest_step(tmp_path: Path, name: str) -> None:
    signal = noise(2, 50_000, 0.99, seed=1)
    target = audio_file(tmp_path / "stem", name, signal)
    write(target, signal)
    np.testing.assert_array_equal(read_song(target.path)[0], np.rint(signal.astype(np.float64) * 2**23) / 2**23)


@pytest.mark.parametrize("name", ["wav16", "flac16"])
def test_16_bits_are_dithered_so_that_the_error_is_noise_of_one_level(tmp_path: Path, name: str) -> None:
    seconds = np.arange(200_000) / 44_100
    steps = np.stack([0.3 * np.sin(2 * np.pi * 1000 * seconds), np.full_like(seconds, 0.25)])
    signal = (steps / 2**15).astype(np.float32)
    target = audio_file(tmp_path / "stem", name, signal)
    write(target, signal)
    error = read_song(target.path)[0].astype(np.float64) * 2**15 - steps
    # Triangular dither has a variance of 2/12, rounding one of 1/12; 200,000 samples give them within 2 %. Without
    # dither both signals, below half a step, would be silence and the error the signal itself.
    np.testing.assert_allclose(error.var(axis=1), 0.25, rtol=0.02)
    # Four standard deviations of a mean of so many samples.
    assert np.abs(error.mean(axis=1)).max() < 4 * 0.5 / np.sqrt(200_000)
    assert abs(np.mean(error[0] * steps[0])) < 4 * 0.5 * 0.3 / np.sqrt(200_000)


def test_dither_repeats_for_one_name_and_differs_between_names(tmp_path: Path) -> None:
    silence = np.zeros((1, 1000), np.float32)
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        for stem in ("vocals", "bass"):
            write(audio_file(tmp_path / folder / stem, "wav16", silence), silence)
    first = {stem: (tmp_path / "a" / stem).read_bytes() for stem in ("vocals", "bass")}
    assert first == {stem: (tmp_path / "b" / stem).read_bytes() for stem in ("vocals", "bass")}
    assert first["vocals"] != first["bass"]


@pytest.mark.parametrize("name", ["wav16", "wav24", "flac24"])
def test_integers_clip_instead_of_wrapping_around(tmp_path: Path, name: str) -> None:
    signal = np.array([[2.0, -2.0, 1.0, -1.0]], np.float32)
    target = audio_file(tmp_path / "stem", name, signal)
    write(target, signal, pieces=1)
    # The highest step is one below full scale, and dither moves 16-bit samples by up to one more.
    np.testing.assert_allclose(read_song(target.path)[0], [[1.0, -1.0, 1.0, -1.0]], atol=2.5 / 2**15)


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_no_number_is_written_as_silence(tmp_path: Path, name: str) -> None:
    signal = np.full((1, 4800), np.nan, np.float32)
    signal[0, 7] = np.inf
    target = audio_file(tmp_path / "stem", name, signal, 48_000)
    write(target, signal)
    # Two steps of 16 bits for the dither.
    assert np.abs(read_song(target.path)[0]).max() <= 2 / 2**15


# --- tags ---


@pytest.mark.parametrize("name", FORMATS)
def test_tags_survive_in_every_script(tmp_path: Path, name: str) -> None:
    signal = noise(2, 5000, 0.5, seed=1)
    target = audio_file(tmp_path / "stem", name, signal, 48_000, TAGS)
    write(target, signal)
    back, info, _ = read_song(target.path)
    assert info.tags == TAGS
    assert back.shape == signal.shape


def test_mp3_tags_are_read_by_ffmpeg(tmp_path: Path) -> None:
    signal = noise(2, 5000, 0.5, seed=1)
    target = audio_file(tmp_path / "stem.mp3", "mp3", signal, tags=TAGS)
    write(target, signal)
    with av.open(str(target.path)) as file:
        assert (file.metadata["title"], file.metadata["album"]) == (TAGS.title, TAGS.album)
        assert sum(frame.samples for frame in file.decode(audio=0)) == 5000


def test_no_tags_make_no_id3_header() -> None:
    assert id3_tag(Tags()) == b""


@pytest.mark.parametrize("name", FORMATS)
def test_odd_tags_do_not_stop_an_export(tmp_path: Path, name: str) -> None:
    signal = noise(1, 100, 0.5, seed=1)
    tags = Tags(*["é" * 100_000] * 6, comment="caf\udce9")
    target = audio_file(tmp_path / "stem", name, signal, 48_000, tags)
    write(target, signal)
    back = read_song(target.path)[1].tags
    assert (back.title, back.genre, back.comment) == ("é" * 1000, "é" * 1000, "caf?")


# --- large files, full disks ---


def test_a_large_wav_is_rf64_and_comes_back_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signal = noise(2, 50_000, 0.5, seed=1)
    monkeypatch.setattr(soundfile_encoder, "RF64_ABOVE_BYTES", 100_000)
    large = audio_file(tmp_path / "large.wav", "wav32f", signal)
    write(large, signal)
    assert large.path.read_bytes()[:4] == b"RF64"
    np.testing.assert_array_equal(read_song(large.path)[0], signal)


@pytest.mark.parametrize(("hours", "large"), [(3.05, False), (3.1, True)])
def test_rf64_begins_below_the_4_gib_that_a_wav_can_count(hours: float, large: bool) -> None:
    file = AudioFile(Path("x.wav"), audio_format("wav32f"), 44_100, 2, round(hours * 3600 * 44_100), Tags())
    assert (file.most_bytes > soundfile_encoder.RF64_ABOVE_BYTES) == large
    assert soundfile_encoder.RF64_ABOVE_BYTES < 2**32


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (44_100, 2), (96_000, 2)])
def test_the_size_is_never_above_the_estimate(tmp_path: Path, name: str, rate: int, channels: int) -> None:
    signal = noise(channels, 2 * rate, 1.0, seed=1)
    target = audio_file(tmp_path / "stem", name, signal, rate, TAGS)
    write(target, signal)
    assert target.path.stat().st_size <= target.most_bytes


def test_a_disk_without_room_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=2_000_000))
    files = [audio_file(tmp_path / "stem.wav", "wav32f", noise(2, 441_000, 0.5, seed=1))]
    with pytest.raises(WriteError, match="the disk has 2 MB free, and up to 4 MB are needed"):
        require_space(tmp_path, files)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("room_bytes", [0, 10, 10_000, 60_000])
def test_a_disk_that_fills_up_leaves_nothing_and_keeps_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, room_bytes: int
) -> None:
    from engine.audio.fileio import CallbackFile

    written = 0
    real_write = CallbackFile.write

    def full(self: CallbackFile, data: bytes) -> int:
        nonlocal written
        written += len(data)
        if written > room_bytes and self.error is None:
            self.error = OSError(errno.ENOSPC, "No space left on device")
        return real_write(self, data)

    monkeypatch.setattr(CallbackFile, "write", full)
    target = tmp_path / "stem"
    target.write_bytes(b"old")
    signal = noise(2, 2 * 48_000, 0.9, seed=1)
    with pytest.raises(WriteError, match="the disk is full"):
        write(audio_file(target, name, signal, 48_000), signal)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["stem"]


@pytest.mark.parametrize("name", ["wav16", "flac24", "mp3", "ogg", "aac", "alac"])
def test_an_end_that_never_reached_the_disk_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # As a disk or a network drive that reports success and loses the rest.
    monkeypatch.setattr(os, "fsync", lambda file: os.truncate(file, os.fstat(file).st_size // 2))
    signal = noise(2, 50_000, 0.5, seed=1)
    with pytest.raises(WriteError):
        write(audio_file(tmp_path / "stem", name, signal), signal)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_vanishes_is_one_clear_error(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    signal = noise(1, 1000, 0.5, seed=1)
    writer = AudioWriter(audio_file(folder / "stem.wav", "wav32f", signal))
    writer.write(signal)
    shutil.rmtree(folder)
    with pytest.raises(WriteError, match="its folder is gone"):
        writer.finish()
    writer.discard()
    with pytest.raises(WriteError, match="its folder is gone"):
        AudioWriter(audio_file(folder / "stem.wav", "wav32f", signal))


def test_a_folder_without_permission_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(WriteError, match="there is no permission to write there"):
        AudioWriter(audio_file(tmp_path / "stem.wav", "wav32f", noise(1, 10, 0.5, seed=1)))


def test_a_folder_in_the_place_of_the_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "stem.wav").mkdir()
    with pytest.raises(WriteError, match="a folder of that name is in the way"):
        AudioWriter(audio_file(tmp_path / "stem.wav", "wav32f", noise(1, 10, 0.5, seed=1)))
    assert [path.name for path in tmp_path.iterdir()] == ["stem.wav"]


def test_commit_replaces_an_old_file_and_only_then(tmp_path: Path) -> None:
    path = tmp_path / "stem.wav"
    path.write_bytes(b"old")
    signal = noise(1, 1000, 0.5, seed=1)
    writer = AudioWriter(audio_file(path, "wav32f", signal))
    writer.write(signal)
    writer.finish()
    assert path.read_bytes() == b"old"
    writer.commit()
    writer.discard()
    np.testing.assert_array_equal(read_song(path)[0], signal)


def test_a_writer_that_got_too_little_does_not_pass_as_whole(tmp_path: Path) -> None:
    signal = noise(1, 1000, 0.5, seed=1)
    writer = AudioWriter(audio_file(tmp_path / "stem.wav", "wav32f", signal))
    writer.write(signal[:, :999])
    with pytest.raises(WriteError, match="read back"):
        writer.finish()
    writer.discard()
    assert list(tmp_path.iterdir()) == []
