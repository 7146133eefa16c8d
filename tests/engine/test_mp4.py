"""Pictures in the formats that hold one, and stem files: five tracks of one length, with names and colours."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audio.cover import Cover, read_cover
from engine.audio.encode import write_audio
from engine.audio.formats import FORMATS, STEM_FILE_FORMATS, audio_format
from engine.audio.target import AudioFile, StemTrack
from engine.separation import Samples, Tags
from tests.support.separations import noise
from tests.support.songs import read_song, write_song

WITH_PICTURE = ("flac", "flac16", "flac24", "mp3", "aac", "alac")
TRACKS = tuple(StemTrack(name, color) for name, color in zip("DBOV", ("#00aa11",) * 4, strict=True))


def png(size: int = 0) -> Cover:
    """A picture of one pixel, made larger by a comment of `size` random bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    comment = chunk(b"tEXt", b"Comment\0" + np.random.default_rng(1).bytes(size)) if size else b""
    head = chunk(b"IHDR", struct.pack(">2I5B", 1, 1, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0\x80\x40\x20"))
    return Cover(b"\x89PNG\r\n\x1a\n" + head + comment + body + chunk(b"IEND", b""), "image/png")


def audio_file(path: Path, name: str, signal: Samples, rate: int = 44_100, **more: object) -> AudioFile:
    return AudioFile(path, audio_format(name), rate, *signal.shape, Tags("歌", "Someone"), **more)  # type: ignore[arg-type]


def tracks_of(path: Path) -> list[Samples]:
    """Every track as FFmpeg decodes it, without the project's decoder, up to its play length."""
    found: list[Samples] = []
    with av.open(str(path)) as file:
        lengths = [stream.duration for stream in file.streams.audio]
    for index, length in enumerate(lengths):
        with av.open(str(path)) as file:
            frames = [frame.to_ndarray() for frame in file.decode(audio=index)]
        scale = 1.0 if frames[0].dtype.kind == "f" else 2.0 ** (1 - 8 * frames[0].dtype.itemsize)
        # FFmpeg gives the last packet of AAC with its padding; players cut it by the play length.
        found.append((np.concatenate(frames, axis=1) * scale).astype(np.float32)[:, :length])
    return found


def stem_atom(path: Path) -> dict[str, object]:
    """The JSON in moov/udta/stem, found by walking the boxes."""
    content = path.read_bytes()
    for wanted in (b"moov", b"udta", b"stem"):
        start = 0
        while content[start + 4 : start + 8] != wanted:
            start += int.from_bytes(content[start : start + 4], "big")
            assert start < len(content), wanted
        content = content[start + 8 : start + int.from_bytes(content[start : start + 4], "big")]
    return json.loads(content)


@pytest.mark.parametrize("size", [0, 1_500_000])
@pytest.mark.parametrize("name", WITH_PICTURE)
def test_a_picture_is_carried_over_and_changes_no_sample(tmp_path: Path, name: str, size: int) -> None:
    signal, cover = noise(2, 50_000, 0.5, seed=1), png(size)
    plain, pictured = (audio_file(tmp_path / f"{n}.x", name, signal, cover=c) for n, c in ((1, None), (2, cover)))
    write_audio(plain, [signal])
    write_audio(pictured, [signal])
    assert read_cover(pictured.path) == cover
    assert read_cover(plain.path) is None
    back, info, warnings = read_song(pictured.path)
    assert back.shape == signal.shape
    # The dither of 16 bits depends on the name.
    np.testing.assert_allclose(back, read_song(plain.path)[0], rtol=0, atol=4 / 2**15 if name == "flac16" else 0)
    assert (info.tags.title, info.tags.artist, warnings) == ("歌", "Someone", ())
    assert pictured.path.stat().st_size <= pictured.most_bytes


@pytest.mark.parametrize("name", sorted(set(FORMATS) - set(WITH_PICTURE)))
def test_the_other_formats_go_without(tmp_path: Path, name: str) -> None:
    signal = noise(2, 5000, 0.5, seed=1)
    target = audio_file(tmp_path / "x", name, signal, 48_000, cover=png())
    write_audio(target, [signal])
    assert read_cover(target.path) is None
    assert read_song(target.path)[0].shape == signal.shape


def test_what_is_no_picture_is_none(tmp_path: Path) -> None:
    assert read_cover(tmp_path / "gone.mp3") is None
    for name, data in (("empty.mp3", b""), ("text.mp3", b"hello" * 1000), ("list.m3u", b"#EXTM3U\n/etc/passwd\n")):
        (tmp_path / name).write_bytes(data)
        assert read_cover(tmp_path / name) is None
    assert read_cover(write_song(tmp_path / "x.wav", noise(1, 100, 0.5, seed=1), 44_100)) is None


@settings(max_examples=20)
@given(
    name=st.sampled_from(STEM_FILE_FORMATS),
    samples=st.one_of(st.sampled_from([1, 2, 1024, 1025]), st.integers(1, 60_000)),
    channels=st.integers(1, 2),
    rate=st.sampled_from([22_050, 44_100, 48_000, 96_000]),
)
def test_all_five_tracks_of_a_stem_file_have_the_songs_length(
    tmp_path_factory: pytest.TempPathFactory, name: str, samples: int, channels: int, rate: int
) -> None:
    signal = noise(5 * channels, samples, 0.5, seed=samples)
    target = audio_file(tmp_path_factory.mktemp("out") / "song.stem.mp4", name, signal, rate, stems=TRACKS)
    write_audio(target, np.array_split(signal, 3, axis=1))
    tracks = tracks_of(target.path)
    assert [track.shape for track in tracks] == [(channels, samples)] * 5
    assert read_song(target.path)[0].shape == (channels, samples)
    if name == "stem-alac":
        np.testing.assert_allclose(np.concatenate(tracks), signal, rtol=0, atol=0.5 / 2**23)


@pytest.mark.parametrize("cover", [None, png(), png(100_000)])
@pytest.mark.parametrize("name", STEM_FILE_FORMATS)
def test_a_stem_file_names_and_colours_its_stems_and_keeps_tags_and_picture(
    tmp_path: Path, name: str, cover: Cover | None
) -> None:
    signal = noise(10, 30_000, 0.5, seed=1)
    target = audio_file(tmp_path / "song.stem.mp4", name, signal, stems=TRACKS, cover=cover)
    write_audio(target, [signal])
    atom = stem_atom(target.path)
    assert atom["stems"] == [{"name": letter, "color": "#00AA11"} for letter in "DBOV"]
    assert atom["version"] == 1
    assert set(atom["mastering_dsp"]) == {"compressor", "limiter"}  # type: ignore[arg-type]
    assert read_cover(target.path) == cover
    assert read_song(target.path)[1].tags.title == "歌"
    # Only the song is switched on, so that an ordinary player does not play everything twice.
    data, flags, at = target.path.read_bytes(), [], 0
    while (at := data.find(b"tkhd", at) + 4) > 3:
        flags.append(data[at + 3] & 1)
    assert flags == [1, 0, 0, 0, 0]
