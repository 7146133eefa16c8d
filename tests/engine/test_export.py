"""Export: files that add up, at one level, all of them or none."""

from __future__ import annotations

import os
import threading
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ExistsError, WriteError
from engine.export import FORMATS, Existing, ExportRequest, Naming, Selection, export, plan_export, planned_files
from engine.progress import JobControl, Progress
from engine.separation import SOURCE_KEY, Samples, Separation, Tags
from engine.stems import Stage
from tests.support.separations import make_separation, noise
from tests.support.songs import read_song


@pytest.fixture
def separation(tmp_path: Path) -> Separation:
    return make_separation(tmp_path / "separation", samples=70_000)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def null_db(signal: Samples) -> float:
    return 20 * np.log10(max(1e-12, float(np.abs(signal).max())))


# --- sums ---


@settings(max_examples=25)
@given(
    rate=st.sampled_from([22_050, 44_100, 48_000, 96_000]),
    channels=st.integers(1, 8),
    samples=st.one_of(st.sampled_from([1, 2, 1000]), st.integers(1, 70_000)),
    stems=st.sets(st.sampled_from(["vocals", "bass", "drums", "other"]), min_size=1),
    stages=st.sampled_from([(1,), (2,), (1, 2), ()]),
)
def test_the_stems_and_the_residual_add_up_to_the_song(
    tmp_path_factory: pytest.TempPathFactory,
    rate: int,
    channels: int,
    samples: int,
    stems: set[str],
    stages: tuple[Stage, ...],
) -> None:
    folder = tmp_path_factory.mktemp("export")
    separation = make_separation(folder / "separation", rate, channels, samples, seed=samples)
    request = ExportRequest(separation, folder / "out", tuple(sorted(stems)), stages, "wav32f", residual=True)
    report = export(request)
    assert report.residual is not None
    parts = [read_song(report.residual)[0]] + [read_song(files[max(files)])[0] for files in report.files.values()]
    assert null_db(sum(parts, start=np.float32(0.0)) - separation.source_signal()) <= -120.0
    assert (report.gain_db, report.sample_rate, report.warnings) == (0.0, rate, ())


def test_the_residual_alone_is_what_all_stems_leave(separation: Separation, tmp_path: Path) -> None:
    report = export(ExportRequest(separation, tmp_path / "out", stems=(), stages=(1,), format="wav32f", residual=True))
    expected = separation.source_signal() - sum(separation.stem_signal(stem, 1) for stem in separation.stems)
    np.testing.assert_allclose(read_song(report.written[0].path)[0], expected, rtol=0, atol=1e-6)


def test_minus_one_can_be_exported_alone(separation: Separation, tmp_path: Path) -> None:
    request = ExportRequest(separation, tmp_path / "out", stems=(), format="wav32f", minus=("vocals",))
    report = export(request)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["minus_vocals.wav"]
    expected = separation.source_signal() - separation.stem_signal("vocals", separation.final_stage)
    np.testing.assert_array_equal(read_song(report.minus["vocals"])[0], expected)


