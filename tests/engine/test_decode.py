"""Songs in: every sample of what can be read, and one clear sentence for what cannot."""

from __future__ import annotations

import os
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from engine.audio.decode import AUDIO_SUFFIXES, open_audio
from engine.audio.source import AudioInfo
from engine.errors import DecodeError
from engine.separation import Samples
from tests.support.separations import noise
from tests.support.songs import wav_bytes, write_song, write_with_ffmpeg


def decode(path: Path, size: int = 65_536) -> tuple[Samples, AudioInfo, tuple[str, ...]]:
    with open_audio(path) as reader:
        return np.concatenate(list(reader.blocks(size)), axis=1), reader.info, reader.warnings


def refusal(path: Path) -> str:
    with pytest.raises(DecodeError) as caught:
        decode(path)
    assert caught.value.path == path
    return caught.value.reason


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
    signal, info, warnings = decode(path)
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
    signal, info, warnings = decode(write_with_ffmpeg(tmp_path / "song", original, rate, codec, container))
    assert (signal.shape, info.subtype, warnings) == ((2, samples), subtype, ())
    assert best_lag(signal, original) == 0
    if codec in {"alac", "wavpack", "flac"}:
        # FFmpeg's encoders were given 16 bits (24 for ALAC), rounded or cut off.
        np.testing.assert_allclose(signal, original, rtol=0, atol=2.0**-15)


@pytest.mark.parametrize("samples", [44_100, 44_000])
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
    signal, _, warnings = decode(path)
    assert (signal.shape, warnings) == ((2, samples), ())
    assert best_lag(signal, original) == 0


@pytest.mark.parametrize("name", ["song.raw", "song.txt", "歌 🎵 שיר;{}'%#.mp3", "concat:a|b", "e\u0301 ...wav"])
def test_the_content_decides_whatever_the_name(tmp_path: Path, name: str) -> None:
    signal = noise(1, 100, 0.5, seed=3)
    np.testing.assert_array_equal(decode(write_song(tmp_path / name, signal, 44_100))[0], signal)


def test_a_name_that_is_no_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.m4a")
    signal = noise(2, 5000, 0.5, seed=3)
    path.write_bytes(write_with_ffmpeg(tmp_path / "song.m4a", signal, 44_100, "alac", "ipod").read_bytes())
    assert decode(path)[0].shape == (2, 5000)


@pytest.mark.parametrize(("container", "subtype"), [("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("OGG", "VORBIS")])
def test_tags_are_read(tmp_path: Path, container: str, subtype: str) -> None:
    path = tmp_path / "song"
    with soundfile.SoundFile(path, "w", 44_100, 1, subtype, format=container) as file:
        file.title, file.artist, file.album, file.tracknumber = "Tïtle 歌", "Artist", "Album", "3/9"
        file.write(np.full(100, 0.1))
    tags = decode(path)[1].tags
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
    tags = decode(path)[1].tags
    assert (tags.title, tags.track, tags.artist) == ("Tïtle 歌", "3/9", "")


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


def test_samples_that_are_no_numbers_become_silence_and_are_counted(tmp_path: Path) -> None:
    signal = noise(2, 100_000, 0.5, seed=4)
    signal[1, 44_100] = np.nan
    signal[:, 70_000] = np.inf
    signal[0, 99_999] = -np.inf
    decoded, _, warnings = decode(write_song(tmp_path / "song.wav", signal, 44_100), size=1000)
    np.testing.assert_array_equal(decoded, np.where(np.isfinite(signal), signal, 0.0))
    assert warnings == ("4 samples are not numbers and were replaced by silence, the first at 0:01.00.",)


def test_a_silent_song_is_mentioned(tmp_path: Path) -> None:
    path = write_song(tmp_path / "song.wav", np.zeros((2, 1000), np.float32), 44_100)
    assert decode(path)[2] == ("The song is silent from start to end.",)


@pytest.mark.parametrize(
    ("container", "subtype"),
    [("WAV", "PCM_16"), ("RF64", "FLOAT"), ("AIFF", "PCM_24"), ("W64", "PCM_16"), ("MP3", "MPEG_LAYER_III")],
)
def test_half_a_file_is_read_and_mentioned(tmp_path: Path, container: str, subtype: str) -> None:
    path = write_song(tmp_path / "song", noise(2, 200_000, 0.5, seed=5), 44_100, container, subtype)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    signal, _, warnings = decode(path)
    # Half of the bytes hold half of the samples, give or take a header and an MP3 frame or two.
    assert abs(signal.shape[1] - 100_000) < 3000
    assert warnings == (f"The file is cut short: only its first 0:{signal.shape[1] / 44_100:05.2f} could be read.",)


@pytest.mark.parametrize(
    ("codec", "container", "options"),
    [("aac", "ipod", {"movflags": "faststart"}), ("aac", "adts", {}), ("libopus", "matroska", {})],
)
def test_half_a_file_that_only_ffmpeg_knows_is_read_and_mentioned(
    tmp_path: Path, codec: str, container: str, options: dict[str, str]
) -> None:
    original = noise(2, 200_000, 0.5, seed=5)
    path = write_with_ffmpeg(tmp_path / "song", original, 48_000, codec, container, **options)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    signal, _, warnings = decode(path)
    # The bits are not spread evenly over a song, so half of the bytes is only about half of the samples.
    assert abs(signal.shape[1] - 100_000) < 10_000
    assert warnings[0].startswith("The file is cut short")


def test_a_stream_whose_header_does_not_know_its_length_is_not_called_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(wav_bytes(b"\x01\x02" * 8000, claimed_bytes=2**32 - 1))
    signal, _, warnings = decode(path)
    assert (signal.shape, warnings) == ((2, 4000), ())


# --- what cannot be read ---


def test_a_missing_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.wav") == "it does not exist"


def test_a_name_longer_than_a_disk_allows(tmp_path: Path) -> None:
    assert refusal(tmp_path / ("x" * 300)).startswith("it cannot be read")


def test_a_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "it is a folder"


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    assert refusal(tmp_path / "pipe.wav") == "it is not an ordinary file"


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_song(tmp_path / "song.wav", noise(1, 10, 0.5, seed=1), 44_100)

    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert refusal(path) == "there is no permission to read it"


@pytest.mark.parametrize("codec", ["alac", None])
def test_a_disk_that_fails_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str | None) -> None:
    signal, path = noise(2, 400_000, 0.5, seed=1), tmp_path / "song"
    if codec:
        write_with_ffmpeg(path, signal, 44_100, codec, "ipod", movflags="faststart")
    else:
        write_song(path, signal, 44_100)

    from engine.audio.fileio import CallbackFile

    read = CallbackFile.read

    def fail_late(self: CallbackFile, count: int = -1) -> bytes:
        if self.tell() > 500_000:
            self.error = self.error or OSError(5, "Input/output error")
        return read(self, count)

    monkeypatch.setattr(CallbackFile, "read", fail_late)
    assert refusal(path) == "it cannot be read (Input/output error)"


def _empty(_: Path) -> bytes:
    return b""


def _text(_: Path) -> bytes:
    return b"Dear diary, today I recorded nothing.\n" * 50


def _random(_: Path) -> bytes:
    return np.random.default_rng(7).bytes(50_000)


def _playlist(song: Path) -> bytes:
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{song.name}\n#EXT-X-ENDLIST\n".encode()


def _concat_script(song: Path) -> bytes:
    return f"ffconcat version 1.0\nfile '{song.name}'\n".encode()


def _cue_sheet(song: Path) -> bytes:
    return f'FILE "{song.name}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n'.encode()


def _picture(_: Path) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(3000)


def _header_only(song: Path) -> bytes:
    return song.read_bytes()[:30]


NOTHING = "no audio that can be read was found in it"


@pytest.mark.parametrize("suffix", ["mp3", "wav", "flac", "m4a", "raw"])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_empty, "it is empty"),
        (_text, NOTHING),
        (_random, NOTHING),
        (_playlist, NOTHING),
        (_concat_script, NOTHING),
        (_cue_sheet, NOTHING),
        (_picture, NOTHING),
        (_header_only, NOTHING),
    ],
)
def test_what_holds_no_audio_is_refused_whatever_it_is_called(
    tmp_path: Path, suffix: str, content: Callable[[Path], bytes], reason: str
) -> None:
    song = write_song(tmp_path / "real.wav", noise(2, 50_000, 0.5, seed=1), 44_100)
    fake = tmp_path / f"fake.{suffix}"
    fake.write_bytes(content(song))
    assert refusal(fake) == reason


