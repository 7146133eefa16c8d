"""The actions of menu Lanes about focus, level, mute, solo and reference."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction

from app.view.action_maker import ActionMaker
from app.viewmodel.mixer import MixerModel
from app.words import tr

_LANE_KEYS = 9


class LaneActions:
    """Those about references are connected by whoever asks for the file."""

    def __init__(self, make: ActionMaker, mixer: MixerModel) -> None:
        def on_focused(act: Callable[[int], None]) -> Callable[[], None]:
            return lambda: act(mixer.state.focused)

        def for_each(words: str, modifier: str, act: Callable[[int], None]) -> list[QAction]:
            return [
                make(words.format(number=index + 1), f"{modifier}{index + 1}", do=partial(act, index))
                for index in range(_LANE_KEYS)
            ]

        self.mute = make(tr("&Mute focused lane"), "M", do=on_focused(mixer.toggle_mute_at))
        self.solo = make(tr("S&olo focused lane"), "S", do=on_focused(mixer.toggle_solo_at))
        true_stem = tr("The true stem, to compare with")
        self.reference = make(tr("Re&ference for this lane…"), "Ctrl+Alt+R", tip=true_stem)
        self.remove_reference = make(tr("Remove the lane's reference"))
        self.up = make(tr("Focus lane &above"), "Up", do=on_focused(lambda index: mixer.focus(index - 1)))
        self.down = make(tr("Focus lane &below"), "Down", do=on_focused(lambda index: mixer.focus(index + 1)))
        self.levels = (
            make(tr("&Louder by 1 dB"), "Ctrl+Up", do=partial(mixer.nudge_focused, 1.0)),
            make(tr("&Softer by 1 dB"), "Ctrl+Down", do=partial(mixer.nudge_focused, -1.0)),
            make(tr("Louder by 0.1 dB"), "Ctrl+Shift+Up", do=partial(mixer.nudge_focused, 0.1)),
            make(tr("Softer by 0.1 dB"), "Ctrl+Shift+Down", do=partial(mixer.nudge_focused, -0.1)),
        )
        self.focus_each = for_each(tr("Focus lane {number}"), "", mixer.focus)
        self.solo_each = for_each(tr("Solo lane {number}"), "Shift+", mixer.toggle_solo_at)
        self.mute_each = for_each(tr("Mute lane {number}"), "Alt+", mixer.toggle_mute_at)

    def song_actions(self) -> list[QAction]:
        """Those that need a song on show."""
        one = [self.mute, self.solo, self.up, self.down, *self.levels]
        return [*one, *self.focus_each, *self.solo_each, *self.mute_each]
