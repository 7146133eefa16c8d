"""The window in English and in German: nothing is left in English, cut off, or reached by the same letter twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QMenu,
    QMenuBar,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.errors import describe
from app.settings import Places, SettingsStore
from app.view.abx_dialog import AbxDialog
from app.view.actions import Actions
from app.view.dialogs import Dialogs
from app.view.export_dialog import ExportDialog
from app.view.given import Surroundings
from app.view.header import Header
from app.view.keys_dialog import KeysDialog
from app.view.library_dialog import LibraryDialog
from app.view.models_dialog import ModelsDialog
from app.view.outputs_dialog import OutputsDialog
from app.view.picture_options import PictureOptions
from app.view.practice import PracticePopover
from app.view.preferences import PreferencesDialog
from app.view.problem_dialog import DetailsDialog
from app.view.status import StatusButton, SupportDialog
from app.view.theme import Theme
from app.view.widgets import ElidedLabel
from app.viewmodel.abx import AbxSong
from app.viewmodel.export_form import song_on_show
from app.viewmodel.models import Unnamed
from app.words import LANGUAGES
from engine.api import DeviceError, ModelError
from tests.support.fake_engine import FakeEngine
from tests.support.translations import GERMAN
from tests.support.window import SMALLEST, open_song, visible

_ICON_ONLY = Qt.ToolButtonStyle.ToolButtonIconOnly
_ARROW_PX = 20

in_german = pytest.mark.usefixtures("german")


def submenus(parent: QMenuBar | QMenu) -> Iterator[QMenu]:
    for action in parent.actions():
        menu = action.menu()
        if isinstance(menu, QMenu):
            yield menu
            yield from submenus(menu)


def clashes(texts: Iterable[str]) -> list[str]:
    """The letters that two texts share."""
    found = [re.search(r"&(\w)", text.replace("&&", "")) for text in texts]
    letters = [each[1].lower() for each in found if each]
    return [letter for letter in set(letters) if letters.count(letter) > 1]


def words(parent: QMenuBar | QMenu) -> list[str]:
    return [action.text() for action in parent.actions()]


def check_mnemonics(studio: Studio) -> None:
    menus = list(submenus(studio.window.menuBar()))
    assert len(menus) > 15
    assert {menu.title(): letters for menu in menus if (letters := clashes(words(menu)))} == {}
    (card,) = studio.window.findChildren(PracticePopover)  # is open while the menus can be reached
    named = [each.text() for each in card.findChildren(QWidget) if isinstance(each, QLabel | QAbstractButton)]
    assert clashes([*words(studio.window.menuBar()), *named]) == []


def test_no_two_entries_of_a_menu_or_of_the_practice_card_share_a_letter(studio: Studio) -> None:
    check_mnemonics(studio)


@in_german
def test_no_two_entries_of_a_german_menu_or_card_share_a_letter(studio: Studio) -> None:
    check_mnemonics(studio)


def keys_of_all_actions(qapp: QApplication, studio: Studio, places: Places) -> list[list[str]]:
    around = Surroundings(studio.settings, Theme(qapp), places, demo=None)
    actions = Actions(studio.models, around, studio.window.findChildren(Dialogs)[0], qapp)
    keys = [[key.toString() for key in action.shortcuts()] for action in actions.findChildren(QAction)]
    actions.deleteLater()
    return keys


def test_keys_are_the_same_in_both_languages(
    qapp: QApplication, studio: Studio, places: Places, request: pytest.FixtureRequest
) -> None:
    english = keys_of_all_actions(qapp, studio, places)
    request.getfixturevalue("german")
    assert keys_of_all_actions(qapp, studio, places) == english
    assert "Space" in {key for keys in english for key in keys}
    assert QKeySequence("Space").toString(QKeySequence.SequenceFormat.NativeText) == "Leertaste"


def dialogs(qapp: QApplication, studio: Studio) -> list[QDialog]:
    """Most dialogs, about the song on show."""
    models, window = studio.models, studio.window
    song = models.session.state.song
    assert song is not None
    assert song.separation is not None
    theme = Theme(qapp)
    theme.choose("dark")
    models.form.open(song_on_show(song.separation, models.mixer.state, models.transport.state))
    models.abx.open(AbxSong(song.separation, song.name, models.mixer.state, None))
    return [
        PreferencesDialog(studio.settings, models.output, models.library, models.models, window),
        ExportDialog(models.export, models.form, theme, window),
        AbxDialog(models.abx, song.source.parent, window),
        KeysDialog(window.menuBar(), window),
        LibraryDialog(models.library, models.session, window),
        ModelsDialog(models.models, window),
        OutputsDialog(models.models, Unnamed(Path("mine.ckpt"), "", ("vocals", "bass", "drums", "other")), window),
        PictureOptions(models.display, window),
        SupportDialog(window.findChildren(Dialogs)[0].support_facts, window),
        DetailsDialog(window, *_problem_words()),
    ]


def _problem_words() -> tuple[str, str, str]:
    problem = describe(ModelError("no model"))
    return problem.title, problem.advice, ""


def texts(root: QWidget) -> Iterator[str]:
    """All that is to be read or heard in a window, also in menus that are closed."""
    for widget in (root, *root.findChildren(QWidget)):
        yield from (widget.windowTitle(), widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        elif isinstance(widget, QMenu):
            yield widget.title()
        elif isinstance(widget, QComboBox):
            yield from (widget.itemText(index) for index in range(widget.count()))
        elif isinstance(widget, QTreeWidget):
            yield from (widget.headerItem().text(column) for column in range(widget.columnCount()))
    for action in root.findChildren(QAction):
        yield from (action.text(), action.toolTip(), action.iconText())


def english_left(shown: set[str]) -> set[str]:
    """Texts that are English, though they have been translated into something else."""
    changed = [message.source for message in GERMAN if message.source not in message.texts]
    english = _any_of(changed)
    german = _any_of([text for message in GERMAN for text in message.texts])
    bare = {text: text.replace("&", "") for text in shown}
    return {text for text in shown if english.fullmatch(bare[text]) and not german.fullmatch(bare[text])}


def _any_of(words: list[str]) -> re.Pattern[str]:
    """Matches each of these, with any value in the place of a field."""
    fixed = [re.split(r"\{\w+\}|%n", each.replace("&", "")) for each in words]
    return re.compile("|".join(".+".join(map(re.escape, parts)) for parts in fixed))


@in_german
def test_a_german_window_and_its_dialogs_have_no_english_left(
    qapp: QApplication, qtbot: QtBot, studio: Studio, song: Path
) -> None:
    empty = set(texts(studio.window))
    open_song(qtbot, studio, song)
    studio.models.transport.set_loop(100, 9000)
    studio.models.mixer.set_gain("vocals", -6.0)
    shown = empty | set(texts(studio.window))
    for dialog in dialogs(qapp, studio):
        shown |= set(texts(dialog))
        dialog.close()
    assert len(shown) > 400
    assert {"&Datei", "Gesang: Pegel", "Stems exportieren (Strg+E)", "Sprache"} <= shown
    assert english_left(shown) == set()


def test_english_that_is_left_is_found() -> None:
    left = {"&File", "File", "Vocals level", "Trial 3 of 10", "2 trials"}
    assert english_left({*left, "&Datei", "Gesang: Pegel", "Bass", "Loop"}) == left


def cut(root: QWidget) -> list[str]:
    """Texts that are wider than the widget that shows them; some widgets shorten or wrap their text themselves."""
    found: list[str] = []
    for widget in root.findChildren(QWidget):
        own = isinstance(widget, ElidedLabel | StatusButton) or (isinstance(widget, QLabel) and widget.wordWrap())
        icon_only = (
            isinstance(widget, QToolButton) and widget.toolButtonStyle() == _ICON_ONLY and not widget.icon().isNull()
        )
        if own or icon_only or not widget.isVisible():
            continue
        words, besides = "", 0
        if isinstance(widget, QLabel):
            words = widget.text()
        elif isinstance(widget, QAbstractButton):
            words, besides = widget.text(), 0 if widget.icon().isNull() else widget.iconSize().width()
        elif isinstance(widget, QComboBox):
            words, besides = widget.currentText(), _ARROW_PX
        wide = widget.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, words).width() + besides
        if wide > widget.contentsRect().width():
            found.append(f"{type(widget).__name__} {words}: {wide} > {widget.contentsRect().width()}")
    return found


def test_a_text_that_is_cut_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 200)
    for made in (QPushButton("Ein langer Knopf", window), QLabel("Ein langer Text", window), QPushButton("ja", window)):
        made.resize(40, 20)
    window.show()
    assert [each.split(":")[0] for each in cut(window)] == ["QPushButton Ein langer Knopf", "QLabel Ein langer Text"]


def check_room(qapp: QApplication, qtbot: QtBot, studio: Studio, song: Path) -> None:
    window = studio.window
    window.resize(window.minimumSize())
    window.show()
    QApplication.processEvents()
    found = cut(window)
    open_song(qtbot, studio, song)
    studio.models.transport.set_loop(100, 9000)
    studio.models.mixer.toggle_delta()
    studio.models.mixer.mute_range("vocals", (100, 9000))  # which is told in the export dialog
    studio.models.mixer.mute_range("drums", (100, 9000))
    QApplication.processEvents()
    assert window.size().toTuple() == SMALLEST
    found += cut(window)
    for dialog in dialogs(qapp, studio):
        dialog.show()
        QApplication.processEvents()
        assert dialog.width() <= SMALLEST[0]
        assert dialog.height() <= SMALLEST[1]
        found += cut(dialog)
        dialog.close()
    assert found == []


def test_no_text_is_cut_in_the_smallest_window(qapp: QApplication, qtbot: QtBot, studio: Studio, song: Path) -> None:
    check_room(qapp, qtbot, studio, song)


@in_german
def test_no_german_text_is_cut_in_the_smallest_window(
    qapp: QApplication, qtbot: QtBot, studio: Studio, song: Path
) -> None:
    check_room(qapp, qtbot, studio, song)


@in_german
@pytest.mark.parametrize("width", [900, 1000, 1080, 1280])
def test_the_song_s_name_has_room_beside_the_list(qtbot: QtBot, studio: Studio, song: Path, width: int) -> None:
    other = song.with_name("other.wav")
    other.write_text("another song")
    studio.window.resize(width, 620)
    open_song(qtbot, studio, other)
    open_song(qtbot, studio, song)
    studio.models.transport.set_loop(0, 10_000)  # which brings one more handle to drag
    QApplication.processEvents()
    title, *_facts = studio.window.findChildren(Header)[0].findChildren(ElidedLabel)
    assert title.width() >= 155  # a name of two or three words


@in_german
def test_no_page_and_no_card_is_higher_than_the_smallest_window(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, song: Path
) -> None:
    window = studio.window
    window.resize(window.minimumSize())
    bad = song.with_name("Bad.wav")
    bad.write_bytes(b"")
    engine.errors[bad.name] = DeviceError("a reason that takes a few lines, " * 8)
    open_song(qtbot, studio, song)
    studio.models.session.add([bad])
    qtbot.waitUntil(lambda: studio.models.session.state.songs.items[1].phase == "failed")
    card = window.findChildren(PracticePopover)[0]
    card.toggle()
    assert window.rect().contains(card.geometry())
    card.toggle()
    studio.models.session.select(studio.models.session.state.songs.items[1].key)
    next(button for button in visible(studio, QPushButton) if button.text() == "Details").click()
    QApplication.processEvents()
    stack = window.findChildren(QStackedWidget)[0]
    assert window.size().toTuple() == SMALLEST
    widgets = filter(None, map(stack.widget, range(stack.count())))
    pages = [page for widget in widgets if (page := widget.layout()) is not None]
    needed = [max(page.minimumSize().height(), page.totalMinimumHeightForWidth(stack.width())) for page in pages]
    assert len(needed) == 4
    assert max(needed) <= stack.height()


def test_the_preferences_keep_the_language_for_the_next_start(studio: Studio, places: Places) -> None:
    models = studio.models
    dialog = PreferencesDialog(studio.settings, models.output, models.library, models.models, studio.window)
    combo = next(each for each in dialog.findChildren(QComboBox) if each.accessibleName() == "Language")
    assert [combo.itemText(index) for index in range(combo.count())] == ["As the system", *LANGUAGES.values()]
    combo.setCurrentText("Deutsch")
    dialog.accept()
    assert SettingsStore(places.settings_file).value.language == "de"
