"""Cutting and cross-fading: together they are the identity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dsp.overlap_add import ChunkCutter, OverlapAdder
from engine.separation import Samples


def _cut_and_add(signal: Samples, size: int, hop: int, blocks: int) -> Samples:
    cutter, adder = ChunkCutter(size, hop, signal.shape[0]), OverlapAdder(size)
    done: list[Samples] = []
    for block in np.array_split(signal, blocks, axis=1):
        done.extend(adder.add(chunk.start, chunk.samples) for chunk in cutter.push(block))
    done.extend(adder.add(chunk.start, chunk.samples) for chunk in cutter.finish())
    return np.concatenate([*done, adder.finish(signal.shape[1])], axis=1)


@given(length=st.integers(1, 300), size=st.integers(1, 64), hop=st.integers(1, 64), blocks=st.integers(1, 9))
def test_cutting_and_adding_back_is_identity(length: int, size: int, hop: int, blocks: int) -> None:
    signal = np.random.default_rng(length).standard_normal((2, length)).astype(np.float32)
    back = _cut_and_add(signal, size, min(hop, size), min(blocks, length))
    # Up to 64 float32 additions under one window sum.
    np.testing.assert_allclose(back, signal, rtol=0, atol=2e-5)


@given(length=st.integers(1, 300), blocks=st.integers(1, 20))
def test_chunks_do_not_depend_on_how_the_stream_arrives(length: int, blocks: int) -> None:
    signal = np.arange(length, dtype=np.float32)[None]
    whole, parts = ChunkCutter(40, 15, 1), ChunkCutter(40, 15, 1)
    expected = [*whole.push(signal), *whole.finish()]
    found = [chunk for block in np.array_split(signal, blocks, axis=1) for chunk in parts.push(block)]
    found.extend(parts.finish())
    assert [chunk.start for chunk in found] == [chunk.start for chunk in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.samples, other.samples)


def test_last_chunk_ends_with_the_signal() -> None:
    cutter = ChunkCutter(40, 30, 1)
    chunks = [*cutter.push(np.arange(111, dtype=np.float32)[None]), *cutter.finish()]
    assert [chunk.start for chunk in chunks] == [0, 30, 60, 71]
    assert chunks[-1].samples[0, -1] == 110


def test_signal_shorter_than_a_chunk_is_padded_at_its_end() -> None:
    cutter = ChunkCutter(40, 30, 1)
    assert not [*cutter.push(np.ones((1, 7), np.float32))]
    (chunk,) = cutter.finish()
    assert chunk.start == 0
    assert chunk.samples.sum() == 7


def test_gaps_wrong_lengths_and_missing_ends_are_refused() -> None:
    adder = OverlapAdder(10)
    with pytest.raises(ValueError, match="do not reach"):
        adder.finish(1)
    adder.add(0, np.ones((1, 10), np.float32))
    with pytest.raises(ValueError, match="10 samples"):
        adder.add(5, np.ones((1, 9), np.float32))
    with pytest.raises(ValueError, match="follow"):
        adder.add(11, np.ones((1, 10), np.float32))
    with pytest.raises(ValueError, match="do not reach"):
        adder.finish(11)


def test_fades_may_be_shorter_than_half_a_chunk() -> None:
    adder = OverlapAdder(100, fade=10)
    parts = [adder.add(0, np.zeros((1, 100), np.float32)), adder.add(80, np.ones((1, 100), np.float32))]
    result = np.concatenate([*parts, adder.finish(180)], axis=1)[0]
    # Chunks overlap by 20: 80..90 under the second one's rise, 90..100 under the first one's fall.
    assert not result[:80].any()
    assert (np.diff(result[79:101]) > -1e-6).all()
    # At the rise's i-th sample the first chunk still counts fully.
    np.testing.assert_allclose(result[80:90], [i / (i + 10) for i in range(1, 11)], rtol=1e-5)
    np.testing.assert_array_equal(result[100:], 1)
