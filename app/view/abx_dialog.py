"""The blind test's dialog: choose, listen and answer, read the verdict. All of it works with keys alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import get_args

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.view.ask import Question, ask
from app.view.problem_dialog import show_problem
from app.view.widgets import News, button, column, combo, label, on, restyle, row
from app.viewmodel.abx import TRIALS, AbxModel, AbxResult, AbxState, Guess, Version
from app.viewmodel.display import format_time
from app.viewmodel.sides import Sides
from app.words import number_text, tr

_ANSWERS: dict[str, Guess] = {"1": "A", "2": "B"}


class AbxDialog(QDialog):
    """One blind test on an opened `AbxModel`; closing it gives the player back."""

    def __init__(self, model: AbxModel, folder: Path, parent: QWidget) -> None:
        """Args: folder: Where the file dialog for the results starts."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)  # the model outlives it
        self.setWindowTitle(tr("Blind test"))  # the same throughout: nothing outside the sound tells what X is
        self.setMinimumSize(560, 400)  # on a small screen Qt would make it lower than its texts
        self._model = model
        self._folder = folder
        self._news = News(self)
        self._choose = _ChoosePage(model)
        self._listen = _ListenPage(model)
        self._result = _ResultPage()
        self._pages = QStackedWidget()
        for page in (self._choose, self._listen, self._result):
            self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.addWidget(self._pages)
        # Letters and digits are keys of the test only while one listens: before, they choose in the lists.
        self._keys = [self._key(version, partial(model.play, version)) for version in get_args(Version)]
        self._keys += [self._key(digit, partial(model.answer, guess)) for digit, guess in _ANSWERS.items()]
        self._keys.append(self._key("Space", model.toggle))
        self._choose.cancel.clicked.connect(self.reject)
        self._choose.begin.setDefault(True)  # a button knows its dialog only now
        self._result.save.clicked.connect(self._save)
        self._result.again.clicked.connect(model.choose_again)
        self._result.close_button.clicked.connect(self.reject)
        model.changed.connect(self._present)
        self._present(model.state)
        self._choose.setFocus()

    def reject(self) -> None:
        """Leave; answers that would be lost are asked about."""
        state = self._model.state
        if state.phase == "listening" and state.answered:
            details = tr("The %n answers so far would be lost.", "", state.answered)
            question = Question(tr("Blind test"), tr("Leave the test?"), details, tr("Leave"), tr("Go on"))
            ask(self, question, self._model.close)
            return
        self._model.close()

    def _key(self, key: str, slot: Callable[[], None]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.activated.connect(slot)
        shortcut.setAutoRepeat(False)
        return shortcut

    def _present(self, state: AbxState) -> None:
        if state.phase == "closed":
            self.done(0)
            return
        for key in self._keys:
            key.setEnabled(state.phase == "listening")
        page = {"listening": self._listen, "done": self._result}.get(state.phase, self._choose)
        if page is not self._pages.currentWidget():
            self._pages.setCurrentWidget(page)
            page.setFocus()
        page.present(state)
        self._news.present(page.told)

    def _save(self) -> None:
        file = tr("Blind test, {subject}").format(subject=self._model.state.subject) + ".csv"
        start = str(self._folder / file)
        name, _filter = QFileDialog.getSaveFileName(self, tr("Save the results"), start, tr("Table") + " (*.csv)")
        if name:
            self._model.save(Path(name))
            problem = self._model.state.problem
            if problem is not None:
                show_problem(self, problem)


class _ChoosePage(QWidget):
    """What to compare, and how often; like every page, it gives the keyboard to what one does first."""

    def __init__(self, model: AbxModel) -> None:
        super().__init__()
        self._subject = QComboBox()
        self._subject.setAccessibleName(tr("Compare"))
        self._trials = combo(tr("Number of trials"), ((tr("%n trials", "", count), count) for count in TRIALS))
        self._range = label("", "")
        self._message = label("", "muted", wrap=True)
        self._message.setMinimumHeight(40)
        self.cancel = button(tr("Cancel"), tip=tr("Close without a test (Esc)"))
        self.begin = button(tr("Start"), primary=True, tip=tr("Measure the levels and start the test (Enter)"))
        self.begin.clicked.connect(lambda: model.start(self._subject.currentIndex(), self._trials.currentData()))
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow(tr("Compare"), self._subject)
        form.addRow(tr("Length"), self._trials)
        form.addRow(tr("Range"), self._range)
        self.setFocusProxy(self._subject)
        layout = _column(self)
        layout.addWidget(label(tr("Can you hear the difference?"), "headline", wrap=True))
        layout.addWidget(label(_introduction(model.sides), "", wrap=True))
        layout.addSpacing(6)
        layout.addLayout(form)
        layout.addWidget(self._message)
        layout.addStretch(1)
        layout.addLayout(row(1, self.cancel, self.begin))

    @property
    def told(self) -> str:
        """What a screen reader says when it changes."""
        return self._message.text()

    def present(self, state: AbxState) -> None:
        names = [self._subject.itemText(index) for index in range(self._subject.count())]
        if names != list(state.subjects):
            self._subject.clear()
            self._subject.addItems(state.subjects)
        measuring = state.phase == "matching"
        for widget in (self._subject, self._trials, self.begin):
            widget.setEnabled(not measuring)
        length = f"{number_text(state.seconds, 1)} s" if state.seconds < 60 else format_time(state.seconds, 0)
        where = tr("the whole song, {length}") if state.whole_song else tr("the loop, {length}")
        self._range.setText(where.format(length=length))
        problem = state.problem
        text = f"{problem.text} {problem.advice}" if problem else state.warning
        self._message.setText(tr("Measuring how loud both are…") if measuring else text)
        _restyle(self._message, "danger" if problem and not measuring else "muted")


class _ListenPage(QWidget):
    """One trial after another."""

    def __init__(self, model: AbxModel) -> None:
        super().__init__()
        self._title = label("", "headline")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Answered trials"))
        self._versions: dict[str, QPushButton] = {}
        for version in get_args(Version):
            name = tr("Hear {version}").format(version=version)
            made = button(version, tip=f"{name} ({version})")
            made.setObjectName("abx")
            made.setCheckable(True)
            made.setAccessibleName(name)
            on(made.clicked, partial(model.play, version))
            self._versions[version] = made
        self._answers: list[QPushButton] = []
        for key, guess in _ANSWERS.items():
            text = tr("X is {guess}").format(guess=guess)
            made = button(f"{text}  ({key})", tip=tr("Answer: X is {guess} ({key})").format(guess=guess, key=key))
            made.setMinimumSize(QSize(130, 40))
            on(made.clicked, partial(model.answer, guess))
            self._answers.append(made)
        self._pause = button(tr("Pause"), tip=tr("Play or pause (Space)"))
        self._pause.clicked.connect(model.toggle)
        self._sounding = label("", "muted")
        self.setFocusProxy(self._versions["A"])
        layout = _column(self)
        layout.addWidget(self._title)
        layout.addWidget(self._bar)
        layout.addSpacing(10)
        layout.addLayout(row(*self._versions.values(), spacing=12))
        layout.addLayout(row(self._sounding, 1, self._pause))
        layout.addSpacing(10)
        layout.addLayout(row(1, *self._answers, 1, spacing=12))
        layout.addStretch(1)
        layout.addWidget(label(_hint(), "small", wrap=True))

    @property
    def told(self) -> str:
        """What a screen reader says when it changes."""
        return self._title.text()

    def present(self, state: AbxState) -> None:
        number = min(state.answered + 1, state.trials)
        self._title.setText(tr("Trial {number} of {count}").format(number=number, count=state.trials))
        self._bar.setRange(0, state.trials)
        self._bar.setValue(state.answered)
        for version, made in self._versions.items():
            if version == state.version and not made.isChecked():
                made.setFocus()  # else another one would still look chosen
            made.setChecked(version == state.version)
        for made in self._answers:
            made.setEnabled(state.can_answer)
        self._pause.setEnabled(state.version is not None)
        self._pause.setText(tr("Pause") if state.playing or state.version is None else tr("Play"))
        doing = tr("Playing {version}") if state.playing else tr("Paused in {version}")
        doing = doing.format(version=state.version)
        self._sounding.setText(doing if state.version else tr("Press A, B or X to listen"))


class _ResultPage(QWidget):
    """How it went."""

    def __init__(self) -> None:
        super().__init__()
        self._verdict = label("", "headline", wrap=True)
        self._explanation = label("", "", wrap=True)
        self._answers = label("", "muted", wrap=True)
        for text in (self._verdict, self._explanation, self._answers):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._saved = label("", "small", wrap=True)
        self.save = button(tr("Save results…"), tip=tr("Write one row for each trial to a CSV file"))
        self.again = button(tr("Test again"), tip=tr("Choose anew and start another test"))
        self.close_button = button(tr("Close"), primary=True, tip=tr("Close (Esc)"))
        self.setFocusProxy(self.close_button)
        buttons = row(self.save, self.again, 1, self.close_button)
        self.setLayout(column(self._verdict, self._explanation, self._answers, 1, self._saved, buttons, spacing=12))

    @property
    def told(self) -> str:
        """What a screen reader says when it changes."""
        return f"{self._verdict.text()} {self._explanation.text()}"

    def present(self, state: AbxState) -> None:
        if state.result is None:
            return
        self._verdict.setText(state.result.verdict)
        self._explanation.setText(f"{state.subject}: {state.result.explanation}")
        self._answers.setText(_answers_text(state.result))
        self._saved.setText(tr("Saved as {file}").format(file=state.saved.name) if state.saved else "")


def _answers_text(result: AbxResult) -> str:
    right, wrong = (
        tr("{number}: X was {x}, you said {answer}"), tr("{number}: X was {x}, you said {answer} (wrong)"),
    )  # fmt: skip
    lines = [
        (right if trial.x == trial.answer else wrong).format(number=number, x=trial.x, answer=trial.answer)
        for number, trial in enumerate(result.trials, start=1)
    ]
    return "\n".join(lines)


def _introduction(sides: Sides) -> str:
    return tr(
        "A is {first}, B is {second}, both equally loud. X is one of them, drawn anew for every trial. "
        "Listen as often as you like, then say which one X is. How you did is told at the end."
    ).format(first=sides[1].told, second=sides[2].told)


def _hint() -> str:
    return tr("A, B and X switch at the same moment of the music. Space pauses; 1 and 2 answer, once you have heard X.")


def _column(page: QWidget) -> QVBoxLayout:
    layout = column(spacing=12)
    page.setLayout(layout)
    return layout


def _restyle(text: QLabel, name: str) -> None:
    if text.objectName() != name:
        text.setObjectName(name)
        restyle(text)
