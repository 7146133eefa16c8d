"""Names from a template: any tags give a name that any disk takes, and no two files get the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.export import (
    DEFAULT_NAMES,
    NAME_FIELDS,
    ExportRequest,
    Naming,
    Selection,
    TemplateError,
    check_template,
    export,
    planned_files,
)
from engine.export.names import distinct, filled_in, same_to_a_disk
from engine.separation import Tags
from tests.support.separations import make_separation

ODD = (
    "歌曲",
    "שיר",
    "🎵 👩\u200d👧",
    "e\u0301",
    ";{}'%#",
    "trailing. . .",
    "..",
    "AC/DC",
    'a:b?*"<>|',
    "x" * 300,
    "歌" * 300,
)

texts = st.one_of(st.sampled_from(ODD), st.text(max_size=60))
templates = st.lists(
    st.one_of(
        st.sampled_from([f"{{{name}}}" for name in NAME_FIELDS]), st.sampled_from([" - ", "(", ")", "_", " ", "x", "/"])
    ),
    max_size=8,
).map("".join)


def names(template: str, tags: Tags, selection: Selection, source: str = "File.mp3") -> list[str]:
    naming = Naming(template, Path("music") / source, tags, "the model")
    return [file.path.name for file in planned_files(Path("out"), selection, naming)]


ALL = Selection(("vocals", "bass"), (2,), "flac", residual=True, minus=("vocals",), mix=True, project=True)
SONG = Tags(title="Title", artist="Artist", album="Album")


# --- laws ---


@given(
    template=templates,
    title=texts,
    artist=texts,
    stages=st.sampled_from([(1,), (2,), (1, 2)]),
    stems=st.lists(st.sampled_from(["vocals", "Vocals", "residual", "mix", "bass"]), min_size=1, unique=True),
)
def test_no_two_files_get_one_name_and_every_disk_takes_them(
    template: str, title: str, artist: str, stages: tuple[int, ...], stems: list[str]
) -> None:
    selection = Selection(tuple(stems), stages, "wav", True, tuple(stems), mix=True, project=True)  # type: ignore[arg-type]
    for layout in (template, ""):
        made = names(layout, Tags(title=title, artist=artist), selection)
        assert len({same_to_a_disk(name) for name in made}) == len(made) == (1 + len(stages)) * len(stems) + 3
        for name in made:
            assert 0 < len(name.encode()) <= 215
            assert not set(name) & set('/\\:*?"<>|\0\n\u202e')
            assert not name.startswith((".", " "))
            assert not name.endswith((".", " "))


@given(value=st.text(min_size=1, max_size=400))
def test_a_stem_stays_in_the_name_however_long_the_title(value: str) -> None:
    made = names(DEFAULT_NAMES, Tags(title=value, artist="歌" * 200), Selection(("vocals",), (2,)))
    assert made[0].endswith("(Vocals).wav")


# --- examples ---


def test_the_default_is_artist_title_and_stem() -> None:
    assert names(DEFAULT_NAMES, SONG, ALL) == [
        "Artist - Title (Vocals).flac",
        "Artist - Title (Bass).flac",
        "Artist - Title (Residual).flac",
        "Artist - Title (without Vocals).flac",
        "Artist - Title (Mix).flac",
        "Artist - Title.rpp",
    ]


@pytest.mark.parametrize(
    ("template", "tags", "expected"),
    [
        (DEFAULT_NAMES, Tags(title="Title"), "Title (Vocals).wav"),
        (DEFAULT_NAMES, Tags(artist="Artist"), "Artist - File (Vocals).wav"),
        (DEFAULT_NAMES, Tags(), "File (Vocals).wav"),
        (DEFAULT_NAMES, Tags(title="A - B", artist="C - D"), "C - D - A - B (Vocals).wav"),
        (DEFAULT_NAMES, Tags(title="Song {stem}", artist="50%"), "50% - Song {stem} (Vocals).wav"),
        ("{title} - {album} - {stem}", Tags(title="T"), "T - Vocals.wav"),
        ("[{album}] {title} {stem}", Tags(title="T"), "T Vocals.wav"),
        ("{stem}", Tags(), "Vocals.wav"),
        ("{title}", Tags(title="T"), "T.wav"),
        ("{title} {stage}", Tags(title="T"), "T map.wav"),
        ("{model}, {file}", SONG, "the model, File.wav"),
        ("{{{stem}}}", Tags(), "{Vocals}.wav"),
        ("{album}", Tags(), "File.wav"),
        ("Stems/{stem}", Tags(), "Stems_Vocals.wav"),
    ],
)
def test_fields_without_a_value_go_with_what_joins_them(template: str, tags: Tags, expected: str) -> None:
    assert names(template, tags, Selection(("vocals",), (2,))) == [expected]


def test_a_template_without_a_stem_gets_it_when_there_are_several_files() -> None:
    assert names("{title}", SONG, Selection(("vocals", "bass"), (2,))) == ["Title (Vocals).wav", "Title (Bass).wav"]


def test_both_stages_have_the_suffixes_of_the_plain_names_or_the_field() -> None:
    both = Selection(("vocals",), (1, 2), residual=True)
    assert names("", SONG, both) == ["vocals_mask.wav", "vocals_map.wav", "residual.wav"]
    assert names("{stem}", SONG, both) == ["Vocals_mask.wav", "Vocals_map.wav", "Residual.wav"]
    assert names("{stem} {stage}", SONG, both) == ["Vocals mask.wav", "Vocals map.wav", "Residual map.wav"]


def test_stems_that_are_called_like_other_files_are_numbered() -> None:
    made = names("", SONG, Selection(("vocals", "residual", "RESIDUAL"), (2,), residual=True))
    assert made == ["vocals.wav", "residual.wav", "RESIDUAL (2).wav", "residual (3).wav"]


def test_the_songs_own_name_is_not_used_beside_it() -> None:
    naming = Naming("{file}", Path("music/Song.wav"), Tags(), "m")
    assert planned_files(Path("music"), Selection(("vocals",), (2,)), naming)[0].path.name == "Song (2).wav"


def test_a_stem_file_is_named_after_the_song() -> None:
    selection = Selection(("vocals", "bass", "drums", "other"), (1, 2), "stem-aac")
    assert names(DEFAULT_NAMES, SONG, selection) == ["Artist - Title.stem.mp4"]
    assert names("", SONG, selection) == ["out.stem.mp4"]


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (
            "{titel}",
            "There is no {titel}: the fields are {artist}, {title}, {album}, {stem}, {stage}, {file}, {model}.",
        ),
        ("{title", "no partner"),
        ("title}", "no partner"),
        ("{artist} - {title!r}", "only its name in braces"),
        ("{title:>10}", "only its name in braces"),
        ("{}", "There is no {}"),
        ("{title.upper}", "There is no {title.upper}"),
    ],
)
def test_a_template_that_cannot_be_filled_in_says_why(template: str, words: str) -> None:
    with pytest.raises(TemplateError) as caught:
        check_template(template)
    assert words in str(caught.value)
    with pytest.raises(TemplateError):
        names(template, Tags(), Selection(("vocals",), (2,)))


def test_numbers_go_before_the_suffix() -> None:
    assert distinct("Song", ".stem.mp4", {"song.stem.mp4", "song (2).stem.mp4"}) == "Song (3).stem.mp4"
    assert filled_in("{stem}", dict.fromkeys(NAME_FIELDS, "")) == ""


@pytest.mark.parametrize("title", [*ODD, os.fsdecode(b"caf\xe9"), "CON", "-rf", "\u202egnos"])
def test_odd_titles_make_files(tmp_path: Path, title: str) -> None:
    separation = make_separation(tmp_path / "separation", samples=100, tags=Tags(title=title, artist=title))
    report = export(ExportRequest(separation, tmp_path / "out", names=DEFAULT_NAMES, project=True))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(f.path.name for f in report.written)
    assert len(report.written) == 5