def test_an_export_of_nothing_is_refused(separation: Separation, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Nothing is chosen"):
        export(ExportRequest(separation, tmp_path / "out", stems=()))
    assert not (tmp_path / "out").exists()


def test_a_stem_is_exactly_what_the_separation_holds(separation: Separation, tmp_path: Path) -> None:
    report = export(ExportRequest(separation, tmp_path / "out", stages=(1, 2), format="wav32f"))
    for stem, files in report.files.items():
        for stage, path in files.items():
            np.testing.assert_array_equal(read_song(path)[0], separation.stem_signal(stem, stage))


def test_minus_is_the_song_without_the_stem(separation: Separation, tmp_path: Path) -> None:
    report = export(ExportRequest(separation, tmp_path / "out", ("drums",), minus=("vocals",), format="wav32f"))
    expected = separation.source_signal() - separation.stem_signal("vocals", 2)
    np.testing.assert_array_equal(read_song(report.minus["vocals"])[0], expected)
    assert names(tmp_path / "out") == {"drums.wav", "minus_vocals.wav"}


def test_one_gain_for_all_keeps_integers_from_clipping_and_the_sum_whole(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "separation", samples=70_000, peak=0.7)
    report = export(ExportRequest(separation, tmp_path / "out", format="wav24", residual=True, minus=("bass",)))
    assert report.residual is not None
    gain = 10 ** (report.gain_db / 20)
    everything = [read_song(files[2])[0] for files in report.files.values()] + [read_song(report.residual)[0]]
    minus = read_song(report.minus["bass"])[0]
    # Five files rounded by half a 24-bit step each, summed up here in float32.
    np.testing.assert_allclose(sum(everything), gain * separation.source_signal(), rtol=0, atol=6e-7)
    assert max(np.abs(signal).max() for signal in (*everything, minus)) == pytest.approx(1.0, abs=1e-6)
    assert len(report.warnings) == 1
    assert f"{-report.gain_db:.2f} dB" in report.warnings[0]


@pytest.mark.parametrize("name", ["wav16", "flac16"])
def test_dither_never_makes_a_loud_file_clip(tmp_path: Path, name: str) -> None:
    separation = make_separation(tmp_path / "separation", samples=70_000, stems=("vocals",), peak=1.3)
    export(ExportRequest(separation, tmp_path / "out", format=name))
    path = next((tmp_path / "out").iterdir())
    assert np.abs(read_song(path)[0]).max() < 1.0 - 0.5 / 2**15


@pytest.mark.parametrize(("name", "rate"), [("flac16", 70_001), ("flac24", 70_001), ("opus", 44_100), ("mp3", 96_000)])
def test_nothing_clips_that_another_rate_makes_louder(tmp_path: Path, name: str, rate: int) -> None:
    # Between samples, such a signal rises far above them.
    full = np.sign(noise(2, 30_000, 1.0, seed=0)) * np.float32(0.99)
    separation = make_separation(tmp_path / "separation", rate, samples=30_000, stems=("vocals",), stages=(1,), of=full)
    separation.path(("vocals", 1)).write_bytes(separation.path(SOURCE_KEY).read_bytes())
    report = export(ExportRequest(separation, tmp_path / "out", format=name))
    assert report.sample_rate != rate
    assert report.gain_db < -3.0
    (file,) = report.written
    # What is told is in the file; of lossy ones, the coding noise comes on top of it.
    assert np.abs(read_song(file.path)[0]).max() == pytest.approx(file.peak, abs=1e-4 if "flac" in name else 0.1)
    assert file.peak is not None
    assert file.peak <= 1.0


@pytest.mark.parametrize("name", FORMATS)
def test_quiet_files_get_no_gain(separation: Separation, tmp_path: Path, name: str) -> None:
    report = export(ExportRequest(separation, tmp_path / "out", ("bass",), format=name))
    assert report.gain_db == 0.0


def test_float_files_never_get_a_gain(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "separation", samples=1000, peak=2.0)
    report = export(ExportRequest(separation, tmp_path / "out", format="wav32f"))
    assert (report.gain_db, report.warnings) == (0.0, ())
    np.testing.assert_array_equal(read_song(report.files["bass"][2])[0], separation.stem_signal("bass", 2))


# --- names, formats, tags ---


def test_one_stage_is_named_after_the_stem_and_two_after_their_maps(separation: Separation, tmp_path: Path) -> None:
    export(ExportRequest(separation, tmp_path / "one", ("vocals",), (1,), "flac"))
    export(ExportRequest(separation, tmp_path / "two", ("vocals",), (1, 2), "flac", residual=True))
    assert names(tmp_path / "one") == {"vocals.flac"}
    assert names(tmp_path / "two") == {"vocals_mask.flac", "vocals_map.flac", "residual.flac"}


@pytest.mark.parametrize("name", FORMATS)
def test_the_plan_is_what_is_written(separation: Separation, tmp_path: Path, name: str) -> None:
    selection = Selection(("bass", "other"), (1, 2), name, residual=True, minus=("vocals",))
    naming = Naming("", separation.source, separation.tags, separation.model)
    planned = planned_files(tmp_path / "out", selection, naming)
    request = ExportRequest(separation, tmp_path / "out", ("bass", "other"), (1, 2), name, True, ("vocals",))
    assert [file.path for file in plan_export(request)] == [file.path for file in planned]
    report = export(request)
    assert [(file.path, file.content) for file in report.written] == [(file.path, file.content) for file in planned]
    assert {file.path.name for file in planned} == names(tmp_path / "out")
    assert len(planned) == 6


@pytest.mark.parametrize("name", FORMATS)
def test_the_plan_tells_about_how_large_the_files_get(tmp_path: Path, name: str) -> None:
    separation = make_separation(tmp_path / "separation", samples=441_000, stems=("vocals",), stages=(1,), peak=0.5)
    request = ExportRequest(separation, tmp_path / "out", format=name)
    likely_bytes = plan_export(request)[0].likely_bytes
    size = export(request).written[0].path.stat().st_size
    # White noise is larger than music where the size depends on the sound.
    assert likely_bytes == pytest.approx(size, rel=0.5 if name in ("flac", "flac24", "alac", "flac16", "ogg") else 0.1)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_wav_keeps_the_depth_of_the_source(tmp_path: Path, subtype: str) -> None:
    separation = make_separation(tmp_path / "separation", samples=1000, source_subtype=subtype)
    report = export(ExportRequest(separation, tmp_path / "out"))
    assert read_song(report.files["vocals"][2])[1].subtype == subtype


def test_a_rate_that_does_not_fit_is_reported(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "separation", rate=96_000, samples=9600)
    report = export(ExportRequest(separation, tmp_path / "out", format="mp3"))
    assert report.sample_rate == 48_000
    assert report.warnings == ("MP3 cannot hold 96000 Hz, so the files are at 48000 Hz.",)
    assert read_song(report.files["vocals"][2])[0].shape == (2, 4800)


def test_the_title_says_what_is_in_the_file(tmp_path: Path) -> None:
    tags = Tags(title="歌", artist="Someone")
    separation = make_separation(tmp_path / "separation", samples=1000, tags=tags)
    report = export(ExportRequest(separation, tmp_path / "out", residual=True, minus=("vocals",)))
    assert report.residual is not None
    assert read_song(report.files["vocals"][2])[1].tags.title == "歌 (Vocals)"
    assert read_song(report.residual)[1].tags.title == "歌 (Residual)"
    assert read_song(report.minus["vocals"])[1].tags.title == "歌 (without Vocals)"
    assert read_song(report.residual)[1].tags.artist == "Someone"


def test_the_title_is_the_name_of_the_file_where_it_has_none(separation: Separation, tmp_path: Path) -> None:
    report = export(ExportRequest(separation, tmp_path / "out"))
    assert read_song(report.files["bass"][2])[1].tags.title == "Song (Bass)"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stems": ("flute",)}, "no stem 'flute'; there are vocals, bass, drums, other"),
        ({"minus": ("flute",)}, "no stem 'flute'"),
        ({"format": "wma"}, "unknown format 'wma'"),
    ],
)
def test_what_there_is_not_is_a_programming_error(
    separation: Separation, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        export(replace(ExportRequest(separation, tmp_path / "out"), **change))
    assert not (tmp_path / "out").exists()


def test_a_stage_that_was_not_kept_is_a_programming_error(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "separation", samples=10, stages=(1,))
    with pytest.raises(ValueError, match="stage 2 was not kept"):
        export(ExportRequest(separation, tmp_path / "out", stages=(2,)))


# --- files that are there ---


def test_refusing_leaves_everything_as_it_is(separation: Separation, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "drums.wav").write_bytes(b"mine")
    with pytest.raises(ExistsError) as caught:
        export(ExportRequest(separation, tmp_path / "out"))
    assert caught.value.path == tmp_path / "out" / "drums.wav"
    assert names(tmp_path / "out") == {"drums.wav"}
    assert (tmp_path / "out" / "drums.wav").read_bytes() == b"mine"


def test_skipping_keeps_each_file_that_is_there_and_writes_the_rest(separation: Separation, tmp_path: Path) -> None:
    request = ExportRequest(separation, tmp_path / "out", ("drums", "bass"), existing="skip")
    first = export(request)
    drums = first.files["drums"][2]
    drums.write_bytes(b"mine")
    second = export(request)
    assert (first.skipped, second.skipped, second.files) == (False, True, first.files)
    first.files["bass"][2].unlink()
    third = export(request)
    assert [(file.content.stem, file.skipped) for file in third.written] == [("drums", True), ("bass", False)]
    assert drums.read_bytes() == b"mine"
    assert read_song(first.files["bass"][2])[0].shape == (2, 70_000)


def test_files_that_were_skipped_count_for_the_common_gain(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "separation", samples=1000, peak=0.7, stems=("a", "b"), stages=(1,))
    request = ExportRequest(separation, tmp_path / "out", format="wav24", minus=("a",), residual=True, existing="skip")
    first = export(request)
    first.files["b"][1].unlink()
    assert export(request).gain_db == first.gain_db


def test_renaming_numbers_each_file_that_is_there(separation: Separation, tmp_path: Path) -> None:
    request = ExportRequest(separation, tmp_path / "out", ("drums", "bass"), existing="rename")
    (tmp_path / "out").mkdir()
    for name in ("drums.wav", "Drums (2).WAV", "drums (2).wav"):
        (tmp_path / "out" / name).write_bytes(b"mine")
    planned = plan_export(request)
    assert [file.path.name for file in planned] == ["drums (3).wav", "bass.wav"]
    assert [file.path for file in export(request).written] == [file.path for file in planned]
    assert (tmp_path / "out" / "drums.wav").read_bytes() == b"mine"


@pytest.mark.parametrize("existing", ["overwrite", "skip", "rename"])
def test_the_song_itself_is_never_written_over(tmp_path: Path, existing: Existing) -> None:
    song = tmp_path / "music" / "Vocals.wav"
    song.parent.mkdir()
    song.write_bytes(b"the song")
    separation = make_separation(tmp_path / "separation", samples=1000, source=song)
    for template in ("", "{file}", "{stem}"):
        export(ExportRequest(separation, song.parent, ("vocals",), existing=existing, names=template))
        assert song.read_bytes() == b"the song"


@pytest.mark.parametrize("way", ["absolute", "relative", "linked folder", "linked file"])
def test_the_song_is_known_by_whatever_way_it_and_the_folder_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    separation = make_separation(tmp_path / "separation", samples=2_000)
    (tmp_path / "songs").mkdir()
    song = tmp_path / "songs" / "vocals.wav"
    song.write_bytes(b"the song")
    (tmp_path / "folder").symlink_to(tmp_path / "songs")
    (tmp_path / "link.wav").symlink_to(song)
    monkeypatch.chdir(tmp_path)
    source, folder = {
        "absolute": (song, Path("songs")),
        "relative": (Path("songs/../songs/vocals.wav"), tmp_path / "songs"),
        "linked folder": (song, Path("folder")),
        "linked file": (Path("link.wav"), tmp_path / "songs"),
    }[way]
    separation = replace(separation, source=source)
    export(ExportRequest(separation, folder, ("vocals",), (2,), existing="overwrite"))
    assert song.read_bytes() == b"the song"
    assert names(tmp_path / "songs") == {"vocals.wav", "vocals (2).wav"}


def test_overwriting_replaces_only_its_own_files(separation: Separation, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for name in ("drums.wav", "notes.txt"):
        (tmp_path / "out" / name).write_bytes(b"mine")
    report = export(ExportRequest(separation, tmp_path / "out", ("drums",), existing="overwrite"))
    assert read_song(report.files["drums"][2])[0].shape == (2, 70_000)
    assert (tmp_path / "out" / "notes.txt").read_bytes() == b"mine"


# --- on the way ---


def test_progress_counts_the_audio_of_all_files(separation: Separation, tmp_path: Path) -> None:
    seen: list[Progress] = []
    export(ExportRequest(separation, tmp_path / "out", residual=True), seen.append)
    total = 5 * 70_000 / 44_100
    assert [progress.phase for progress in seen] == ["write"] * 3
    assert all(progress.total == pytest.approx(total) for progress in seen)
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    assert seen[-1].done == pytest.approx(total)


def test_a_pause_holds_the_export_and_loses_nothing(separation: Separation, tmp_path: Path) -> None:
    control, held = JobControl(), []

    def pause_once(progress: Progress) -> None:
        if not held:
            held.append(progress)
            control.pause()
            threading.Timer(0.05, control.resume).start()

    report = export(ExportRequest(separation, tmp_path / "out", ("bass",)), pause_once, control)
    np.testing.assert_array_equal(read_song(report.files["bass"][2])[0], separation.stem_signal("bass", 2))
    assert held


def test_the_time_left_does_not_count_a_pause(separation: Separation, tmp_path: Path) -> None:
    class Held(JobControl):
        """Was held for longer than the export has been running."""

        @property
        def paused_seconds(self) -> float:
            return 1000 * time.monotonic()

    left: list[float | None] = []
    request = ExportRequest(separation, tmp_path / "out", format="flac")
    export(request, lambda progress: left.append(progress.eta_seconds), Held())
    assert max(each or 0.0 for each in left) < 1e-6


def test_an_export_into_odd_folders_works(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "separation", samples=100)
    scripts = ("歌曲", "שיר", "🎵 👩\u200d👧", "e\u0301")
    for name in (*scripts, ";{}'%#", "trailing. . .", "-rf", os.fsdecode(b"caf\xe9"), "x" * 255):
        report = export(ExportRequest(separation, tmp_path / name, ("bass",)))
        np.testing.assert_array_equal(read_song(report.files["bass"][2])[0], separation.stem_signal("bass", 2))


def test_memory_does_not_grow_with_the_song(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "separation", samples=3_000_000, stems=("vocals", "bass"), stages=(2,))
    tracemalloc.start()
    try:
        export(ExportRequest(separation, tmp_path / "out", format="flac24", residual=True, minus=("bass",)))
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # A handful of blocks of a quarter of a megabyte per file; one signal is 24 MB.
    assert peak_bytes < 12e6


def test_the_builder_of_these_tests_leaves_a_residual(separation: Separation) -> None:
    stems = sum(separation.stem_signal(stem, 2) for stem in separation.stems)
    residual = separation.source_signal() - stems
    np.testing.assert_allclose(residual, noise(2, 70_000, 0.01, seed=0), rtol=0, atol=1e-7)


def test_a_format_that_cannot_hold_the_song_is_refused_in_the_plan_but_not_for_the_mix(tmp_path: Path) -> None:
    request = ExportRequest(make_separation(tmp_path / "song", channels=6), tmp_path / "out", format="mp3")
    with pytest.raises(WriteError, match="MP3 holds at most 2 channels, and this song has 6"):
        plan_export(request)
    assert len(plan_export(replace(request, stems=(), mix={SOURCE_KEY: (1.0, 1.0)}))) == 1
