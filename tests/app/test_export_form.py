"""What an export writes for which choices, and what is remembered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from app.settings import Places, SettingsStore
from app.viewmodel.export_form import ExportForm, SongOnShow, song_on_show
from app.viewmodel.heard import Heard, heard
from app.viewmodel.ranges import Ranges
from app.viewmodel.signals import DELTA
from app.viewmodel.strips import MixerState, Strip, gains
from app.viewmodel.transport import TransportState
from engine.api import COMP, FORMATS, STEM_FILE_FORMATS, Mixer, Separation, export, signal_of
from tests.support.separations import make_separation
from tests.support.songs import read_song


@pytest.fixture
def form(qapp: QApplication, settings: SettingsStore, separation: Separation, tmp_path: Path) -> ExportForm:
    del qapp
    settings.update(export_folder=str(tmp_path / "music"))
    made = ExportForm(settings)
    made.open(SongOnShow(separation, Heard({("bass", 2): (0.5, 0.5)}), (100, 5000), {"bass": ((0, 1), (50, 2))}))
    made.choose(comps=False)  # which it begins with, see below
    return made


def names(form: ExportForm) -> list[str]:
    return [file.path.name for file in form.state.files]


def test_a_comp_is_written_beside_the_stems_unless_one_says_otherwise(form: ExportForm) -> None:
    form.open(form.state.song)
    assert names(form)[-2:] == ["Song (Other).wav", "Song (Bass comp).wav"]
    form.open(form.state.song, mix=True)
    assert names(form) == ["Song (Mix).wav"]


def test_at_first_all_stems_of_the_best_stage_go_to_a_folder_of_the_song(form: ExportForm, tmp_path: Path) -> None:
    assert names(form) == ["Song (Vocals).wav", "Song (Bass).wav", "Song (Drums).wav", "Song (Other).wav"]
    assert form.state.files[0].path.parent == tmp_path / "music" / "Song"
    form.choose(own_folder=False)
    assert form.state.files[0].path.parent == tmp_path / "music"


def test_every_choice_reaches_the_request(form: ExportForm, tmp_path: Path) -> None:
    form.choose(
        stems=("drums",), stages=(1, 2), minus=("vocals",), residual=True, comps=True, mix=True, loop_only=True,
        format="flac24", project=True, names="{stem}", folder=tmp_path, existing="rename",
    )  # fmt: skip
    request = form.state.request
    assert (request.stems, request.stages, request.minus, request.residual) == (("drums",), (1, 2), ("vocals",), True)
    assert (request.comps, request.mix) == ({"bass": ((0, 1), (50, 2))}, {("bass", 2): (0.5, 0.5)})
    assert (request.span, request.format, request.project, request.names) == ((100, 5000), "flac24", True, "{stem}")
    assert (request.folder, request.existing) == (tmp_path / "Song", "rename")
    assert names(form) == [
        *("Drums_mask.flac", "Drums_map.flac", "Residual.flac", "without Vocals.flac", "Bass comp.flac", "Mix.flac"),
        "Song.rpp",
    ]
    assert [file.path for file in export(request).written] == [file.path for file in form.state.files]


def test_the_preview_follows_the_template_and_says_what_is_wrong_with_it(form: ExportForm) -> None:
    form.choose(names="{stem} of {title}")
    assert names(form)[0] == "Vocals of Song.wav"
    form.choose(names="{titel}")
    assert form.state.files == ()
    assert "There is no {titel}" in form.state.obstacle
    form.choose(names="")
    assert (names(form)[0], form.state.obstacle) == ("vocals.wav", "")


def test_nothing_chosen_is_an_obstacle(form: ExportForm) -> None:
    form.choose(stems=())
    assert "choose at least one file" in form.state.obstacle
    form.choose(mix=True)
    assert form.state.obstacle == ""
    form.choose(stages=())
    assert form.state.obstacle == ""
    form.choose(minus=("bass",))
    assert "at least one stage" in form.state.obstacle


def test_files_that_are_there_are_marked_numbered_or_skipped(form: ExportForm) -> None:
    there = form.state.files[1].path
    there.parent.mkdir(parents=True)
    there.write_bytes(b"mine")
    form.refresh()
    assert [file.exists for file in form.state.files] == [False, True, False, False]
    form.choose(existing="rename")
    assert names(form)[1] == "Song (Bass) (2).wav"
    form.choose(existing="skip")
    assert [file.skipped for file in form.state.files] == [False, True, False, False]


@pytest.mark.parametrize("name", STEM_FILE_FORMATS)
def test_a_stem_file_needs_four_stems_and_leaves_no_room_for_more(form: ExportForm, name: str) -> None:
    assert form.state.formats == (*FORMATS, *STEM_FILE_FORMATS)
    form.choose(format=name, residual=True, minus=("bass",), mix=True, comps=True, project=True)
    assert names(form) == ["Song.stem.mp4"]
    assert not form.state.besides
    form.choose(stems=("bass",))
    assert "exactly 4 stems" in form.state.obstacle


@pytest.mark.parametrize("shape", [{"stems": ("vocals", "other")}, {"channels": 6}])
def test_a_stem_file_is_offered_only_where_it_can_be(
    form: ExportForm, settings: SettingsStore, tmp_path: Path, shape: dict[str, object]
) -> None:
    settings.update(export_format="stem-aac")
    other = make_separation(tmp_path / "other", samples=1000, **shape)  # type: ignore[arg-type]
    form.open(SongOnShow(other))
    assert form.state.formats == FORMATS
    assert (form.state.choices.format, form.state.obstacle) == ("wav", "")


def test_a_format_with_too_few_channels_is_an_obstacle_before_anything_is_written(
    form: ExportForm, tmp_path: Path
) -> None:
    form.open(SongOnShow(make_separation(tmp_path / "wide", channels=6, samples=100), Heard({("bass", 2): (1.0, 1.0)})))
    for name in ("mp3", "aac", "alac"):
        form.choose(format=name)
        assert "holds at most 2 channels, and this song has 6" in form.state.obstacle
    form.choose(format="flac")
    assert form.state.obstacle == ""
    form.choose(format="mp3", stems=(), mix=True)  # which is stereo, whatever the song is
    assert form.state.obstacle == ""


def test_a_project_needs_wav_or_flac(form: ExportForm) -> None:
    form.choose(project=True, format="mp3")
    assert not form.state.project
    assert names(form)[-1] == "Song (Other).mp3"
    form.choose(format="flac")
    assert names(form)[-1] == "Song.rpp"


def test_without_a_loop_the_whole_song_is_written(form: ExportForm, separation: Separation) -> None:
    form.open(SongOnShow(separation))
    form.choose(loop_only=True)
    assert form.state.request.span is None


def test_the_mix_can_be_asked_for_alone(form: ExportForm, separation: Separation) -> None:
    form.open(SongOnShow(separation, Heard({})), mix=True)
    assert names(form) == ["Song (Mix).wav"]


def test_lasting_choices_are_remembered_and_those_of_one_song_are_not(
    form: ExportForm, places: Places, separation: Separation, tmp_path: Path
) -> None:
    form.choose(
        folder=tmp_path, format="flac", names="{stem}", existing="skip", own_folder=False, project=True, residual=True,
        stems=("bass",), mix=True, loop_only=True,
    )  # fmt: skip
    form.remember()
    again = ExportForm(SettingsStore(places.config / "settings.json"))
    again.open(SongOnShow(separation))
    expected = replace(form.state.choices, stems=separation.stems, mix=False, loop_only=False)
    assert again.state.choices == expected


def test_deltas_comps_and_pans_are_written_as_they_are_heard(separation: Separation, tmp_path: Path) -> None:
    ranges = Ranges(((0, 1), (9000, 2)))
    strips = (
        Strip("source", 0, muted=True),
        Strip("vocals", 2, take="delta", gain_db=-6.0),
        Strip("bass", 1, take="comp", comp=ranges, comp_key=4, pan=0.5),
        Strip("drums", 1, gain_db=3.0, pan=-1.0),
        Strip("other", 2, take="reference", reference_key=5),
        Strip("residual", 2),
    )
    state = MixerState(strips, (1, 2), delta_gain_db=9.0)
    mix = heard(state)
    assert mix.left_out == ("other",)
    assert mix.comps == {"bass": ranges.starts}
    assert ("bass", COMP) in mix.gains
    song = song_on_show(separation, state, TransportState())
    assert song.comps == {"bass": ranges.starts}
    # What the player is given.
    stages = {stage: separation.stem_signal("bass", stage) for stage in (1, 2)}
    delta = separation.stem_signal("vocals", 2) - separation.stem_signal("vocals", 1)
    signals = {
        ("vocals", DELTA): delta,
        ("bass", 4): ranges.signal(stages, separation.sample_rate),
        **{key: signal_of(separation, key) for key in (("drums", 1), ("residual", 2))},
    }
    mixer = Mixer(signals, separation.sample_rate)
    mixer.set_gains({key: pair for key, pair in gains(state).items() if key in signals})
    form = SongOnShow(separation, mix)
    store = SettingsStore(tmp_path / "settings.json")
    store.update(export_folder=str(tmp_path), export_format="wav32f")
    writer = ExportForm(store)
    writer.open(form, mix=True)
    written = read_song(export(writer.state.request).written[0].path)[0]
    # Sums of float32 in another order.
    np.testing.assert_allclose(written, mixer.render(separation.samples), rtol=0, atol=1e-6)
