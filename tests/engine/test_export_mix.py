"""The mix as heard, a range of everything, stem files and peaks: what is written is what was asked for."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audio.cover import read_cover
from engine.audio.encode import write_audio
from engine.audio.formats import FORMATS, STEM_FILE_FORMATS, audio_format
from engine.audio.target import AudioFile
from engine.export import COMP, ExportRequest, export, plan_export
from engine.mix import Gains, Mixer
from engine.separation import RESIDUAL, SOURCE_KEY, Samples, Separation, Tags
from engine.signals import COMP_FADE_SECONDS, Comp, signal_of, with_gaps
from tests.engine.test_mp4 import png, stem_atom, tracks_of
from tests.support.separations import make_separation, noise
from tests.support.songs import read_song

UNITY = (1.0, 1.0)


def null_db(signal: Samples) -> float:
    return 20 * np.log10(max(1e-12, float(np.abs(signal).max())))


@pytest.fixture
def separation(tmp_path: Path) -> Separation:
    return make_separation(tmp_path / "separation", samples=70_000)


def mix_of(separation: Separation, folder: Path, gains: Gains, span: tuple[int, int] | None = None) -> Samples:
    request = ExportRequest(separation, folder, stems=(), format="wav32f", mix=gains, span=span)
    return read_song(export(request).written[0].path)[0]


# --- the mix ---


@settings(max_examples=15)
@given(channels=st.integers(1, 2), samples=st.integers(1, 70_000), stage=st.sampled_from([1, 2]))
def test_a_mix_of_all_stems_and_the_residual_is_the_song(
    tmp_path_factory: pytest.TempPathFactory, channels: int, samples: int, stage: int
) -> None:
    folder = tmp_path_factory.mktemp("mix")
    separation = make_separation(folder / "separation", channels=channels, samples=samples, seed=samples)
    gains = {(name, stage): UNITY for name in (*separation.stems, RESIDUAL)}
    mixed = mix_of(separation, folder / "out", gains)
    assert mixed.shape == (2, samples)
    assert null_db(mixed - separation.source_signal()) <= -120.0


@pytest.mark.parametrize("span", [None, (0, 33_000), (20_001, 69_999), (69_999, 70_000)])
def test_the_mix_is_what_playback_renders_without_a_ramp_at_its_start(
    separation: Separation, tmp_path: Path, span: tuple[int, int] | None
) -> None:
    gains = {("vocals", 1): (0.5, 0.25), ("bass", 2): (2.0, 0.0), SOURCE_KEY: (0.1, 0.1), (RESIDUAL, 2): (4.0, 4.0)}
    mixer = Mixer({key: signal_of(separation, key) for key in gains}, separation.sample_rate)
    mixer.set_gains(gains)
    start, stop = span or (0, separation.samples)
    heard = mixer.render(separation.samples)[:, start:stop]
    # Rounding of float32 sums that numpy adds up in another order.
    np.testing.assert_allclose(mix_of(separation, tmp_path / "out", gains, span), heard, rtol=0, atol=1e-6)


def test_a_mix_of_nothing_is_silence_and_one_of_six_channels_is_stereo(separation: Separation, tmp_path: Path) -> None:
    assert not mix_of(separation, tmp_path / "silent", {}).any()
    wide = make_separation(tmp_path / "wide", channels=6, samples=1000)
    assert mix_of(wide, tmp_path / "out", {("bass", 2): UNITY}).shape == (2, 1000)


def test_a_mix_of_what_there_is_not_is_a_programming_error(separation: Separation, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no signals"):
        mix_of(separation, tmp_path / "out", {("flute", 2): UNITY})
    assert not (tmp_path / "out").exists()


def test_a_loud_mix_turns_down_all_files_alike(separation: Separation, tmp_path: Path) -> None:
    gains = {("vocals", 2): (100.0, 100.0)}
    report = export(ExportRequest(separation, tmp_path / "out", ("bass",), format="wav24", mix=gains))
    gain = 10 ** (report.gain_db / 20)
    bass, mix = (read_song(file.path)[0] for file in report.written)
    np.testing.assert_allclose(bass, gain * separation.stem_signal("bass", 2), rtol=0, atol=1e-7)
    assert np.abs(mix).max() == pytest.approx(1.0, abs=1e-6)
    assert report.written[1].peak == pytest.approx(np.abs(mix).max(), abs=1e-6)


# --- a range ---


@settings(max_examples=20)
@given(name=st.sampled_from(FORMATS), start=st.integers(0, 40_000), count=st.integers(1, 30_000))
def test_a_range_applies_to_every_file_and_has_its_length_in_every_format(
    tmp_path_factory: pytest.TempPathFactory, name: str, start: int, count: int
) -> None:
    folder = tmp_path_factory.mktemp("span")
    separation = make_separation(folder / "separation", rate=48_000, samples=70_000)
    span = (start, start + count)
    gains = {("bass", 1): UNITY}
    request = ExportRequest(separation, folder / "out", ("bass",), (1,), name, True, ("bass",), mix=gains, span=span)
    report = export(request)
    assert [read_song(file.path)[0].shape for file in report.written] == [(2, count)] * 4


def test_a_range_of_the_stems_and_the_residual_adds_up_to_that_range_of_the_song(
    separation: Separation, tmp_path: Path
) -> None:
    span = (12_345, 60_001)
    request = ExportRequest(separation, tmp_path / "out", None, (1,), "wav32f", residual=True, span=span)
    total = sum((read_song(file.path)[0] for file in export(request).written), start=np.float32(0.0))
    assert null_db(total - separation.source_signal()[:, slice(*span)]) <= -120.0


@pytest.mark.parametrize("span", [(-1, 10), (5, 5), (10, 5), (0, 70_001)])
def test_a_range_outside_the_song_is_a_programming_error(
    separation: Separation, tmp_path: Path, span: tuple[int, int]
) -> None:
    with pytest.raises(ValueError, match="no samples"):
        export(ExportRequest(separation, tmp_path / "out", span=span))


# --- comps ---


@pytest.mark.parametrize("span", [None, (20_050, 60_000), (0, 100)])
def test_a_comp_is_written_as_one_file_and_sounds_in_the_mix(
    separation: Separation, tmp_path: Path, span: tuple[int, int] | None
) -> None:
    starts = ((0, 1), (20_000, 2), (50_000, 1))
    fade = round(COMP_FADE_SECONDS * separation.sample_rate)
    whole = Comp([(at, separation.stem_signal("bass", stage)) for at, stage in starts], fade)
    expected = whole[:, slice(*(span or (0, separation.samples)))]
    request = ExportRequest(
        separation, tmp_path / "out", stems=(), format="wav32f", span=span,
        comps={"bass": starts}, mix={("bass", COMP): (0.5, 0.5)}, mixed_comps={"bass": starts},
    )  # fmt: skip
    report = export(request)
    assert [file.path.name for file in report.written] == ["bass_comp.wav", "mix.wav"]
    comp, mix = (read_song(file.path)[0] for file in report.written)
    np.testing.assert_array_equal(comp, expected)
    np.testing.assert_allclose(mix, 0.5 * expected, rtol=0, atol=1e-7)


# --- gaps ---

GAPS = ((0, 1), (10_000, 0), (30_000, 1))


@pytest.mark.parametrize("span", [None, (20_050, 60_000)])
def test_a_stem_is_silent_where_it_is_muted_in_every_file_but_the_residual_and_the_song_without_it(
    separation: Separation, tmp_path: Path, span: tuple[int, int] | None
) -> None:
    starts = ((0, 1), (20_000, 2), (50_000, 1))
    rate = separation.sample_rate
    part = slice(*(span or (0, separation.samples)))
    comp = Comp([(at, separation.stem_signal("bass", stage)) for at, stage in starts], round(COMP_FADE_SECONDS * rate))
    bass, source = separation.stem_signal("bass", 1), separation.source_signal()
    gains: Gains = {("bass", 1): UNITY, ("drums", 1): UNITY, (RESIDUAL, 1): UNITY}
    report = export(ExportRequest(
        separation, tmp_path / "out", ("bass", "drums"), (1,), "wav32f", residual=True, minus=("bass",), span=span,
        comps={"bass": starts}, mix=gains, gaps={"bass": GAPS},
    ))  # fmt: skip
    sound = {file.path.stem: read_song(file.path)[0] for file in report.written}
    silenced = with_gaps(bass, GAPS, rate)[:, part]
    np.testing.assert_array_equal(sound["bass"], silenced)
    np.testing.assert_array_equal(sound["bass_comp"], with_gaps(comp, GAPS, rate)[:, part])
    np.testing.assert_array_equal(sound["drums"], separation.stem_signal("drums", 1)[:, part])
    residual = signal_of(separation, (RESIDUAL, 1))[:, part]
    expected = silenced + separation.stem_signal("drums", 1)[:, part] + residual
    np.testing.assert_allclose(sound["mix"], expected, rtol=0, atol=1e-6)
    np.testing.assert_allclose(sound["minus_bass"], (source - bass)[:, part], rtol=0, atol=1e-6)
    left = source - bass - separation.stem_signal("drums", 1)
    np.testing.assert_allclose(sound["residual"], left[:, part], rtol=0, atol=1e-6)
    missing = source[:, part] - sound["bass"] - sound["drums"] - sound["residual"]
    np.testing.assert_allclose(missing, bass[:, part] - silenced, rtol=0, atol=1e-6)
    assert report.silenced == ("bass",)


@pytest.mark.parametrize(
    ("more", "silenced"),
    [
        ({"stems": ("drums",)}, ()),
        ({"span": (0, 10_000)}, ()),
        ({"span": (0, 10_001)}, ("bass",)),
        ({"span": (30_000, 40_000)}, ()),
        ({"format": "stem-alac"}, ("bass",)),
        ({"stems": (), "comps": {"bass": ((0, 1),)}}, ("bass",)),
    ],
)
def test_the_report_names_the_stems_that_are_silent_in_what_was_written(
    separation: Separation, tmp_path: Path, more: dict[str, object], silenced: tuple[str, ...]
) -> None:
    report = export(ExportRequest(separation, tmp_path / "out", gaps={"bass": GAPS}, **more))  # type: ignore[arg-type]
    assert report.silenced == silenced


def test_a_track_of_a_stem_file_has_its_gaps(separation: Separation, tmp_path: Path) -> None:
    request = ExportRequest(separation, tmp_path / "out", format="stem-alac", gaps={"bass": ((0, 0), (30_000, 1))})
    song, _drums, bass, *_rest = tracks_of(export(request).written[0].path)
    assert np.abs(bass[:, :29_000]).max() <= 2 / 2**15  # the dither
    assert np.abs(bass[:, 31_000:]).max() > 0.05
    assert np.abs(song[:, :29_000]).max() > 0.05


def test_gaps_of_what_there_is_not_are_a_programming_error(separation: Separation, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no stem"):
        export(ExportRequest(separation, tmp_path / "out", gaps={"flute": GAPS}))


# --- stem files ---


@pytest.mark.parametrize("name", STEM_FILE_FORMATS)
def test_a_stem_file_holds_the_song_and_its_stems_in_the_order_that_players_know(tmp_path: Path, name: str) -> None:
    tags = Tags(title="歌", artist="Someone")
    separation = make_separation(tmp_path / "separation", samples=50_000, source_subtype="PCM_16", tags=tags)
    report = export(ExportRequest(separation, tmp_path / "out", format=name, span=(100, 40_100)))
    (written,) = report.written
    assert written.path.name == "out.stem.mp4"
    tracks = tracks_of(written.path)
    order = ("drums", "bass", "other", "vocals")
    expected = [separation.source_signal(), *(separation.stem_signal(stem, 2) for stem in order)]
    for track, signal in zip(tracks, expected, strict=True):
        assert track.shape == (2, 40_000)
        if name == "stem-alac":  # two steps of 16 bits for the dither
            np.testing.assert_allclose(track, signal[:, 100:40_100], rtol=0, atol=2 / 2**15)
        else:  # white noise is the hardest to encode; another stem, or a shift by one sample, has no likeness at all
            assert np.corrcoef(track[0], signal[0, 100:40_100])[0, 1] > 0.8
    colors = json.loads((Path("resources") / "styles" / "dark.json").read_text(encoding="utf-8"))
    stems = [{"name": stem.capitalize(), "color": colors[stem].upper()} for stem in order]
    assert stem_atom(written.path)["stems"] == stems
    assert read_song(written.path)[1].tags == tags


def test_four_stems_of_other_names_keep_their_order(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "separation", samples=5000, stems=("piano", "vocals", "a", "b"))
    report = export(ExportRequest(separation, tmp_path / "out", format="stem-alac"))
    stems = stem_atom(report.written[0].path)["stems"]
    assert [stem["name"] for stem in stems] == ["Piano", "Vocals", "A", "B"]  # type: ignore[index, union-attr]
    assert len({stem["color"] for stem in stems}) == 4  # type: ignore[index, union-attr]


@pytest.mark.parametrize(
    "more", [{"stems": ("vocals",)}, {"residual": True}, {"minus": ("vocals",)}, {"mix": {}}, {"project": True}]
)
def test_a_stem_file_is_refused_unless_it_is_four_stems_alone(
    separation: Separation, tmp_path: Path, more: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=r"exactly 4 stems|needs WAV or FLAC"):
        export(ExportRequest(separation, tmp_path / "out", format="stem-aac", **more))  # type: ignore[arg-type]


# --- report, picture ---


@pytest.mark.parametrize("name", ["wav32f", "wav16", "mp3"])
def test_the_report_tells_the_peak_of_every_file(tmp_path: Path, name: str) -> None:
    separation = make_separation(tmp_path / "separation", samples=30_000, peak=0.7)
    report = export(ExportRequest(separation, tmp_path / "out", format=name, minus=("vocals",)))
    gain = 10 ** (report.gain_db / 20)
    assert len(report.written) == len(separation.stems) + 1
    for file in report.written:
        stem = separation.stem_signal(file.content.stem, 2)
        signal = separation.source_signal() - stem if file.content.kind == "minus" else stem
        assert file.peak == pytest.approx(gain * np.abs(signal).max(), rel=1e-5)


def test_the_picture_of_the_song_goes_along_and_a_song_that_is_gone_is_no_error(tmp_path: Path) -> None:
    song = tmp_path / "Song.mp3"
    signal = noise(2, 5000, 0.5, seed=1)
    write_audio(AudioFile(song, audio_format("mp3"), 44_100, 2, 5000, Tags(), cover=png(1000)), [signal])
    separation = make_separation(tmp_path / "separation", samples=5000, source=song)
    for name in ("flac", "aac", "mp3"):
        report = export(ExportRequest(separation, tmp_path / name, ("bass",), format=name))
        assert read_cover(report.written[0].path) == png(1000)
    song.unlink()
    report = export(ExportRequest(separation, tmp_path / "again", ("bass",), format="flac"))
    assert read_cover(report.written[0].path) is None
    with av.open(str(tmp_path / "mp3" / "bass.mp3")) as file:
        assert sum(frame.samples for frame in file.decode(audio=0)) == 5000


def test_a_plan_of_a_range_is_as_large_as_the_range(separation: Separation, tmp_path: Path) -> None:
    request = ExportRequest(separation, tmp_path / "out", ("bass",), format="wav16", mix={}, span=(0, 7000))
    assert [file.likely_bytes for file in plan_export(request)] == [28_000, 28_000]
