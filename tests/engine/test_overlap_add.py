"""Cutting and cross-fading: together they are the identity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.dsp.overlap_add import Chunk, ChunkCutter, OverlapAdder
from engine.separation import Samples


def _cut_and_add(signal: Samples, size: int, hop: int, blocks: int) -> Samples:
    """The signal and its opposite (2, C, N), as two stems would be."""
    cutter, adder = ChunkCutter(size, hop, signal.shape[0]), OverlapAdder(size, -(-size // 3))
    done: list[Samples] = []
    for block in [*np.array_split(signal, blocks, axis=1), None]:
        for start, samples in cutter.finish() if block is None else cutter.push(block):
            done.append(adder.add(start, np.stack([samples, -samples])))
    return np.concatenate([*done, adder.settle(signal.shape[1])], axis=-1)


@given(length=st.integers(1, 300), size=st.integers(1, 64), hop=st.integers(1, 64), blocks=st.integers(1, 9))
def test_cutting_and_adding_back_is_identity(length: int, size: int, hop: int, blocks: int) -> None:
    signal = np.random.default_rng(length).standard_normal((2, length)).astype(np.float32)
    back = _cut_and_add(signal, size, min(hop, size), min(blocks, length))
    # Up to 64 float32 additions under one window sum.
    np.testing.assert_allclose(back, [signal, -signal], rtol=0, atol=2e-5)


@given(length=st.integers(1, 90), size=st.integers(1, 12), hop=st.integers(1, 12), blocks=st.integers(1, 20))
def test_every_chunk_comes_once_and_no_later_than_its_last_sample(
    length: int, size: int, hop: int, blocks: int
) -> None:
    signal, hop = 1 + np.arange(length, dtype=np.float32)[None], min(hop, size)
    cutter, found, heard = ChunkCutter(size, hop, 1), list[Chunk](), 0
    last = max(0, length - size)
    expected = sorted({*range(0, last + 1, hop), last})
    for block in np.array_split(signal, min(blocks, length), axis=1):
        heard += block.shape[1]
        found.extend(cutter.push(block))
        assert [chunk.start for chunk in found] == [start for start in range(0, last + 1, hop) if start + size <= heard]
    found.extend(cutter.finish())
    assert [chunk.start for chunk in found] == expected
    padded = np.pad(signal, ((0, 0), (0, size)))
    for start, samples in found:
        np.testing.assert_array_equal(samples, padded[:, start : start + size])


def test_gaps_wrong_lengths_hops_and_missing_ends_are_refused() -> None:
    for hop in (0, 11):
        with pytest.raises(ValueError, match=f"hop {hop} must be in 1..10"):
            ChunkCutter(10, hop, 1)
    adder = OverlapAdder(10, 5)
    for place, words in ((0, "no chunk was added"), (1, "do not reach")):
        with pytest.raises(ValueError, match=words):
            adder.settle(place)
    adder.add(0, np.ones((1, 10), np.float32))
    with pytest.raises(ValueError, match="10 samples"):
        adder.add(5, np.ones((1, 9), np.float32))
    with pytest.raises(ValueError, match="follow"):
        adder.add(11, np.ones((1, 10), np.float32))
    with pytest.raises(ValueError, match="do not reach"):
        adder.settle(11)


@given(steps=st.lists(st.integers(0, 12), max_size=8), gain=st.sampled_from([-1.0, 0.5, 0.0]))
def test_a_gain_is_that_of_the_chunk_and_samples_lie_as_in_a_file(steps: list[int], gain: float) -> None:
    noise = np.random.default_rng(0).standard_normal((1 + len(steps), 3, 2, 12)).astype(np.float32)
    outside, inside, at = OverlapAdder(12, 4), OverlapAdder(12, 4), 0
    for step, chunk in zip([0, *steps], noise, strict=True):
        at += step
        expected, found = outside.add(at, chunk * np.float32(gain)), inside.add(at, chunk, gain)
        np.testing.assert_array_equal(found, expected)
    found, expected = inside.settle(at + 12), outside.settle(at + 12)
    assert found.swapaxes(1, 2).flags.c_contiguous
    silence = np.broadcast_to(np.float32(0.0), (3, 2, 12))
    inside.add(at + 12, silence)
    assert not inside.settle(at + 24).any()
    # What was handed out stays as it was, though the memory behind it is used again.
    np.testing.assert_array_equal(found, expected)


@given(fade=st.integers(1, 20), length=st.integers(40, 60))
@example(fade=1, length=40)
def test_between_two_chunks_it_fades_in_a_line_that_ends_where_they_do(fade: int, length: int) -> None:
    """With the fades of both at one place, whose sum is the same everywhere."""
    adder = OverlapAdder(length, fade)
    parts = [
        adder.add(0, np.zeros((1, length), np.float32)),
        adder.add(length - fade, np.ones((1, length), np.float32)),
    ]
    result = np.concatenate([*parts, adder.settle(2 * length - fade)], axis=1)[0]
    expected = np.clip(np.arange(1 - length + fade, length + 1) / (fade + 1), 0, 1)
    np.testing.assert_allclose(result, expected, rtol=0, atol=1e-6)
