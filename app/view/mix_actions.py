"""The actions that change the mix: undo, delta, comping, what a lane sounds as."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QAction, QActionGroup

from app.viewmodel.history import History, HistoryState
from app.viewmodel.mixer import MixerModel
from app.viewmodel.strips import MixerState, Take
from app.viewmodel.transport import TransportModel
from app.words import number_text, tr
from engine.api import Stage

_DELTA_GAINS_DB = (0.0, 6.0, 12.0, 18.0, 24.0)


@dataclass(frozen=True)
class Look:
    """An action's words, keys, icon and one more line for its tooltip."""

    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""


class MixActions:
    """Made once with the other actions; `connect_models` lets them work."""

    def __init__(self, make: Callable[[Look], QAction]) -> None:
        self.undo = make(Look(tr("&Undo"), ("Ctrl+Z",), "", tr("Mixer, loop, what A and B are, and list of songs")))
        self.redo = make(Look(tr("&Redo"), ("Ctrl+Shift+Z", "Ctrl+Y")))
        self.reset = make(
            Look(tr("Reset the &mixer"), ("Ctrl+Alt+0",), "", tr("All faders, pans, mutes and solos, and what sounds"))
        )
        self.delta = make(Look(tr("Hear the &delta (B − A)"), ("D",)))
        self.delta.setCheckable(True)
        self.delta_gains = [make(Look(f"{number_text(gain_db, signed=True)} dB")) for gain_db in _DELTA_GAINS_DB]
        group = QActionGroup(self.delta)
        for action in self.delta_gains:
            action.setCheckable(True)
            group.addAction(action)
        where = tr("Without a loop: in the whole song")
        self.comps = [
            make(Look(text, (key,), "", where))
            for text, key in (
                (tr("Comp: take A in the loop"), "Shift+A"),
                (tr("Comp: take B in the loop"), "Shift+B"),
            )
        ]
        self.comp_clear = make(Look(tr("&Clear the lane's comp"), ("Ctrl+Shift+P",)))
        self.mute_loop = make(Look(tr("Mute &in the loop"), ("Shift+M",), "", where + "\n" + tr("Again: sound there")))
        self.gaps_clear = make(Look(tr("Clear t&he lane's muted ranges"), ("Ctrl+Shift+M",)))
        self.border = make(
            Look(tr("Mo&ve the nearest border to the playhead"), ("Shift+E",), "", tr("Of a comp or a muted range"))
        )
        self.range_remove = make(
            Look(tr("Remov&e the range at the playhead"), ("Shift+X",), "", tr("Of a comp or a muted range"))
        )
        self.takes = [
            make(Look(tr("Hear the lane's &delta"), ("Shift+D",))),
            make(Look(tr("Hear the lane's com&p"), ("Shift+P",))),
            make(Look(tr("Hear the lane's &reference"), ("Shift+R",))),
        ]
        self.clip_lights = make(Look(tr("Put out the clip li&ghts"), ("Shift+C",)))

    @property
    def all(self) -> Sequence[QAction]:
        """Those that need a song on show; undo and redo know by themselves."""
        return (
            self.reset, self.delta, *self.delta_gains, *self.of_ranges, *self.takes, self.clip_lights,
        )  # fmt: skip

    @property
    def of_ranges(self) -> Sequence[QAction]:
        """What changes comps and muted ranges."""
        return (*self.comps, self.comp_clear, self.mute_loop, self.gaps_clear, self.border, self.range_remove)

    def connect_models(self, mixer: MixerModel, transport: TransportModel, history: History) -> None:
        """Let the actions do their work."""
        for action, slot in (
            (self.undo, history.undo),
            (self.redo, history.redo),
            (self.reset, mixer.reset),
            (self.delta, mixer.toggle_delta),
            (self.comp_clear, lambda: _with_focused(mixer, lambda stem: mixer.clear_ranges(stem, "comp"))),
            (self.gaps_clear, lambda: _with_focused(mixer, lambda stem: mixer.clear_ranges(stem, "gaps"))),
            (self.mute_loop, lambda: _with_focused(mixer, lambda stem: mixer.mute_range(stem, _span(transport)))),
            (self.border, lambda: _with_focused(mixer, partial(_at_playhead, transport, mixer.move_nearest_border))),
            (self.range_remove, lambda: _with_focused(mixer, partial(_at_playhead, transport, mixer.remove_range_at))),
        ):
            connect(action, slot)
        for action, gain_db in zip(self.delta_gains, _DELTA_GAINS_DB, strict=True):
            connect(action, partial(mixer.set_delta_gain, gain_db))
        stages: tuple[Stage, ...] = (1, 2)
        for action, stage in zip(self.comps, stages, strict=True):
            connect(action, partial(_comp, mixer, transport, stage))
        takes: tuple[Take, ...] = ("delta", "comp", "reference")
        for action, take in zip(self.takes, takes, strict=True):
            connect(action, partial(_with_focused, mixer, partial(_set_take, mixer, take)))
        mixer.changed.connect(self._present)
        history.changed.connect(self._present_history)
        self._present_history(history.state)

    def _present(self, state: MixerState) -> None:
        self.delta.setChecked(state.delta)
        for action, gain_db in zip(self.delta_gains, _DELTA_GAINS_DB, strict=True):
            action.setChecked(gain_db == state.delta_gain_db)

    def _present_history(self, state: HistoryState) -> None:
        self.undo.setEnabled(state.can_undo)
        self.redo.setEnabled(state.can_redo)


def connect(action: QAction, slot: Callable[[], object]) -> None:
    """Leave out the `checked` that Qt would pass."""
    action.triggered.connect(lambda _checked: slot())


def _with_focused(mixer: MixerModel, act: Callable[[str], None]) -> None:
    strip = mixer.state.focused_strip
    if strip is not None:
        act(strip.stem)


def _set_take(mixer: MixerModel, take: Take, stem: str) -> None:
    mixer.set_take(stem, take)


def _comp(mixer: MixerModel, transport: TransportModel, stage: Stage) -> None:
    _with_focused(mixer, lambda stem: mixer.comp(stem, _span(transport), stage))


def _span(transport: TransportModel) -> tuple[int, int]:
    return transport.state.loop or (0, transport.state.samples)


def _at_playhead(transport: TransportModel, act: Callable[[str, int], None], stem: str) -> None:
    act(stem, transport.state.position)
