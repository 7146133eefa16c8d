"""Songs in: every sample of what can be read, in its place."""

from __future__ import annotations

import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from engine.audio.decode import open_audio, song_seconds
from engine.audio.id3 import id3_tag
from engine.separation import Samples, Tags
from tests.support.separations import noise
from tests.support.songs import loudest_hz, read_song, tones, wav_bytes, write_song, write_with_ffmpeg


def best_lag(signal: Samples, reference: Samples) -> int:
    """By how many samples `signal` is late."""
    size = 2 * max(signal.shape[1], reference.shape[1])
    spectrum = np.fft.rfft(signal[0], size) * np.conj(np.fft.rfft(reference[0], size))
    lag = int(np.argmax(np.fft.irfft(spectrum)))
    return lag if lag < size // 2 else lag - size


# --- what can be read ---


@given(
    samples=st.integers(1, 3_000),
    channels=st.integers(1, 8),
    rate=st.integers(8_000, 384_000),
    size=st.integers(1, 4_000),
)
def test_float_files_come_back_bit_by_bit_in_blocks_of_the_asked_size(
    tmp_path_factory: pytest.TempPathFactory, samples: int, channels: int, rate: int, size: int
) -> None:
    signal = noise(channels, samples, 1.5, seed=samples)
    path = write_song(tmp_path_factory.mktemp("song") / "song.wav", signal, rate)
    with open_audio(path) as reader:
        blocks = list(reader.blocks(size))
    assert {block.shape[1] for block in blocks[:-1]} <= {size}
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), signal)
    assert (reader.info.sample_rate, reader.info.channels, reader.info.samples) == (rate, channels, samples)
    assert reader.info.subtype == "FLOAT"
    assert reader.warnings == ()


