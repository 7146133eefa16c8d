"""What is compared: which two of all stages of all results of the song on show are its sides A and B."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from PySide6.QtCore import Signal

from app.jobs.runner import JobRunner
from app.jobs.task import Task
from app.viewmodel.history import History
from app.viewmodel.mixer import MixerModel
from app.viewmodel.session_state import SessionState
from app.viewmodel.sides import side_name
from app.viewmodel.strips import MixSettings
from app.viewmodel.view_model import ViewModel
from app.words import tr
from engine.api import (
    ModelEntry,
    Quality,
    ResultsLibrary,
    Separation,
    Side,
    Stage,
    WriteError,
    compared,
    remember_sides,
    remembered_sides,
)

Letter = Literal["A", "B"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CompareState:
    """What can be compared, and what is.

    Attributes:
        offers: Every stage of every result of the song, its own first; empty while there is no finished song on show.
        a: Side A; None without a song.
        b: Side B; None if there is nothing to compare.
    """

    offers: tuple[Side, ...] = ()
    a: Side | None = None
    b: Side | None = None

    def side(self, letter: Letter) -> Side | None:
        """Side A or B."""
        return self.a if letter == "A" else self.b

    def name(self, side: Side) -> str:
        """What to call one of the offers, so that no other is called the same."""
        return side_name(side, self.offers)


@dataclass(frozen=True)
class OtherModel:
    """A model that the song on show could be split with.

    Attributes:
        entry: What is known of it.
        stands: Whether there is no result of it yet, one is to be made, or there is one.
    """

    entry: ModelEntry
    stands: Literal["missing", "queued", "done"]


def other_models(
    entries: Iterable[ModelEntry], session: SessionState, compare: CompareState, quality: Quality
) -> tuple[OtherModel, ...]:
    """The models on this machine, and how the song on show stands with each in this quality."""
    made = {side.separation.model for side in compare.offers if side.separation.quality == quality}
    source = session.song.source if session.song is not None else None
    queued = {song.model for song in session.songs.pending() if song.source == source}
    return tuple(
        OtherModel(entry, "queued" if entry.name in queued else "done" if entry.name in made else "missing")
        for entry in entries
        if entry.state in ("bundled", "installed")
    )


class CompareModel(ViewModel[CompareState]):
    """Finds results of the song on show in the library, and remembers the choice in that of the song itself.

    A choice can be undone, with the mixer as it was at that time.
    """

    exchanged = Signal(object)  # Separation: what is to be on show from now on
    noticed = Signal(str)  # one line for the status bar

    def __init__(self, library: ResultsLibrary, runner: JobRunner, mixer: MixerModel, history: History) -> None:
        super().__init__(CompareState())
        self._library = library
        self._mixer = mixer
        self._history = history
        self._own: Separation | None = None
        self._held: tuple[Separation, ...] = ()
        self._seeking = Task(runner)
        self._seeking.succeeded.connect(self._on_results)
        self._looked = False

    def load(self, own: Separation | None) -> Separation | None:
        """Take another song by its own finished result; returns what is to be shown of it, as it was left."""
        self._own, self._looked = own, False
        self._hold(())
        if own is None:
            self._set(CompareState())
            return None
        self._set(CompareState(_stages_of(own)))
        sides = self._find(own, remembered_sides(own))
        self.refresh()
        return self._take(sides or _stages_of(own))

    def refresh(self) -> None:
        """Look again which results there are."""
        own = self._own
        if own is not None:
            self._seeking.start(lambda _report, control: self._library.results_of(own, control))

    def choose(self, letter: Letter, side: Side) -> None:
        """Let A or B be another side; what is chosen for both changes places."""
        a, b = self._state.a, self._state.b
        old, other = (a, b or a) if letter == "A" else (b, a)
        if side == other:
            other = old
        if a is None or other is None or side == old:
            return
        before, mixed = (a,) if b is None else (a, b), self._mixer.settings
        wanted = (side, other) if letter == "A" else (other, side)
        if self._exchange(wanted):
            again = partial(self._go_back, wanted, self._mixer.settings)
            self._history.record("", partial(self._go_back, before, mixed), again)

    def leave(self, entry: str) -> None:
        """Compare no longer with an entry of the library, which is about to go."""
        own = self._own
        if own is not None and any(each.folder.name == entry for each in self._held):
            self._hold(())
            self._remember(own, ())
            self._history.clear()  # what was changed before was of other sides
            self.exchanged.emit(self._take(_stages_of(own)))

    def _exchange(self, wanted: Sequence[Side]) -> bool:
        """Let these be the sides, if they are all there."""
        own = self._own
        sides = self._find(own, [(each.entry, each.stage) for each in wanted]) if own is not None else ()
        if own is None or not sides:
            self.noticed.emit(tr("What was to be compared is no longer in the library"))
            self.refresh()
            return False
        self._remember(own, () if sides == _stages_of(own) else sides)
        self.exchanged.emit(self._take(sides))
        return True

    def _go_back(self, sides: Sequence[Side], mixed: MixSettings) -> None:
        """Let the sides be what they were, and the mixer what it was then."""
        if self._exchange(sides):
            self._mixer.restore(mixed)
        else:
            self._history.clear()  # the steps before are changes of these sides

    def _take(self, sides: Sequence[Side]) -> Separation | None:
        """Make these the sides; returns what is to be shown."""
        a, b = (*sides, None)[:2]
        self._set(replace(self._state, a=a, b=b))
        if self._own is None or a is None or b is None or tuple(sides) == _stages_of(self._own):
            return self._own
        return compared(a, b)

    def _find(self, own: Separation, wanted: Sequence[tuple[str, Stage]]) -> tuple[Side, ...]:
        """Sides by their entries in the library, held from now on in place of others; empty if one is not there."""
        entries = {entry for entry, _stage in wanted} - {own.folder.name}
        found = {entry: made for entry in entries if (made := self._found(entry, own)) is not None}
        results = {**found, own.folder.name: own}
        if not all(entry in results and stage in results[entry].stages for entry, stage in wanted):
            for separation in found.values():
                self._library.release(separation)
            return ()
        self._hold(list(found.values()))
        return tuple(Side(results[entry], stage) for entry, stage in wanted)

    def _found(self, entry: str, own: Separation) -> Separation | None:
        """A result in the library, held; None also if the disk does not give it now."""
        try:
            return self._library.find(entry, own.source)
        except WriteError as error:
            _log.warning("not compared: %s", error)
            return None

    def _hold(self, separations: Sequence[Separation]) -> None:
        """Keep these, which were found, and no longer those before."""
        for separation in self._held:
            self._library.release(separation)
        self._held = tuple(separations)

    def _remember(self, own: Separation, sides: Sequence[Side]) -> None:
        try:
            remember_sides(own, sides)
        except OSError as error:  # the library can only be read: the choice holds until the song is closed
            _log.warning("what is compared was not noted: %s", error)

    def _on_results(self, results: Sequence[Separation]) -> None:
        if self._own is not None:
            others = [each for each in results if each.folder != self._own.folder]
            offers = tuple(side for each in (self._own, *others) for side in _stages_of(each))
            new = [side for side in offers if side not in self._state.offers]
            self._set(replace(self._state, offers=offers))
            if new and self._looked:
                words = tr("{model} can be compared now: see menu Compare")
                self.noticed.emit(words.format(model=self._state.name(new[-1])))
            self._looked = True


def _stages_of(separation: Separation) -> tuple[Side, ...]:
    return tuple(Side(separation, stage) for stage in sorted(separation.stages))
