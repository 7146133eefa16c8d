"""A list in columns, of which one row may be chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from app.view.widgets import plain_tip, silently

_KEY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        key: What it is about; no two rows of a list have the same.
        texts: One for each column; the first may be too long for its column.
        tip: What the first column says under the pointer.
    """

    key: str
    texts: tuple[str, ...]
    tip: str


class Table(QTreeWidget):
    """The first column takes the room that the others leave.

    Args:
        name: For screen readers.
        columns: Their headings.
        numbers: Which columns hold numbers, which stand at the right.
        elide: Where the first column is cut.
    """

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        numbers: Collection[int],
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> None:
        super().__init__()
        self._numbers = numbers
        self.setAccessibleName(name)
        self.setColumnCount(len(columns))
        self.setHeaderLabels(list(columns))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(elide)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._align(self.headerItem())

    def show_rows(self, rows: Iterable[Row], chosen: str | None = None) -> None:
        """Show these instead, and choose the one with this key, if it is among them."""
        with silently(self):
            self.clear()
            for row in rows:
                item = QTreeWidgetItem(list(row.texts))
                item.setData(0, _KEY, row.key)
                item.setToolTip(0, plain_tip(row.tip))
                self._align(item)
                self.addTopLevelItem(item)
                if row.key == chosen:
                    self.setCurrentItem(item)

    @property
    def chosen(self) -> str | None:
        """The key of the chosen row, if there is one."""
        items = self.selectedItems()
        return str(items[0].data(0, _KEY)) if items else None

    def _align(self, item: QTreeWidgetItem) -> None:
        for column in self._numbers:
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
