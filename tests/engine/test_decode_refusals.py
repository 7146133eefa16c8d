"""Songs that cannot be read: one clear sentence each, and no file left open."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.audio.decode import open_audio
from engine.errors import DecodeError
from tests.support.separations import noise
from tests.support.songs import read_song, wav_bytes, write_song, write_with_ffmpeg


def refusal(path: Path) -> str:
    with pytest.raises(DecodeError) as caught:
        read_song(path)
    assert caught.value.path == path
    return caught.value.reason


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


@pytest.mark.parametrize("codec", ["alac", None])
@pytest.mark.parametrize("length", [0, 1000, 10_000_000])
def test_a_file_that_is_still_being_written(tmp_path: Path, codec: str | None, length: int) -> None:
    signal, path = noise(2, 400_000, 0.5, seed=1), tmp_path / "song"
    if codec:
        write_with_ffmpeg(path, signal, 44_100, codec, "ipod", movflags="faststart")
    else:
        write_song(path, signal, 44_100)
    with open_audio(path) as reader:
        blocks = reader.blocks()
        next(blocks)
        os.truncate(path, length)
        os.utime(path, (1e9, 1e9))  # as a moment later, which a coarse clock may not tell
        with pytest.raises(DecodeError) as caught:
            list(blocks)
    assert caught.value.reason == "it was written to while it was read; wait until that is done"


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


def test_damage_in_the_middle_of_a_flac(tmp_path: Path) -> None:
    path = write_song(tmp_path / "song.flac", noise(2, 200_000, 0.5, seed=5), 44_100, "FLAC", "PCM_16")
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 500] = bytes(500)
    path.write_bytes(data)
    assert refusal(path) == "it is damaged and cannot be read on from about 0:01.86"


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
    kinds = [("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("AIFF", "PCM_24"), ("OGG", "VORBIS"), ("W64", "FLOAT")]
    kind = data.draw(st.sampled_from(kinds))
    path = write_song(tmp_path_factory.mktemp("song") / "song", noise(2, 5_000, 0.5, seed=6), 44_100, *kind)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        signal, reason = read_song(path)[0], ""
    except DecodeError as error:
        signal, reason = np.zeros((1, 1), np.float32), error.reason
    assert np.isfinite(signal).all()
    assert 1 <= signal.shape[0] <= 8
    # Damage to the file must not look like trouble with the disk.
    assert not reason.startswith("it cannot be read")


def test_no_file_stays_open_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(wav_bytes(bytes(232 * 200), channels=232))
    before = len(list(Path("/proc/self/fd").iterdir()))
    refusal(path)
    path.write_bytes(b"nothing")
    refusal(path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
