"""Every action of the window with its words, key and icon; menus, buttons and the key sheet are made from these."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from app.settings import ThemeChoice
from app.view.action_maker import ActionMaker
from app.view.dialogs import Dialogs
from app.view.display_actions import DisplayActions
from app.view.drag_actions import DragActions
from app.view.given import Models, Surroundings
from app.view.lane_actions import LaneActions
from app.view.metronome_actions import MetronomeActions
from app.view.mix_actions import MixActions
from app.view.song_actions import SongActions
from app.view.transport_actions import TransportActions
from app.view.widgets import once_split
from app.viewmodel.queue import Song
from app.viewmodel.strips import MixerState
from app.viewmodel.transport import TransportModel
from app.words import number_text, tr
from engine.api import STAGES, Stage

_ZOOM_STEP = 0.6


class Actions(QObject):
    """The window's actions. The main window connects those that concern all of it: demo song, preferences, quit."""

    def __init__(self, models: Models, around: Surroundings, dialogs: Dialogs, parent: QObject) -> None:
        super().__init__(parent)
        self._make = make = ActionMaker(around.theme, self)
        self._make_for_dialogs(dialogs)
        self._make_for_playing(models.transport)
        self.demo = make(tr("Try the &demo song"), icon="note")
        self.demo.setVisible(around.demo is not None)
        self.options = make(tr("&Preferences…"), "Ctrl+,", icon="settings")
        self.quit = make(tr("&Quit"), "Ctrl+Q")
        self.drag, self.songs = DragActions(make, around.settings), SongActions(make, models.session)
        self.mix, self.lanes = MixActions(make, models), LaneActions(make, models.mixer)
        self.metronome = MetronomeActions(make, models.metronome)
        mixer, display = models.mixer, models.display
        self.stage_1 = make("", "A", do=lambda: mixer.set_stage(1))
        self.stage_2 = make("", "B", do=lambda: mixer.set_stage(2))
        self.stage_toggle = make(tr("S&witch between A and B"), "X", do=mixer.toggle_stage)
        closer, wider = (partial(_zoom, models, factor) for factor in (_ZOOM_STEP, 1 / _ZOOM_STEP))
        wheel = tr("Ctrl+wheel zooms at the pointer")
        self.zoom_in = make(tr("Zoom &in"), "Ctrl++", "Ctrl+=", do=closer, icon="zoom-in", tip=wheel)
        self.zoom_out = make(tr("Zoom &out"), "Ctrl+-", do=wider, icon="zoom-out", tip=wheel)
        self.fit = make(tr("Show the &whole song"), "Ctrl+0", do=display.fit, icon="fit")
        self.display = DisplayActions(make, models.transport, display)
        themes: tuple[tuple[ThemeChoice, str], ...] = (
            ("system", tr("&As the system")), ("dark", tr("&Dark")), ("light", tr("&Light")),
        )  # fmt: skip
        self.themes: dict[ThemeChoice, QAction] = {choice: make(text) for choice, text in themes}
        make.one_of(self.themes.values())
        of_whole_songs = (self.export, self.export_mix, self.blind_test, *self.metronome.all)
        self._tips = {each: each.toolTip() for each in of_whole_songs}
        mixer.changed.connect(self._present_sides)
        self._present_sides(mixer.state)

    def song_actions(self) -> Sequence[QAction]:
        """Those that need a song on show, of which some may still be being split."""
        own = (
            self.play, self.to_start, self.to_end, *self.seeks,
            self.stage_1, self.stage_2, self.stage_toggle, self.zoom_in, self.zoom_out, self.fit,
        )  # fmt: skip
        parts = (self.display, self.lanes, self.transport)
        return (*own, *self.mix.all, *(action for part in parts for action in part.song_actions()))

    def present_song(self, song: Song | None, stages: Collection[Stage]) -> None:
        """Allow what can be done with the song on show, if there is one, and with the sides that it has."""
        audible, comparable = song is not None and song.audible is not None, len(stages) > 1
        for action in self.song_actions():
            action.setEnabled(audible)
        for stage, action in zip(STAGES, (self.stage_1, self.stage_2), strict=True):
            action.setEnabled(audible and stage in stages)
        for action in (self.stage_toggle, *self.mix.of_two_sides):
            action.setEnabled(audible and comparable)
        whole = song.separation if song is not None else None
        for action, tip in self._tips.items():
            action.setEnabled(whole is not None)
            early = audible and whole is None
            action.setToolTip(f"{tip}\n{once_split()}" if early else tip)
        self.blind_test.setEnabled(whole is not None and comparable)

    def present_playing(self, playing: bool) -> None:
        """Show what the play button does next."""
        self._make.set_icon(self.play, "pause" if playing else "play", "accent_text")

    def _present_sides(self, state: MixerState) -> None:
        first, second = (state.sides[stage].told.replace("&", "&&") for stage in STAGES)
        self.stage_1.setText(tr("Hear &A: {side}").format(side=first))
        self.stage_2.setText(tr("Hear &B: {side}").format(side=second))

    def _make_for_dialogs(self, dialogs: Dialogs) -> None:
        make = self._make
        self.open = make(tr("&Add songs…"), "Ctrl+O", do=dialogs.add_songs, icon="open")
        self.open_folder = make(tr("Add a &folder…"), "Ctrl+Shift+O", do=dialogs.add_folder, icon="folder")
        self.export = make(tr("&Export stems…"), "Ctrl+E", do=dialogs.export_stems, icon="export")
        self.export_mix = make(tr("Export the &mix as heard…"), "Ctrl+Shift+E", do=dialogs.export_mix)
        kept = tr("Open, delete, and how large it may get")
        self.library = make(tr("&Library of split songs…"), "Ctrl+L", do=dialogs.library, tip=kept)
        networks = tr("Choose, add and download trained networks")
        self.models = make(tr("M&odels…"), do=dialogs.models, tip=networks)
        question = tr("Can you hear the difference?")
        self.blind_test = make(tr("Blind &test (ABX)…"), "Ctrl+B", do=dialogs.blind_test, tip=question)
        self.keys = make(tr("&Keys and mouse…"), "F1", "?", do=dialogs.keys)
        self.status = make(tr("&Device and memory…"), "Ctrl+I", do=dialogs.status)
        facts = tr("Facts and logs for whoever helps, without audio")
        self.support = make(tr("Save a &support file…"), do=dialogs.support_file, tip=facts)
        self.log_folder = make(tr("Open the &log folder"), do=dialogs.log_folder)
        self.about = make(tr("&About Bandsaw"), do=dialogs.about)

    def _make_for_playing(self, transport: TransportModel) -> None:
        make = self._make
        self.play = make(tr("&Play or pause"), "Space", do=transport.toggle)
        self.play.setIconVisibleInMenu(False)  # its colour is for the round button
        self.to_start = make(tr("To the &start"), "Home", do=lambda: transport.seek(0), icon="to-start")
        self.to_end = make(tr("To the &end"), "End", do=lambda: transport.seek(transport.state.samples), icon="to-end")
        steps = (("", 5.0, "5 s"), ("Shift+", 30.0, "30 s"), ("Ctrl+", 0.1, f"{number_text(0.1, 1)} s"))
        self.seeks = [
            make(words.format(time=time), modifier + arrow, do=partial(transport.seek_by, sign * seconds))
            for words, arrow, sign in ((tr("Back {time}"), "Left", -1), (tr("Forward {time}"), "Right", 1))
            for modifier, seconds, time in steps
        ]
        self.transport = TransportActions(make, transport)


def _zoom(models: Models, factor: float) -> None:
    models.display.zoom(models.transport.state.position, factor)
