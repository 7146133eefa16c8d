"""Every action of the window with its words, key and icon; menus, buttons and the key sheet are made from these."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from app.settings import ThemeChoice
from app.view.display_actions import DisplayActions
from app.view.drag_actions import DragActions
from app.view.metronome_actions import MetronomeActions
from app.view.mix_actions import Look, MixActions, connect
from app.view.song_actions import SongActions
from app.view.theme import Theme
from app.view.transport_actions import TransportActions
from app.view.widgets import once_split
from app.viewmodel.display import DisplayModel
from app.viewmodel.mixer import MixerModel
from app.viewmodel.queue import Song
from app.viewmodel.strips import MixerState
from app.viewmodel.transport import TransportModel
from app.words import number_text, tr
from engine.api import STAGES

_LANE_KEYS = 9
_ZOOM_STEP = 0.6


class Actions(QObject):
    """The window's actions. Those about files and dialogs are connected by the main window."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons: list[tuple[QAction, str, str]] = []
        make = self._make
        self.open = make(Look(tr("&Add songs…"), ("Ctrl+O",), "open"))
        self.open_folder = make(Look(tr("Add a &folder…"), ("Ctrl+Shift+O",), "folder"))
        self.demo = make(Look(tr("Try the &demo song"), (), "note"))
        self.export = make(Look(tr("&Export stems…"), ("Ctrl+E",), "export"))
        self.export_mix = make(Look(tr("Export the &mix as heard…"), ("Ctrl+Shift+E",)))
        self.drag, self.metronome = DragActions(make), MetronomeActions(make)
        self.quit = make(Look(tr("&Quit"), ("Ctrl+Q",)))
        self.songs = SongActions(make)
        self.options = make(Look(tr("&Preferences…"), ("Ctrl+,",), "settings"))
        self.models = make(Look(tr("M&odels…"), (), "", tr("Choose, add and download trained networks")))
        self.play = make(Look(tr("&Play or pause"), ("Space",), "play"))
        self.to_start = make(Look(tr("To the &start"), ("Home",), "to-start"))
        self.to_end = make(Look(tr("To the &end"), ("End",), "to-end"))
        self.seeks = [*self._seeks(tr("Back {time}"), "Left"), *self._seeks(tr("Forward {time}"), "Right")]
        self.stage_1 = make(Look("", ("A",)))
        self.stage_2 = make(Look("", ("B",)))
        self.stage_toggle = make(Look(tr("S&witch between A and B"), ("X",)))
        self.blind_test = make(Look(tr("Blind &test (ABX)…"), ("Ctrl+B",), "", tr("Can you hear the difference?")))
        self.mute = make(Look(tr("&Mute focused lane"), ("M",)))
        self.solo = make(Look(tr("S&olo focused lane"), ("S",)))
        self.reference = make(
            Look(tr("Re&ference for this lane…"), ("Ctrl+Alt+R",), "", tr("The true stem, to compare with"))
        )
        self.remove_reference = make(Look(tr("Remove the lane's reference")))
        self.lane_up = make(Look(tr("Focus lane &above"), ("Up",)))
        self.lane_down = make(Look(tr("Focus lane &below"), ("Down",)))
        self.louder = make(Look(tr("&Louder by 1 dB"), ("Ctrl+Up",)))
        self.softer = make(Look(tr("&Softer by 1 dB"), ("Ctrl+Down",)))
        self.finely_louder = make(Look(tr("Louder by 0.1 dB"), ("Ctrl+Shift+Up",)))
        self.finely_softer = make(Look(tr("Softer by 0.1 dB"), ("Ctrl+Shift+Down",)))
        self.lanes = self._for_each_lane(tr("Focus lane {number}"), "")
        self.lane_solos = self._for_each_lane(tr("Solo lane {number}"), "Shift+")
        self.lane_mutes = self._for_each_lane(tr("Mute lane {number}"), "Alt+")
        self.mix = MixActions(make)
        self.zoom_in = make(
            Look(tr("Zoom &in"), ("Ctrl++", "Ctrl+="), "zoom-in", tr("Ctrl+wheel zooms at the pointer"))
        )
        self.zoom_out = make(Look(tr("Zoom &out"), ("Ctrl+-",), "zoom-out", tr("Ctrl+wheel zooms at the pointer")))
        self.fit = make(Look(tr("Show the &whole song"), ("Ctrl+0",), "fit"))
        self.keys = make(Look(tr("&Keys and mouse…"), ("F1", "?")))
        self.status = make(Look(tr("&Device and memory…"), ("Ctrl+I",)))
        self.support = make(
            Look(tr("Save a &support file…"), (), "", tr("Facts and logs for whoever helps, without audio"))
        )
        self.log_folder = make(Look(tr("Open the &log folder")))
        self.about = make(Look(tr("&About Bandsaw")))
        of_whole_songs = (self.export, self.export_mix, self.blind_test, *self.metronome.all)
        self._tips = {each: each.toolTip() for each in of_whole_songs}
        self.themes = self._make_themes()
        self.transport = TransportActions(make)
        self.display = DisplayActions(make, self)
        theme.changed.connect(self._set_icons)

    def connect_models(self, mixer: MixerModel, transport: TransportModel, display: DisplayModel) -> None:
        """Let the actions about sound and view do their work."""
        for action, slot in (
            (self.play, transport.toggle),
            (self.to_start, lambda: transport.seek(0)),
            (self.to_end, lambda: transport.seek(transport.state.samples)),
            (self.stage_1, lambda: mixer.set_stage(1)),
            (self.stage_2, lambda: mixer.set_stage(2)),
            (self.stage_toggle, mixer.toggle_stage),
            (self.fit, display.fit),
            (self.zoom_in, lambda: display.zoom(transport.state.position, _ZOOM_STEP)),
            (self.zoom_out, lambda: display.zoom(transport.state.position, 1 / _ZOOM_STEP)),
            (self.lane_up, lambda: mixer.focus(mixer.state.focused - 1)),
            (self.lane_down, lambda: mixer.focus(mixer.state.focused + 1)),
            (self.louder, lambda: mixer.nudge_focused(1.0)),
            (self.softer, lambda: mixer.nudge_focused(-1.0)),
            (self.finely_louder, lambda: mixer.nudge_focused(0.1)),
            (self.finely_softer, lambda: mixer.nudge_focused(-0.1)),
            (self.mute, lambda: mixer.toggle_mute_at(mixer.state.focused)),
            (self.solo, lambda: mixer.toggle_solo_at(mixer.state.focused)),
        ):
            connect(action, slot)
        for action, seconds in zip(self.seeks, (-5.0, -30.0, -0.1, 5.0, 30.0, 0.1), strict=True):
            connect(action, lambda seconds=seconds: transport.seek_by(seconds))
        for index in range(_LANE_KEYS):
            connect(self.lanes[index], lambda index=index: mixer.focus(index))
            connect(self.lane_solos[index], lambda index=index: mixer.toggle_solo_at(index))
            connect(self.lane_mutes[index], lambda index=index: mixer.toggle_mute_at(index))
        mixer.changed.connect(self._present_sides)
        self._present_sides(mixer.state)
        self.transport.connect_models(transport)
        self.display.connect_models(transport, display)

    def song_actions(self) -> Sequence[QAction]:
        """Those that need a song on show, of which some may still be being split."""
        single = (
            self.play, self.to_start, self.to_end,
            self.stage_1, self.stage_2, self.stage_toggle,
            self.mute, self.solo, self.lane_up, self.lane_down, self.louder, self.softer,
            self.finely_louder, self.finely_softer,
            self.zoom_in, self.zoom_out, self.fit, *self.display.song_actions(),
        )  # fmt: skip
        return (
            *single, *self.mix.all, *self.transport.song_actions(),
            *self.seeks, *self.lanes, *self.lane_solos, *self.lane_mutes,
        )  # fmt: skip

    def present_song(self, song: Song | None, *, comparable: bool) -> None:
        """Allow what can be done with the song on show, if there is one; some of it needs two sides to compare."""
        audible = song is not None and song.audible is not None
        for action in self.song_actions():
            action.setEnabled(audible)
        self.mix.delta.setEnabled(audible and comparable)
        whole = song.separation if song is not None else None
        for action, tip in self._tips.items():
            action.setEnabled(whole is not None)
            early = audible and whole is None
            action.setToolTip(f"{tip}\n{once_split()}" if early else tip)
        self.blind_test.setEnabled(whole is not None and comparable)

    def present_playing(self, playing: bool) -> None:
        """Show what the play button does next."""
        icon = "pause" if playing else "play"
        self._icons = [(action, icon if action is self.play else name, color) for action, name, color in self._icons]
        self.play.setIcon(self._theme.icon(icon, "accent_text"))

    def _present_sides(self, state: MixerState) -> None:
        first, second = (state.sides[stage].told.replace("&", "&&") for stage in STAGES)
        self.stage_1.setText(tr("Hear &A: {side}").format(side=first))
        self.stage_2.setText(tr("Hear &B: {side}").format(side=second))

    def _make(self, look: Look) -> QAction:
        action = QAction(look.text, self)
        keys = [QKeySequence.fromString(key) for key in look.keys]
        action.setShortcuts(keys)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        plain = look.text.replace("&", "").rstrip("…")
        names = ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys)
        action.setToolTip(plain + (f" ({names})" if names else "") + (f"\n{look.tip}" if look.tip else ""))
        if look.icon:
            color = "accent_text" if look.icon == "play" else "text"
            self._icons.append((action, look.icon, color))
        return action

    def _seeks(self, words: str, arrow: str) -> list[QAction]:
        steps = (("5 s", arrow), ("30 s", f"Shift+{arrow}"), (f"{number_text(0.1, 1)} s", f"Ctrl+{arrow}"))
        return [self._make(Look(words.format(time=time), (key,))) for time, key in steps]

    def _for_each_lane(self, words: str, modifier: str) -> list[QAction]:
        return [self._make(Look(words.format(number=n), (f"{modifier}{n}",))) for n in range(1, _LANE_KEYS + 1)]

    def _make_themes(self) -> dict[ThemeChoice, QAction]:
        group = QActionGroup(self)
        made: dict[ThemeChoice, QAction] = {}
        choices: tuple[tuple[ThemeChoice, str], ...] = (
            ("system", tr("&As the system")), ("dark", tr("&Dark")), ("light", tr("&Light")),
        )  # fmt: skip
        for choice, text in choices:
            made[choice] = self._make(Look(text))
            made[choice].setCheckable(True)
            group.addAction(made[choice])
        return made

    def _set_icons(self) -> None:
        for action, name, color in self._icons:
            action.setIcon(self._theme.icon(name, color))
