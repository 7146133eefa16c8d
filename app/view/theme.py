"""Colours, style sheet and icons; dark or light as the desktop asks, or as the user chose."""

from __future__ import annotations

import json
from string import Template
from typing import cast

from PySide6.QtCore import QByteArray, QDir, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory

from app.settings import ThemeChoice
from app.viewmodel.signals import SOURCE
from engine.api import RESIDUAL
from resources import ROOT

_ICON_SIZES = (16, 20, 24, 32, 48)
_NAMED_STEMS = ("vocals", "bass", "drums", "other", RESIDUAL)


class Theme(QObject):
    """The one place that knows a colour. Views ask it when they paint and repaint on `changed`."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._application = application
        self._choice: ThemeChoice = "system"
        self._colors: dict[str, str] = {}
        self._pictures: dict[tuple[str, str, int, float], QPixmap] = {}
        self._name = ""
        QDir.addSearchPath("icons", str(ROOT / "icons"))
        style = QStyleFactory.create("Fusion")
        application.setStyle(style)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)

    def choose(self, choice: ThemeChoice) -> None:
        """Follow the desktop, or stay dark or light."""
        self._choice = choice
        self._apply()

    @property
    def name(self) -> str:
        """`dark` or `light`."""
        return self._name

    def color(self, name: str) -> QColor:
        """A colour of the current theme by its name in resources/styles."""
        return QColor(self._colors[name])

    def colors(self, name: str) -> list[QColor]:
        """A row of colours of the current theme."""
        return [QColor(each) for each in self._colors[name].split()]

    def stem_color(self, stem: str, place: int = 0) -> QColor:
        """The colour a stem has everywhere; by its lane's place, if it is not one of the usual stems."""
        if stem == SOURCE or stem in _NAMED_STEMS:
            return self.color(stem)
        spare = self.colors("extra")
        return spare[place % len(spare)]

    def icon(self, name: str, color: str = "text") -> QIcon:
        """One of our own icons, in a colour of the theme and faint where its control is disabled."""
        icon = QIcon()
        for mode, each in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, "faint")):
            drawing = self._drawing(name, each)
            for size in _ICON_SIZES:
                icon.addPixmap(self._painted(drawing, size), mode)
        return icon

    def pixmap(self, name: str, color: str, size: int) -> QPixmap:
        """One of our own icons as a picture of size x size points, sharp on this screen; each is painted once."""
        wanted = (name, self._colors[color], size, self._application.devicePixelRatio())
        if wanted not in self._pictures:
            self._pictures[wanted] = self._painted(self._drawing(name, color), size)
        return self._pictures[wanted]

    def _drawing(self, name: str, color: str) -> QSvgRenderer:
        text = (ROOT / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        return QSvgRenderer(QByteArray(text.replace("currentColor", self.color(color).name()).encode()))

    def _painted(self, drawing: QSvgRenderer, size: int) -> QPixmap:
        ratio = self._application.devicePixelRatio()
        picture = QPixmap(QSize(size, size) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        drawing.render(painter, QRectF(0, 0, size, size))
        painter.end()
        return picture

    def dot(self, color: QColor) -> QIcon:
        """A small disc in a stem's colour, to stand beside its name."""
        picture = QPixmap(24, 24)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(4, 4, 16, 16)
        painter.end()
        return QIcon(picture)

    def _apply(self) -> None:
        name = self._choice
        if name == "system":
            light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
            name = "light" if light else "dark"
        if name == self._name:
            return
        self._name = name
        folder = ROOT / "styles"
        self._colors = cast("dict[str, str]", json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))
        self._application.setPalette(self._palette())
        sheet = Template((folder / "bandsaw.qss").read_text(encoding="utf-8"))
        self._application.setStyleSheet(sheet.substitute(self._colors, name=name))
        self.changed.emit()

    def _palette(self) -> QPalette:
        role = QPalette.ColorRole
        palette = QPalette()
        for which, color in (
            (role.Window, "window"),
            (role.WindowText, "text"),
            (role.Base, "surface"),
            (role.AlternateBase, "raised"),
            (role.Text, "text"),
            (role.Button, "raised"),
            (role.ButtonText, "text"),
            (role.BrightText, "danger"),
            (role.Highlight, "accent"),
            (role.HighlightedText, "accent_text"),
            (role.ToolTipBase, "raised"),
            (role.ToolTipText, "text"),
            (role.PlaceholderText, "muted"),
            (role.Link, "accent"),
            (role.Accent, "accent"),
        ):
            palette.setColor(which, self.color(color))
        for which in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, which, self.color("faint"))
        return palette
