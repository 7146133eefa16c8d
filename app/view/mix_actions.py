"""The actions that change the mix: undo, delta, comping, what a lane sounds as."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QAction

from app.view.action_maker import ActionMaker
from app.view.given import Models
from app.viewmodel.history import HistoryState
from app.viewmodel.strips import DELTA_GAINS_DB, MixerState
from app.words import number_text, tr


class MixActions:
    """Those about ranges and takes change the focused lane. Whoever shows meters tells peaks and puts lights out."""

    def __init__(self, make: ActionMaker, models: Models) -> None:
        mixer, transport, history = models.mixer, models.transport, models.history

        def on_lane(act: Callable[[str], None]) -> Callable[[], None]:
            def run() -> None:
                strip = mixer.state.focused_strip
                if strip is not None:
                    act(strip.stem)

            return run

        def at_playhead(act: Callable[[str, int], None]) -> Callable[[], None]:
            return on_lane(lambda stem: act(stem, transport.state.position))

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
        take_a, take_b = (on_lane(lambda stem, stage=stage: mixer.comp(stem, loop(), stage)) for stage in (1, 2))
        mute_loop = on_lane(lambda stem: mixer.mute_range(stem, loop()))
        clear_comp, clear_gaps = (
            on_lane(lambda stem, kind=kind: mixer.clear_ranges(stem, kind)) for kind in ("comp", "gaps")
        )
        move_border, remove_range = at_playhead(mixer.move_nearest_border), at_playhead(mixer.remove_range_at)
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
            on_lane(lambda stem, take=take: mixer.set_take(stem, take)) for take in ("delta", "comp", "reference")
        )
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

    def _present(self, state: MixerState) -> None:
        self.delta.setChecked(state.delta)
        for action, gain_db in zip(self.delta_gains, DELTA_GAINS_DB, strict=True):
            action.setChecked(gain_db == state.delta_gain_db)

    def _present_history(self, state: HistoryState) -> None:
        self.undo.setEnabled(state.can_undo)
        self.redo.setEnabled(state.can_redo)