@pytest.mark.parametrize(
    ("container", "subtype"),
    [("WAV", "PCM_16"), ("FLAC", "PCM_24"), ("AIFF", "PCM_16"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III")],
)
@pytest.mark.parametrize("samples", [1, 2, 1000, 50_000])
def test_what_libsndfile_knows_has_every_sample(tmp_path: Path, container: str, subtype: str, samples: int) -> None:
    path = write_song(tmp_path / "song", noise(2, samples, 0.5, seed=1), 44_100, container, subtype)
    signal, info, warnings = read_song(path)
    assert (signal.shape[1], info.samples, info.subtype, warnings) == (samples, samples, subtype, ())


@pytest.mark.parametrize(
    ("codec", "container", "rate", "subtype"),
    [
        ("alac", "ipod", 44_100, "PCM_24"),
        ("wavpack", "wv", 44_100, "PCM_16"),
        ("flac", "matroska", 44_100, "PCM_16"),
        ("aac", "ipod", 44_100, "AAC"),
        ("libopus", "webm", 48_000, "OPUS"),
        ("libmp3lame", "matroska", 44_100, "MP3FLOAT"),
    ],
)
@pytest.mark.parametrize("samples", [1000, 50_001])
def test_what_only_ffmpeg_knows_has_every_sample_in_its_place(
    tmp_path: Path, codec: str, container: str, rate: int, subtype: str, samples: int
) -> None:
    original = noise(2, samples, 0.5, seed=2)
    signal, info, warnings = read_song(write_with_ffmpeg(tmp_path / "song", original, rate, codec, container))
    assert (signal.shape, info.subtype, warnings) == ((2, samples), subtype, ())
    assert best_lag(signal, original) == 0
    # One step of what FFmpeg hands to its lossless encoders unless it is told otherwise: 24, 16 and 8 bits.
    step = {"alac": 2.0**-23, "flac": 2.0**-15, "wavpack": 2.0**-7}.get(codec)
    if step:
        np.testing.assert_allclose(signal, original, rtol=0, atol=step)


@pytest.mark.parametrize("channels", [2, 3, 4, 6, 8])
@pytest.mark.parametrize(("codec", "container"), [("wavpack", "wv"), ("libopus", "ogg"), ("libopus", "matroska")])
def test_channels_come_in_one_order_from_every_kind_of_file(
    tmp_path: Path, codec: str, container: str, channels: int
) -> None:
    signal = tones(channels)
    read, info, _ = read_song(write_with_ffmpeg(tmp_path / "song", signal, 48_000, codec, container))
    assert info.channels == channels
    assert loudest_hz(read) == loudest_hz(signal)


@pytest.mark.parametrize("samples", [44_100, 43_900])
def test_padding_is_cut_where_only_the_play_length_tells_of_it(tmp_path: Path, samples: int) -> None:
    # As other encoders than FFmpeg's write it: every AAC frame is said to last 1024 samples, and the play length counts
    # samples, not milliseconds.
    original = noise(2, samples, 0.5, seed=2)
    path = write_with_ffmpeg(tmp_path / "song.m4a", original, 44_100, "aac", "ipod")
    data = bytearray(path.read_bytes())
    mvhd, tkhd, elst, stts = (data.index(name) + 4 for name in (b"mvhd", b"tkhd", b"elst", b"stts"))
    struct.pack_into(">II", data, mvhd + 12, 44_100, samples)
    struct.pack_into(">I", data, tkhd + 20, samples)
    struct.pack_into(">I", data, elst + 8, samples)
    entries = struct.unpack_from(">I", data, stts + 4)[0]
    for entry in range(entries):
        struct.pack_into(">I", data, stts + 8 + 8 * entry + 4, 1024)
    path.write_bytes(data)
    signal, _, warnings = read_song(path)
    assert (signal.shape, warnings) == ((2, samples), ())
    assert best_lag(signal, original) == 0


@pytest.mark.parametrize("name", ["song.raw", "song.txt", "歌 🎵 שיר;{}'%#.mp3", "concat:a|b", "e\u0301 ...wav"])
def test_the_content_decides_whatever_the_name(tmp_path: Path, name: str) -> None:
    signal = noise(1, 100, 0.5, seed=3)
    np.testing.assert_array_equal(read_song(write_song(tmp_path / name, signal, 44_100))[0], signal)


def test_a_name_that_is_no_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.m4a")
    signal = noise(2, 5000, 0.5, seed=3)
    path.write_bytes(write_with_ffmpeg(tmp_path / "song.m4a", signal, 44_100, "alac", "ipod").read_bytes())
    assert read_song(path)[0].shape == (2, 5000)


@pytest.mark.parametrize(("container", "subtype"), [("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("OGG", "VORBIS")])
def test_tags_are_read(tmp_path: Path, container: str, subtype: str) -> None:
    path = tmp_path / "song"
    with soundfile.SoundFile(path, "w", 44_100, 1, subtype, format=container) as file:
        file.title, file.artist, file.album, file.tracknumber = "Tïtle 歌", "Artist", "Album", "3/9"
        file.write(np.full(100, 0.1))
    tags = read_song(path)[1].tags
    assert (tags.title, tags.artist, tags.album, tags.track, tags.genre) == ("Tïtle 歌", "Artist", "Album", "3/9", "")


def test_tags_are_read_from_what_only_ffmpeg_knows(tmp_path: Path) -> None:
    import av

    path = tmp_path / "song.m4a"
    with av.open(str(path), "w", format="ipod") as output:
        output.metadata.update({"title": "Tïtle 歌", "track": "3/9"})
        stream = output.add_stream("alac", rate=44_100, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(noise(1, 1000, 0.5, seed=1), format="fltp", layout="mono")
        frame.sample_rate = 44_100
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    tags = read_song(path)[1].tags
    assert (tags.title, tags.track, tags.artist) == ("Tïtle 歌", "3/9", "")


@pytest.mark.parametrize(("container", "name", "order"), [("WAV", b"id3 ", "<"), ("AIFF", b"ID3 ", ">")])
def test_tags_of_mp3s_are_read_where_programs_put_them_into_other_files(
    tmp_path: Path, container: str, name: bytes, order: str
) -> None:
    signal = noise(2, 1001, 0.5, seed=1)
    path = write_song(tmp_path / "song", signal, 44_100, container, "PCM_16")
    tags = Tags("Tïtle 歌", "Artist", "Album", "2024-05-01", "3/12", "Rock", "Comment")
    chunk = id3_tag(tags).ljust(200, b"\0")
    data = bytearray(path.read_bytes() + name + struct.pack(f"{order}I", len(chunk)) + chunk)
    struct.pack_into(f"{order}I", data, 4, len(data) - 8)
    path.write_bytes(data)
    read, info, warnings = read_song(path)
    assert (read.shape, info.tags, warnings) == (signal.shape, tags, ())


@pytest.mark.parametrize("container", ["WAV", "AIFF", "FLAC", "MP3"])
@pytest.mark.parametrize("length", [100, 300_000])
def test_tags_in_front_of_a_file_cost_no_sample(tmp_path: Path, container: str, length: int) -> None:
    # Some programs put the tags of an MP3 there whatever the file is; a cover makes them long.
    path = tmp_path / "song"
    write_song(path, noise(2, 100_000, 0.5, 0), 44_100, container, "PCM_16" if container != "MP3" else "MPEG_LAYER_III")
    plain = read_song(path)[0]
    path.write_bytes(id3_tag(Tags(title="Tïtle", comment="x" * length)) + path.read_bytes())
    read, _, warnings = read_song(path)
    np.testing.assert_array_equal(read, plain)
    assert warnings == ()


def test_memory_does_not_grow_with_the_song(tmp_path: Path) -> None:
    path = write_song(tmp_path / "song.flac", noise(2, 3_000_000, 0.5, seed=1), 44_100, "FLAC", "PCM_16")
    tracemalloc.start()
    try:
        with open_audio(path) as reader:
            assert sum(block.shape[1] for block in reader.blocks()) == 3_000_000
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # A handful of blocks of half a megabyte; the song is 24 MB.
    assert peak_bytes < 6e6


# --- what can be read, but deserves a word ---


def test_samples_that_are_no_sound_become_silence_and_are_counted(tmp_path: Path) -> None:
    signal = noise(2, 100_000, 0.5, seed=4)
    signal[1, 44_100] = np.nan
    signal[:, 70_000] = np.inf
    signal[0, 99_999] = -np.inf
    signal[0, 99_998] = -1e30
    signal[1, 99_998] = 2**31  # of 32 bits, as float: loud, but a number
    decoded, _, warnings = read_song(write_song(tmp_path / "song.wav", signal, 44_100), size=1000)
    np.testing.assert_array_equal(decoded, np.where(np.abs(signal) < 1e10, signal, 0.0))
    (warning,) = warnings
    assert warning == "5 samples are not numbers, or far too large, and were replaced by silence, the first at 0:01.00."


def test_a_silent_song_is_mentioned(tmp_path: Path) -> None:
    path = write_song(tmp_path / "song.wav", np.zeros((2, 1000), np.float32), 44_100)
    assert read_song(path)[2] == ("The file is silent from start to end.",)


@pytest.mark.parametrize(
    ("container", "subtype"),
    [
        *(("WAV", "PCM_16"), ("RF64", "FLOAT"), ("AIFF", "PCM_24"), ("W64", "PCM_16"), ("MP3", "MPEG_LAYER_III")),
        ("FLAC", "PCM_16"),
    ],
)
def test_half_a_file_is_read_and_mentioned(tmp_path: Path, container: str, subtype: str) -> None:
    path = write_song(tmp_path / "song", noise(2, 200_000, 0.5, seed=5), 44_100, container, subtype)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    signal, _, warnings = read_song(path)
    # Half of the bytes hold half of the samples, give or take a header, an MP3 frame or two and a FLAC's last block.
    assert abs(signal.shape[1] - 100_000) < (21_000 if container == "FLAC" else 3000)
    assert warnings == (f"The file is cut short: only its first 0:{signal.shape[1] / 44_100:05.2f} could be read.",)


@pytest.mark.parametrize(
    ("codec", "container", "options"),
    [
        *(("aac", "ipod", {"movflags": "faststart"}), ("aac", "adts", {}), ("libopus", "matroska", {})),
        *(("libopus", "ogg", {"page_duration": "20000"}), ("pcm_s16be", "caf", {})),
    ],
)
def test_half_a_file_that_only_ffmpeg_knows_is_read_and_mentioned(
    tmp_path: Path, codec: str, container: str, options: dict[str, str]
) -> None:
    original = noise(2, 200_000, 0.5, seed=5)
    path = write_with_ffmpeg(tmp_path / "song", original, 48_000, codec, container, **options)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    signal, _, warnings = read_song(path)
    # The bits are not spread evenly over a song, so half of the bytes is only about half of the samples.
    assert abs(signal.shape[1] - 100_000) < 10_000
    assert warnings[0].startswith("The file is cut short")


def test_a_stream_whose_header_does_not_know_its_length_is_not_called_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(wav_bytes(b"\x01\x02" * 8000, claimed_bytes=2**32 - 1))
    signal, _, warnings = read_song(path)
    assert (signal.shape, warnings) == ((2, 4000), ())


def test_a_flac_that_was_streamed_and_does_not_tell_its_length_is_read_to_its_end(tmp_path: Path) -> None:
    path = write_song(tmp_path / "song.flac", noise(2, 100_000, 0.1, 0), 44_100, "FLAC", "PCM_16")
    told, _, _ = read_song(path)
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0  # the number of samples: 36 bits of the first block, 0 for "unknown"
    data[22:26] = bytes(4)
    path.write_bytes(data)
    signal, info, warnings = read_song(path)
    np.testing.assert_array_equal(signal, told)
    assert (info.samples, info.duration_seconds, info.subtype, warnings) == (None, None, "PCM_16", ())


@pytest.mark.parametrize("tag", [b"", id3_tag(Tags(title="T" * 50_000))])
@pytest.mark.parametrize("loud", [slice(0, 20_000), slice(70_000, None), slice(0, 0)])
def test_an_mp3_that_does_not_tell_its_length_is_read_to_its_end(tmp_path: Path, loud: slice, tag: bytes) -> None:
    # Where the rate follows the music, the first frames say little about the rest.
    signal = noise(2, 100_000, 0.001, seed=1)
    signal[:, loud] = noise(2, 100_000, 0.5, seed=2)[:, loud]
    path = tmp_path / "song.mp3"
    soundfile.write(path, signal.T, 44_100, format="MP3", bitrate_mode="VARIABLE", compression_level=0.0)
    data = path.read_bytes()
    assert b"Xing" in data
    path.write_bytes(tag + data.replace(b"Xing", bytes(4)))
    read, _, warnings = read_song(path)
    assert warnings == ()
    # Nor does it tell of the encoder's delay and padding; what was the header is a frame of silence.
    assert 1152 < read.shape[1] - signal.shape[1] <= 4 * 1152
    assert best_lag(read, signal) == 1152 + 576 + 529


def test_mp3s_that_were_joined_to_one_are_read_to_the_end(tmp_path: Path) -> None:
    signal = noise(2, 50_000, 0.5, seed=1)
    path = write_song(tmp_path / "song.mp3", signal, 44_100, "MP3", "MPEG_LAYER_III")
    path.write_bytes(2 * path.read_bytes())
    assert read_song(path)[0].shape[1] >= 100_000


@pytest.mark.parametrize(("subtype", "rate"), [("VORBIS", 44_100), ("OPUS", 48_000)])
def test_the_songs_of_a_recorded_broadcast_are_read_to_the_end(tmp_path: Path, subtype: str, rate: int) -> None:
    # A radio station sends one Ogg after the other, and whoever records it has them in one file.
    first, second = (noise(2, 50_000, 0.5, seed) for seed in (1, 2))
    path = write_song(tmp_path / "song.ogg", first, rate, "OGG", subtype)
    path.write_bytes(path.read_bytes() + write_song(tmp_path / "2.ogg", second, rate, "OGG", subtype).read_bytes())
    signal, info, warnings = read_song(path)
    assert (info.samples, warnings) == (None, ())
    assert abs(signal.shape[1] - 100_000) < 1000  # what the encoders added is there where the songs meet


def test_what_is_behind_an_ogg_and_no_sound_changes_nothing(tmp_path: Path) -> None:
    signal = noise(2, 50_000, 0.5, seed=1)
    path = write_song(tmp_path / "song.ogg", signal, 44_100, "OGG", "VORBIS")
    before = read_song(path)[0]
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))
    np.testing.assert_allclose(read_song(path)[0], before, atol=1e-6)


def test_a_songs_length_is_told_without_decoding_it_and_only_where_there_is_one(tmp_path: Path) -> None:
    song = write_song(tmp_path / "song.flac", noise(2, 66_150, 0.1, 0), 44_100, "FLAC", "PCM_16")
    assert song_seconds(song) == 1.5
    assert song_seconds(tmp_path / "missing.wav") is None
    (tmp_path / "text.wav").write_text("no song")
    assert song_seconds(tmp_path / "text.wav") is None
