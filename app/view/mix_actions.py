"""The actions that change the mix: undo, delta, comping, what a lane sounds as."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from app.view.action_maker import ActionMaker
from app.view.given import Models
from app.viewmodel.history import HistoryState
from app.viewmodel.signals import stem_name
from app.viewmodel.strips import DELTA_GAINS_DB, MixerState, Take
from app.words import number_text, tr, tr_later

_ALREADY = tr_later("{lane} sounds like that already")


class MixActions(QObject):
    """Those about ranges and takes change the focused lane. Whoever shows meters tells peaks and puts lights out."""

    said = Signal(str)  # one line for the status bar: why nothing changed

    def __init__(self, make: ActionMaker, models: Models) -> None:
        super().__init__(make)
        self._mixer = mixer = models.mixer
        transport, history = models.transport, models.history
        on_lane, hear = self._on_lane, self._hear

        def at_playhead(act: Callable[[str, int], None], in_vain: str) -> Callable[[], None]:
            return on_lane(lambda stem: act(stem, transport.state.position), in_vain)

        def loop() -> tuple[int, int]:
            return transport.state.loop or (0, transport.state.samples)

        changes = tr("Mixer, loop, what A and B are, and list of songs")
        self.undo = make(tr("&Undo"), "Ctrl+Z", do=history.undo, tip=changes)
        self.redo = make(tr("&Redo"), "Ctrl+Shift+Z", "Ctrl+Y", do=history.redo)
        whole = tr("All faders, pans, mutes and solos, and what sounds")
        self.reset = make(tr("Reset the &mixer"), "Ctrl+Alt+0", do=mixer.reset, tip=whole)
        self.delta = make(tr("Hear the &delta (B − A)"), "D", do=mixer.toggle_delta, checkable=True)
        self.delta_gains = [
            make(f"{number_text(gain_db, signed=True)} dB", do=partial(mixer.set_delta_gain, gain_db))
            for gain_db in DELTA_GAINS_DB
        ]
        make.one_of(self.delta_gains)
        where, either = tr("Without a loop: in the whole song"), tr("Of a comp or a muted range")
        again = where + "\n" + tr("Again: sound there")
        already, no_comp, no_gaps = tr(_ALREADY), tr("{lane} has no comp"), tr("{lane} has no muted ranges")
        no_border, no_range = tr("{lane} has no border to move there"), tr("{lane} has no range at the playhead")
        take_a, take_b = (
            on_lane(lambda stem, stage=stage: mixer.comp(stem, loop(), stage), already) for stage in (1, 2)
        )
        mute_loop = on_lane(lambda stem: mixer.mute_range(stem, loop()), already)
        clear_comp = on_lane(lambda stem: mixer.clear_ranges(stem, "comp"), no_comp)
        clear_gaps = on_lane(lambda stem: mixer.clear_ranges(stem, "gaps"), no_gaps)
        move_border = at_playhead(mixer.move_nearest_border, no_border)
        remove_range = at_playhead(mixer.remove_range_at, no_range)
        self.of_ranges = (
            make(tr("Comp: take A in the loop"), "Shift+A", do=take_a, tip=where),
            make(tr("Comp: take B in the loop"), "Shift+B", do=take_b, tip=where),
            make(tr("&Clear the lane's comp"), "Ctrl+Shift+P", do=clear_comp),
            make(tr("Mute &in the loop"), "Shift+M", do=mute_loop, tip=again),
            make(tr("Clear t&he lane's muted ranges"), "Ctrl+Shift+M", do=clear_gaps),
            make(tr("Mo&ve the nearest border to the playhead"), "Shift+E", do=move_border, tip=either),
            make(tr("Remov&e the range at the playhead"), "Shift+X", do=remove_range, tip=either),
        )
        delta, comp, reference = (
            hear("delta", already), hear("comp", no_comp), hear("reference", tr("{lane} has no reference")),
        )  # fmt: skip
        self.takes = (
            make(tr("Hear the lane's &delta"), "Shift+D", do=delta),
            make(tr("Hear the lane's com&p"), "Shift+P", do=comp),
            make(tr("Hear the lane's &reference"), "Shift+R", do=reference),
        )
        since = tr("Of the focused lane and the master, since the clip lights were put out")
        self.peaks = make(tr("Tell the highest pea&ks"), "H", tip=since)
        self.clip_lights = make(tr("Put out the clip li&ghts"), "Shift+C")
        mixer.changed.connect(self._present)
        history.changed.connect(self._present_history)
        self._present_history(history.state)

    @property
    def all(self) -> Sequence[QAction]:
        """Those that need a song on show; undo and redo know by themselves."""
        return (self.reset, self.delta, *self.delta_gains, *self.of_ranges, *self.takes, self.peaks, self.clip_lights)

    @property
    def of_two_sides(self) -> Sequence[QAction]:
        """Those that need two sides to compare."""
        return (self.delta, *self.delta_gains, *self.of_ranges[:3], *self.takes[:2])

    def _on_lane(self, act: Callable[[str], None], in_vain: str) -> Callable[[], None]:
        """Act on the focused lane, and say why where that changes nothing."""

        def run() -> None:
            strip, before = self._mixer.state.focused_strip, self._mixer.settings
            if strip is None:
                return
            act(strip.stem)
            if self._mixer.settings == before:
                why = in_vain if strip.is_stem else tr("{lane} has no comp, no delta and no muted ranges")
                self.said.emit(why.format(lane=stem_name(strip.stem)))

        return run

    def _hear(self, take: Take, lacking: str) -> Callable[[], None]:
        """Let the focused lane sound as something else than its stage, if there is that of it."""

        def run() -> None:
            strip = self._mixer.state.focused_strip
            sounds = strip is not None and strip.take == take
            self._on_lane(lambda stem: self._mixer.set_take(stem, take), tr(_ALREADY) if sounds else lacking)()

        return run

    def _present(self, state: MixerState) -> None:
        self.delta.setChecked(state.delta)
        for action, gain_db in zip(self.delta_gains, DELTA_GAINS_DB, strict=True):
            action.setChecked(gain_db == state.delta_gain_db)

    def _present_history(self, state: HistoryState) -> None:
        self.undo.setEnabled(state.can_undo)
        self.redo.setEnabled(state.can_redo)
