"""The menu bar: every action of the window."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QMenuBar

from app.view.actions import Actions
from app.view.sides import SideMenus
from app.words import tr


def fill_menus(bar: QMenuBar, actions: Actions, recent: QMenu, outputs: QMenu, sides: SideMenus) -> None:
    """Add all menus to an empty menu bar."""
    file = bar.addMenu(tr("&File"))
    file.addActions([actions.open, actions.open_folder])
    file.addMenu(recent)
    if actions.demo.isVisible():
        file.addAction(actions.demo)
    file.addSeparator()
    file.addActions([actions.export, actions.export_mix])
    actions.drag.fill_menu(file)
    file.addAction(actions.library)
    file.addSeparator()
    file.addAction(actions.quit)
    edit = bar.addMenu(tr("&Edit"))
    edit.addActions([actions.mix.undo, actions.mix.redo, actions.mix.reset])
    edit.addSeparator()
    edit.addActions([actions.models, actions.options])
    split = bar.addMenu(tr("&Split"))
    split.addActions([actions.songs.pause, actions.songs.retry_all])
    split.addSeparator()
    split.addActions([*actions.songs.of_one_song, actions.songs.remove_done])
    split.addSeparator()
    split.addActions([actions.songs.next_song, actions.songs.previous_song])
    _fill_play(bar.addMenu(tr("&Play")), actions, outputs)
    _fill_compare(bar.addMenu(tr("&Compare")), actions, sides)
    lanes = bar.addMenu(tr("&Lanes"))
    levels = (*actions.lanes.levels, actions.mix.peaks, actions.mix.clip_lights)
    lanes.addActions([actions.lanes.mute, actions.lanes.solo, *levels])
    lanes.addSeparator()
    lanes.addActions(actions.mix.of_ranges)
    lanes.addSeparator()
    lanes.addActions([*actions.mix.takes, actions.lanes.up, actions.lanes.down])
    lanes.addSeparator()
    lanes.addActions([actions.lanes.reference, actions.lanes.remove_reference])
    lanes.addSeparator()
    for title, group in (
        (tr("Foc&us"), actions.lanes.focus_each),
        (tr("Solo la&ne"), actions.lanes.solo_each),
        (tr("Mu&te lane"), actions.lanes.mute_each),
    ):
        lanes.addMenu(title).addActions(group)
    view = bar.addMenu(tr("&View"))
    view.addActions([actions.zoom_in, actions.zoom_out, actions.fit])
    view.addSeparator()
    actions.display.fill_menu(view)
    view.addSeparator()
    view.addMenu(tr("&Theme")).addActions(list(actions.themes.values()))
    about = bar.addMenu(tr("&Help"))
    about.addActions([actions.keys, actions.status, actions.support, actions.log_folder, actions.about])


def _fill_compare(menu: QMenu, actions: Actions, sides: SideMenus) -> None:
    menu.addActions([actions.stage_1, actions.stage_2, actions.stage_toggle, actions.mix.delta])
    menu.addMenu(tr("Delta make-up &gain")).addActions(actions.mix.delta_gains)
    menu.addSeparator()
    for inner in (*sides.sides, sides.split):
        menu.addMenu(inner)
    menu.addSeparator()
    menu.addAction(actions.blind_test)


def _fill_play(play: QMenu, actions: Actions, outputs: QMenu) -> None:
    play.addActions([actions.play, actions.to_start, actions.to_end])
    play.addSeparator()
    play.addActions(actions.seeks)
    play.addSeparator()
    for part in (actions.transport, actions.metronome):
        part.fill_menu(play)
    play.addMenu(outputs)
