"""How far all songs together are."""

from __future__ import annotations

from dataclasses import dataclass

from app.viewmodel.queue import Song, Songs


@dataclass(frozen=True)
class Overall:
    """The progress of the songs that were added since there was nothing to do.

    Attributes:
        done: Songs that are through, whatever the outcome.
        count: All of them.
        share: Of the audio, in 0..1.
        eta_seconds: Until the last one is through; None until there is something to estimate from.
    """

    done: int
    count: int
    share: float
    eta_seconds: float | None


def overall(songs: Songs, batch: frozenset[int], pace: float | None) -> Overall | None:
    """Sum the songs up; None when there is nothing to do.

    Args:
        songs: The list.
        batch: Keys of the songs that count.
        pace: Seconds of work for one second of audio, as the last song took; None if there was none.
            The song that is being split says it better, as soon as it does.
    """
    counted = [song for song in songs.items if song.key in batch]
    if not any(song.pending for song in counted):
        return None
    known = [song.seconds for song in counted if song.seconds]
    typical = sum(known) / len(known) if known else 1.0
    # What is through without ever having had a length was no work.
    lengths = {song.key: song.seconds or (typical if song.pending else 0.0) for song in counted}
    done = sum(lengths[song.key] * _share(song) for song in counted)
    return Overall(
        done=sum(not song.pending for song in counted),
        count=len(counted),
        share=done / sum(lengths.values()),
        eta_seconds=_eta_seconds(counted, lengths, pace) if known else None,
    )


def _share(song: Song) -> float:
    if not song.pending:
        return 1.0
    if song.phase != "running" or song.progress is None or song.progress.phase == "load":
        return 0.0
    return 1.0 if song.progress.phase == "draw" else song.progress.share


def _eta_seconds(songs: list[Song], lengths: dict[int, float], pace: float | None) -> float | None:
    left = 0.0
    # The song that is being split comes first, as its pace holds for those after it.
    for song in sorted((song for song in songs if song.pending), key=lambda song: song.phase != "running"):
        progress = song.progress
        if progress is not None and progress.eta_seconds is not None:
            left += progress.eta_seconds
            if progress.phase == "separate" and progress.done < progress.total:
                pace = progress.eta_seconds / (progress.total - progress.done)
        elif progress is None or progress.phase != "draw":
            if pace is None:
                return None
            left += pace * lengths[song.key]
    return left
