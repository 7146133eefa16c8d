from __future__ import annotations

import numpy as np
import pytest

from engine.separation import Samples
from engine.training.recorded import augmented_song
from engine.training.render import recipe
from engine.training.render.assets import Assets, load_assets
from engine.training.render.real import draw_excerpt, real_excerpts
from engine.training.render.recipe import SAMPLE_RATE, Split
from engine.training.render.song import RenderedSong, render_song
from tests.support.assets import make_pack

SEEDS = range(30)
SECONDS = 5.0


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Assets:
    return load_assets(make_pack(tmp_path_factory.mktemp("pack")))


@pytest.fixture(scope="module")
def songs(assets: Assets) -> list[RenderedSong]:
    splits: tuple[Split, ...] = ("train", "valid")
    return [render_song(assets, seed, SECONDS, split) for seed in SEEDS for split in splits]


def test_the_stems_sum_to_the_mixture_within_full_scale(songs: list[RenderedSong]) -> None:
    for song in songs:
        vocals, bass, drums, other = song.stems
        np.testing.assert_array_equal(song.mixture, ((vocals + bass) + drums) + other)
        assert np.abs(song.mixture).max() <= 1


def test_songs_have_the_length_that_was_asked_for_and_only_numbers(songs: list[RenderedSong]) -> None:
    for song in songs:
        assert song.stems.shape == (4, 2, round(SECONDS * SAMPLE_RATE))
        assert song.stems.dtype == np.float32
        assert np.isfinite(song.stems).all()


def test_a_stem_that_was_not_drawn_is_silent_and_every_other_is_described(songs: list[RenderedSong]) -> None:
    for song in songs:
        for name, stem in zip(recipe.STEMS, song.stems, strict=True):
            if name not in song.description:
                assert not stem.any()
    for name in recipe.STEMS:
        drawn = [song for song in songs if name in song.description]
        sounding = [song for song in drawn if song.stems[recipe.STEMS.index(name)].any()]
        assert len(drawn) > len(songs) / 2
        assert len(sounding) > 0.5 * len(drawn)  # the others are muted in all of so short a song


def test_the_same_seed_gives_the_same_bits(assets: Assets) -> None:
    for seed in range(8):
        first, second = (render_song(assets, seed, 3.0) for _ in range(2))
        np.testing.assert_array_equal(first.stems, second.stems)
        assert first.description == second.description


def test_other_seeds_and_the_other_split_give_other_songs(assets: Assets) -> None:
    song = render_song(assets, 1, 3.0)
    assert not np.array_equal(song.stems, render_song(assets, 2, 3.0).stems)
    assert not np.array_equal(song.stems, render_song(assets, 1, 3.0, "valid").stems)


def test_a_song_shorter_than_a_second_is_refused(assets: Assets) -> None:
    with pytest.raises(ValueError, match="too short"):
        render_song(assets, 0, 0.5)


def test_vocals_and_drums_are_in_most_songs_and_not_in_all(songs: list[RenderedSong]) -> None:
    share = {name: np.mean([name in song.description for song in songs]) for name in recipe.STEMS}
    assert 0.6 < share["vocals"] < 1
    assert 0.7 < share["drums"] <= 1


def test_real_excerpts_stay_on_their_side_of_the_held_out_spans(assets: Assets) -> None:
    spans = recipe.HELD_OUT_SPANS_SECONDS
    valid = list(real_excerpts(assets, "valid"))
    assert {excerpt.song: excerpt.start_seconds for excerpt in valid} == {song: span[0] for song, span in spans.items()}
    train = list(real_excerpts(assets, "train"))
    assert train
    for excerpt in train:
        start, stop = excerpt.start_seconds, excerpt.start_seconds + excerpt.stems.shape[2] / SAMPLE_RATE
        span = spans.get(excerpt.song, (np.inf, np.inf))
        assert stop <= span[0] or start >= span[1]


def test_drawn_excerpts_are_of_songs_to_train_on(assets: Assets) -> None:
    train = [excerpt.stems for excerpt in real_excerpts(assets, "train")]
    for seed in range(10):
        drawn = draw_excerpt(assets, np.random.default_rng(seed), SAMPLE_RATE)
        assert drawn.shape == (4, 2, SAMPLE_RATE)
        # The loudest sample with what is around it is found in one of the excerpts, in the same stem.
        stem, _side, at = np.unravel_index(np.argmax(np.abs(drawn)), drawn.shape)
        piece = drawn[stem, 0, at : at + 64]
        assert piece.any()
        assert any(_contains(excerpt[stem, 0], piece) for excerpt in train)


def _contains(signal: Samples, piece: Samples) -> bool:
    starts = np.flatnonzero(np.isclose(signal[: len(signal) - len(piece) + 1], piece[0], atol=1e-7))
    return any(np.allclose(signal[start : start + len(piece)], piece, atol=1e-6) for start in starts)


def test_augmented_real_songs_follow_their_seed(assets: Assets) -> None:
    first, again, other = (augmented_song(assets, np.random.default_rng(seed), 4 * SAMPLE_RATE) for seed in (1, 1, 2))
    assert first.shape == (4, 2, 4 * SAMPLE_RATE)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.isfinite(first).all()
    assert first.any()


def test_a_real_excerpt_is_aligned_and_at_its_own_level(assets: Assets) -> None:
    excerpt = next(e for e in real_excerpts(assets, "train") if e.song == "1.Hydrogen" and e.start_seconds == 0)
    item = assets.items["real/evf_drums"][0]
    start = item.offset
    expected = assets.signal(item) * np.float32(item.source_gain)
    np.testing.assert_allclose(excerpt.stems[2][:, start : start + item.length], expected, atol=1e-7)
    assert not excerpt.stems[2][:, :start].any()
    assert not excerpt.stems[1].any()  # this song has no bass
