"""A REAPER project: read back with a small parser of its own, it lists every file once, at the start."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import WriteError
from engine.export import DEFAULT_NAMES, ExportRequest, export
from engine.export.reaper import quoted
from engine.separation import Tags
from tests.support.separations import make_separation
from tests.support.songs import read_song

TOKEN = re.compile(r'"([^"]*)"|\'([^\']*)\'|`([^`]*)`|(\S+)')


@dataclass
class Block:
    words: list[str]
    values: dict[str, list[str]] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def of(self, name: str) -> list[Block]:
        return [block for block in self.blocks if block.words[0] == name]


def tokens(line: str) -> list[str]:
    return [next((part for part in found if part), "") for found in TOKEN.findall(line)]


def parse(text: str) -> Block:
    root = Block([])
    stack = [root]
    for line in text.splitlines():
        words = tokens(line.strip())
        if words[0].startswith("<"):
            stack.append(Block([words[0][1:], *words[1:]]))
            stack[-2].blocks.append(stack[-1])
        elif words == [">"]:
            stack.pop()
        else:
            stack[-1].values[words[0]] = words[1:]
    assert stack == [root]
    return root.blocks[0]


@given(text=st.text(max_size=40))
def test_any_name_survives_quoting_up_to_blanks_and_one_kind_of_mark(text: str) -> None:
    line = " ".join(text.split())
    expected = line.replace("`", "'") if '"' in line and "'" in line else line
    assert tokens(f"NAME {quoted(text)}") == ["NAME", expected]


@pytest.mark.parametrize("name", ["wav16", "flac24"])
def test_every_file_is_a_coloured_track_from_the_start(tmp_path: Path, name: str) -> None:
    tags = Tags(title='It\'s "歌" `now`', artist="A;B")
    separation = make_separation(tmp_path / "separation", rate=48_000, samples=72_000, tags=tags)
    request = ExportRequest(
        separation, tmp_path / "out", stages=(1, 2), format=name, residual=True, minus=("vocals",), mix={},
        names=DEFAULT_NAMES, project=True,
    )  # fmt: skip
    report = export(request)
    path = report.written[-1].path
    assert path.suffix == ".rpp"
    project = parse(path.read_text(encoding="utf-8"))
    assert project.words[0] == "REAPER_PROJECT"
    assert project.values["SAMPLERATE"][0] == "48000"
    assert "TEMPO" not in project.values
    tracks = project.of("TRACK")
    assert len(tracks) == 11
    kind = "FLAC" if name == "flac24" else "WAVE"
    for track, file in zip(tracks, report.written, strict=False):
        (item,) = track.of("ITEM")
        (source,) = item.of("SOURCE")
        assert (source.words[1], source.values["FILE"]) == (kind, [file.path.name])
        assert read_song(path.parent / source.values["FILE"][0])[0].shape == (2, 72_000)
        assert (float(item.values["POSITION"][0]), float(item.values["LENGTH"][0])) == (0.0, 1.5)
    by_name = {track.values["NAME"][0]: track for track in tracks}
    # 0x1000000 marks a colour of one's own; then blue, green, red. Vocals are #e69f00.
    assert by_name["Vocals (stage 2)"].values["PEAKCOL"] == [str(0x1000000 + 0x009FE6)]
    assert by_name["Vocals (stage 1)"].values["PEAKCOL"] == by_name["Vocals (stage 2)"].values["PEAKCOL"]
    # What sounds at first adds up to the song; the rest would double it.
    sounding = {name for name, track in by_name.items() if track.values["MUTESOLO"][0] == "0"}
    assert sounding == {f"{stem} (stage 2)" for stem in ("Vocals", "Bass", "Drums", "Other")} | {"Residual"}


def test_a_mix_alone_is_heard(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "separation", samples=100)
    report = export(ExportRequest(separation, tmp_path / "out", stems=(), mix={}, project=True))
    (track,) = parse(report.written[-1].path.read_text(encoding="utf-8")).of("TRACK")
    assert track.values["MUTESOLO"][0] == "0"


def test_the_project_comes_last_and_not_at_all_where_a_file_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    separation = make_separation(tmp_path / "separation", samples=100)
    order: list[str] = []
    rename = Path.replace

    def note(self: Path, target: Path) -> Path:
        order.append(target.suffix)
        if len(order) == 7:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", note)
    export(ExportRequest(separation, tmp_path / "one", project=True))
    assert order == [".wav"] * 4 + [".rpp"]
    with pytest.raises(WriteError, match="the disk is full"):
        export(ExportRequest(separation, tmp_path / "two", project=True))
    assert [path.suffix for path in (tmp_path / "two").iterdir()] == [".wav"]


@pytest.mark.parametrize("name", ["mp3", "ogg", "opus", "aac", "alac"])
def test_other_formats_have_no_project(tmp_path: Path, name: str) -> None:
    separation = make_separation(tmp_path / "separation", samples=100)
    with pytest.raises(ValueError, match="needs WAV or FLAC"):
        export(ExportRequest(separation, tmp_path / "out", format=name, project=True))