def test_a_video_without_sound(tmp_path: Path) -> None:
    import av

    path = tmp_path / "video.mp4"
    with av.open(str(path), "w", format="mp4") as output:
        stream = output.add_stream("mpeg4", rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width = stream.height = 64
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    assert refusal(path) == NOTHING


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (wav_bytes(b""), "it holds no samples"),
        (wav_bytes(bytes(232 * 200), channels=232), "it has 232 channels, and at most 8 can be used"),
        (wav_bytes(bytes(9 * 200), channels=9), "it has 9 channels, and at most 8 can be used"),
        (wav_bytes(bytes(400), rate=2**31 - 1), "its sample rate of 2147483647 Hz is outside 8-384 kHz"),
        (wav_bytes(bytes(400), rate=7999), "its sample rate of 7999 Hz is outside 8-384 kHz"),
        (wav_bytes(bytes(400), channels=0), NOTHING),
    ],
)
def test_headers_outside_what_music_is(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(content)
    assert refusal(path) == reason


def test_flac_that_breaks_off(tmp_path: Path) -> None:
    path = write_song(tmp_path / "song.flac", noise(2, 200_000, 0.5, seed=5), 44_100, "FLAC", "PCM_16")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refusal(path) == "it is damaged and cannot be read on from about 0:01.49"


@pytest.mark.parametrize(("codec", "container"), [("aac", "adts"), ("alac", "ipod")])
def test_damage_in_the_middle(tmp_path: Path, codec: str, container: str) -> None:
    path = write_with_ffmpeg(tmp_path / "song", noise(2, 400_000, 0.5, seed=5), 44_100, codec, container)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 20_000] = bytes(255 - byte for byte in data[middle : middle + 20_000])
    path.write_bytes(data)
    assert refusal(path).startswith("it is damaged and cannot be read on from about 0:0")


@given(data=st.data())
def test_any_damage_ends_in_samples_or_one_error(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("AIFF", "PCM_24"), ("OGG", "VORBIS")]))
    path = write_song(tmp_path_factory.mktemp("song") / "song", noise(2, 5_000, 0.5, seed=6), 44_100, *kind)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        signal = decode(path)[0]
    except DecodeError:
        return
    assert np.isfinite(signal).all()
    assert 1 <= signal.shape[0] <= 8


def test_no_file_stays_open_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(wav_bytes(bytes(232 * 200), channels=232))
    before = len(os.listdir("/proc/self/fd"))
    refusal(path)
    path.write_bytes(b"nothing")
    refusal(path)
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_suffixes_of_a_folder_walk_are_lower_case_with_a_dot() -> None:
    assert {".mp3", ".wav", ".flac", ".m4a", ".ogg", ".opus", ".mp4"} <= AUDIO_SUFFIXES
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in AUDIO_SUFFIXES)
