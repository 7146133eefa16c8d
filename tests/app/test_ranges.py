"""Ranges of a stem: where borders may go, what a muted range does to the sound, and that it can be taken back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.viewmodel.abx import AbxSong, subjects
from app.viewmodel.display import DisplayState
from app.viewmodel.export_form import song_on_show
from app.viewmodel.history import History
from app.viewmodel.mixer import MixerModel
from app.viewmodel.pictures import Picture, shown
from app.viewmodel.ranges import SILENT, SOUNDING, Ranges, fade_samples, is_silent
from app.viewmodel.readout import ranges_text
from app.viewmodel.signals import DELTA, SOURCE, heard_signals
from app.viewmodel.strips import Strip
from app.viewmodel.transport import TransportState
from engine.api import RESIDUAL, ExportRequest, Mixer, Samples, Separation, export
from tests.support.fake_engine import FakePlayer
from tests.support.songs import read_song

RATE, N = 44_100, 22_050
FADE = fade_samples(RATE)


def vocals(mixer: MixerModel) -> Strip:
    return mixer.state.strips[1]


def sounding(mixer: MixerModel, player: FakePlayer) -> Samples:
    """What the player plays of the vocals."""
    key = vocals(mixer).key
    assert key in player.gains
    return player.signals[key][:, 0:N]


# Rules of ranges

places = st.lists(st.integers(1, N - 1), min_size=1, max_size=5, unique=True).map(sorted)
alternating = st.tuples(places, st.integers(1, 2)).map(
    lambda drawn: Ranges(((0, drawn[1]), *((at, 1 + (drawn[1] + n) % 2) for n, at in enumerate(drawn[0]))))
)


@given(ranges=alternating, data=st.data(), sample=st.integers(-N, 2 * N))
def test_a_border_stays_between_its_neighbours_and_moves_alone(
    ranges: Ranges, data: st.DataObject, sample: int
) -> None:
    index = data.draw(st.integers(1, len(ranges.starts) - 1))
    moved = ranges.with_border(index, sample, N, RATE)
    assert [choice for _at, choice in moved.starts] == [choice for _at, choice in ranges.starts]
    assert (*moved.starts[:index], *moved.starts[index + 1 :]) == (*ranges.starts[:index], *ranges.starts[index + 1 :])
    for number in (index - 1, index):
        start, stop, _choice = moved.stretches(N)[number]
        old_start, old_stop, _choice = ranges.stretches(N)[number]
        assert stop - start >= min(FADE, old_stop - old_start)
    first = ranges.starts[index - 1][0] + FADE
    if first <= sample <= ranges.stretches(N)[index][1] - FADE:
        assert moved.starts[index][0] == sample


@given(ranges=alternating, data=st.data())
def test_a_range_that_is_removed_is_as_its_neighbours(ranges: Ranges, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(ranges.starts) - 1))
    start, stop, choice = ranges.stretches(N)[index]
    assert ranges.without(index) == ranges.with_range(start, stop, 3 - choice, 0, N)
    assert ranges.index_at(start) == ranges.index_at(stop - 1) == index


def test_the_only_range_leaves_nothing() -> None:
    assert Ranges(((0, SILENT),)).without(0) == Ranges()
    with pytest.raises(ValueError, match="nothing was chosen"):
        Ranges().index_at(0)


# Muted ranges


@pytest.mark.parametrize("take", ["stage", "delta", "comp", "reference"])
def test_a_muted_range_is_silent_whatever_sounds_and_the_rest_is_left_alone(
    mixer: MixerModel, player: FakePlayer, take: str
) -> None:
    mixer.set_reference("vocals", np.ones((2, N), np.float32))
    mixer.comp("vocals", (0, 8_000), 1)
    mixer.set_take("vocals", take)  # type: ignore[arg-type]
    before = sounding(mixer, player)
    mixer.mute_range("vocals", (5_000, 12_000))
    assert vocals(mixer).take == take
    after = sounding(mixer, player)
    half = FADE // 2 + 1
    assert not after[:, 5_000 + half : 12_000 - half].any()
    np.testing.assert_array_equal(after[:, : 5_000 - half], before[:, : 5_000 - half])
    np.testing.assert_array_equal(after[:, 12_000 + half :], before[:, 12_000 + half :])


def test_a_muted_range_stays_when_another_stage_is_heard(
    mixer: MixerModel, player: FakePlayer, separation: Separation
) -> None:
    mixer.mute_range("vocals", (5_000, 12_000))
    made = [player.signals[vocals(mixer).key]]
    for change in (lambda: mixer.set_stage(1), mixer.toggle_delta, mixer.toggle_delta):
        change()
        assert not sounding(mixer, player)[:, 6_000:11_000].any()
        made.append(player.signals[vocals(mixer).key])
    np.testing.assert_array_equal(sounding(mixer, player)[:, :4_000], separation.stem_signal("vocals", 1)[:, :4_000])
    assert len(set(map(id, made))) == 4  # another signal for each sound, so that the player fades to it
    mixer.set_gain("vocals", -3.0)
    assert player.signals[vocals(mixer).key] is made[-1]


def test_an_hour_of_moving_borders_leaves_the_player_one_comp_and_one_muted_stem(
    mixer: MixerModel, player: FakePlayer, separation: Separation
) -> None:
    mixer.comp("vocals", (0, 9_000), 1)
    mixer.mute_range("vocals", (5_000, 8_000))
    known = set(player.signals)
    for sample in range(9_500, 12_000, 50):
        mixer.move_border("vocals", "comp", 1, sample)
        mixer.move_border("vocals", "gaps", 2, sample - 3_000)
    assert set(player.signals) == known
    heard, first = sounding(mixer, player), separation.stem_signal("vocals", 1)
    assert not heard[:, 5_500:8_500].any()
    np.testing.assert_array_equal(heard[:, 9_500:11_500], first[:, 9_500:11_500])


def test_muting_a_muted_range_lets_it_sound_and_a_part_of_it_only_there(mixer: MixerModel) -> None:
    mixer.mute_range("vocals", (5_000, 12_000))
    mixer.mute_range("vocals", (10_000, 15_000))
    assert vocals(mixer).gaps.stretches(N) == ((0, 5_000, 1), (5_000, 15_000, 0), (15_000, N, 1))
    mixer.mute_range("vocals", (7_000, 8_000))
    assert [at for at, _sounds in vocals(mixer).gaps.starts] == [0, 5_000, 7_000, 8_000, 15_000]
    assert not is_silent(vocals(mixer).gaps, 7_500)
    mixer.mute_range("vocals", (7_000, 8_000))
    mixer.mute_range("vocals", (0, N))
    assert vocals(mixer).gaps.starts == ((0, SILENT),)
    mixer.mute_range("vocals", (-5, N + 5))
    assert vocals(mixer).gaps == Ranges()
    assert mixer.state.is_flat


def test_the_mix_is_not_the_song_while_a_range_is_muted(
    mixer: MixerModel, player: FakePlayer, separation: Separation
) -> None:
    mixer.mute_range("vocals", (5_000, 12_000))
    assert not mixer.state.is_flat
    real = Mixer(player.signals, separation.sample_rate)
    real.set_gains(player.gains)
    real.render(4_000)
    assert max(real.levels().beside_source.peak) < 1e-6
    real.render(4_000)
    assert max(real.levels().beside_source.peak) > 1e-3


def test_the_original_and_the_residual_have_no_ranges(mixer: MixerModel, history: History) -> None:
    before = mixer.state
    for stem in (SOURCE, RESIDUAL):
        mixer.mute_range(stem, (0, 100))
        mixer.move_nearest_border(stem, 50)
        mixer.remove_range_at(stem, 50)
        mixer.clear_ranges(stem, "gaps")
    assert mixer.state == before
    assert not history.state.can_undo


# Changing them


def test_every_change_of_ranges_is_one_step_and_can_be_taken_back(
    mixer: MixerModel, player: FakePlayer, history: History
) -> None:
    states = [(mixer.state, player.gains)]
    for change in (
        lambda: mixer.comp("vocals", (4_000, 9_000), 1),
        lambda: mixer.mute_range("vocals", (5_000, 12_000)),
        lambda: mixer.move_border("vocals", "comp", 1, 4_500),
        lambda: mixer.move_border("vocals", "gaps", 2, 20_000),
        lambda: mixer.remove_range("vocals", "gaps", 1),
        lambda: mixer.remove_range("vocals", "comp", 0),
        lambda: mixer.clear_ranges("vocals", "comp"),
        lambda: mixer.mute_range("vocals", (0, 100)),
        lambda: mixer.clear_ranges("vocals", "gaps"),
    ):
        change()
        assert mixer.state != states[-1][0]
        states.append((mixer.state, player.gains))
    for expected in reversed(states[:-1]):
        history.undo()
        assert (mixer.state, player.gains) == expected
    assert not history.state.can_undo
    for expected in states[1:]:
        history.redo()
        assert (mixer.state, player.gains) == expected


def test_a_border_that_does_not_move_is_no_step(mixer: MixerModel, history: History) -> None:
    mixer.comp("vocals", (4_000, 9_000), 1)
    mixer.move_border("vocals", "comp", 1, 4_000)
    mixer.move_border("vocals", "comp", 1, 3_000)
    mixer.move_border("vocals", "comp", 1, 3_000)
    history.undo()
    assert vocals(mixer).comp.starts[1] == (4_000, 1)
    history.undo()
    assert not vocals(mixer).comp.starts
    mixer.reset()
    assert not history.state.can_undo


def test_a_comp_of_one_stage_is_that_stage(mixer: MixerModel, player: FakePlayer) -> None:
    mixer.comp("vocals", (0, N), 1)
    assert (vocals(mixer).take, vocals(mixer).stage, vocals(mixer).comp) == ("stage", 1, Ranges())
    mixer.comp("vocals", (0, 9_000), 2)
    assert vocals(mixer).take == "comp"
    mixer.remove_range("vocals", "comp", 1)
    assert vocals(mixer).key == ("vocals", 2)
    assert ("vocals", 2) in player.gains


def test_keys_move_the_nearest_border_and_remove_the_range_at_the_playhead(mixer: MixerModel) -> None:
    mixer.comp("vocals", (4_000, 9_000), 1)
    mixer.mute_range("vocals", (10_000, 15_000))
    mixer.move_nearest_border("vocals", 9_400)
    assert vocals(mixer).comp.starts == ((0, 2), (4_000, 1), (9_400, 2))
    mixer.move_nearest_border("vocals", 18_000)
    assert vocals(mixer).gaps.starts == ((0, SOUNDING), (10_000, SILENT), (18_000, SOUNDING))
    mixer.remove_range_at("vocals", 12_000)
    assert not vocals(mixer).gaps.starts
    assert vocals(mixer).comp.starts == ((0, 2), (4_000, 1), (9_400, 2))
    mixer.remove_range_at("vocals", 5_000)
    assert vocals(mixer).key == ("vocals", 2)
    before = mixer.state
    mixer.remove_range_at("vocals", 5_000)
    mixer.move_nearest_border("vocals", 5_000)
    assert mixer.state == before


def test_a_reset_and_another_song_leave_the_ranges(
    mixer: MixerModel, player: FakePlayer, separation: Separation
) -> None:
    mixer.mute_range("vocals", (5_000, 12_000))
    mixer.set_gain("vocals", -6.0)
    mixer.reset()
    assert not sounding(mixer, player)[:, 6_000:11_000].any()
    mixer.load(None)
    player.load(heard_signals(separation), separation.sample_rate)
    mixer.load(separation)
    assert not sounding(mixer, player)[:, 6_000:11_000].any()


# Elsewhere


def test_the_blind_test_compares_stages_without_gaps(mixer: MixerModel, separation: Separation) -> None:
    whole = subjects(AbxSong(separation, "Song", mixer.state, None))
    mixer.mute_range("vocals", (5_000, 12_000))
    assert subjects(AbxSong(separation, "Song", mixer.state, None)) == whole


def test_a_mix_is_written_with_the_muted_ranges_that_are_heard(
    mixer: MixerModel, player: FakePlayer, separation: Separation
) -> None:
    mixer.mute_range("vocals", (5_000, 12_000))
    mixer.mute_range("bass", (0, 3_000))
    mixer.mute_range("drums", (2_000, N))
    mixer.comp("bass", (0, 9_000), 1)
    mixer.set_take("drums", "delta")
    real = Mixer(player.signals, separation.sample_rate)
    real.set_gains(player.gains)
    assert player.gains.keys() & {("drums", DELTA), ("vocals", 2)} == set()
    song = song_on_show(separation, mixer.state, TransportState())
    folder = separation.folder.parent / "out"
    request = ExportRequest(
        separation, folder, stems=(), format="wav32f", mix=song.heard.gains, mixed_comps=song.heard.comps,
        gaps=song.gaps,
    )  # fmt: skip
    written = read_song(export(request).written[0].path)[0]
    np.testing.assert_allclose(written, real.render(N), rtol=0, atol=1e-6)


def test_a_picture_tells_its_ranges_to_those_who_do_not_see_it(mixer: MixerModel) -> None:
    view = DisplayState(N, RATE, 0.0, float(N))
    assert ranges_text(shown(Picture(("vocals", 2)), vocals(mixer), mixer.state, {}), view) == ""
    mixer.comp("vocals", (0, 11_025), 1)
    mixer.mute_range("vocals", (4_410, 8_820))
    told = shown(Picture(("vocals", 2)), vocals(mixer), mixer.state, {})
    assert ranges_text(told, view) == (
        "stage 1 from 0:00.000 to 0:00.250, stage 2 from 0:00.250 to 0:00.500, muted from 0:00.100 to 0:00.200"
    )
