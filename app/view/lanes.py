"""The lanes of a song: a strip and its pictures for the original and for each stem, on one time axis."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QScrollBar, QToolButton, QVBoxLayout, QWidget

from app.view.canvas import LaneCanvas
from app.view.lane import GAP, Lane
from app.view.master import MasterView
from app.view.picture_options import PictureOptions
from app.view.readout_line import ReadoutLine
from app.view.ruler import Ruler
from app.view.strip import STRIP_WIDTH, StripView
from app.view.theme import Theme
from app.view.time_axis import TimeAxis
from app.view.widgets import silently
from app.viewmodel.display import DisplayModel, DisplayState, Drawable, drawables
from app.viewmodel.mixer import MixerModel
from app.viewmodel.pictures import pictures_of, shown
from app.viewmodel.readout import playhead_text, point_text
from app.viewmodel.reference import ReferenceState
from app.viewmodel.strips import MixerState, Strip
from app.viewmodel.transport import TransportModel, TransportState
from app.words import tr
from engine.api import Levels, Reference, Separation, SignalKey, Spans

_SCROLL_UNITS = 10_000
_LATE_MS = 400  # what is drawn along with the split comes a little later than what can be heard
_READOUT_SECONDS = 0.1  # while playing; a text that changes with every frame cannot be read


class LanesPage(QWidget):
    """Everything one sees of a song. Scrolls up and down when there are more lanes than room."""

    reference_wanted = Signal(str)  # the stem whose reference one wants to read about
    drag_wanted = Signal(QWidget, str)  # a strip and its stem

    def __init__(self, theme: Theme, mixer: MixerModel, transport: TransportModel, display: DisplayModel) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme = theme
        self._mixer = mixer
        self._transport = transport
        self._display = display
        self._drawables: Mapping[SignalKey, Drawable] = {}
        self._separation: Separation | None = None
        self._references: Mapping[str, Reference] = {}
        self._ready: Spans = ()
        self._hover: LaneCanvas | None = None
        self._read_at = 0
        self._lanes: dict[str, Lane] = {}
        self._rulers = (Ruler(theme), Ruler(theme))
        self._readout = ReadoutLine(theme)
        self._head = QHBoxLayout()
        self._bar = QScrollBar(Qt.Orientation.Horizontal)
        self._bar.setAccessibleName(tr("Visible part of the song"))
        self._area = QScrollArea()
        self._stack = QWidget()
        self._stack.setObjectName("lanes")
        self._column = QVBoxLayout(self._stack)
        self._options = QToolButton()
        self._picture_options = PictureOptions(display, self)
        self._master = MasterView(theme, mixer, transport)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_LATE_MS)
        self._late.timeout.connect(self._draw_again)
        self._build()
        for ruler in self._rulers:
            self._connect_axis(ruler)
            ruler.loop_wanted.connect(transport.set_loop)
        self._bar.valueChanged.connect(self._on_scrolled)
        mixer.changed.connect(self._present_mixer)
        display.changed.connect(self._present_display)
        transport.changed.connect(self._present_transport)
        transport.sought.connect(display.go_to)
        transport.moved.connect(self._present_playhead)
        transport.metered.connect(self._present_levels)
        theme.changed.connect(self._present_theme)

    def load(self, separation: Separation | None) -> None:
        """Make the lanes of another song, which the view-models have loaded already; None takes the lanes away."""
        for lane in self._lanes.values():
            lane.hide()
            lane.deleteLater()
        self._lanes, self._hover = {}, None
        self._master.put_out_clip_light()  # its highest peak was another song's
        self._separation, self._references = separation, {}
        self._drawables = drawables(separation) if separation is not None else {}
        self._present_mixer(self._mixer.state)
        self._present_display(self._display.state)
        self._present_transport(self._transport.state)

    @property
    def separation(self) -> Separation | None:
        """Whose lanes these are."""
        return self._separation

    def complete(self, separation: Separation) -> None:
        """Take note that the song, whose lanes were shown while it was being split, is finished."""
        self._separation = separation
        self._draw_again()

    def add_options(self, action: QAction) -> None:
        """Put the button that opens the options of the pictures above the strips."""
        self._options.setDefaultAction(action)
        self._options.setAccessibleName(tr("Picture options"))
        action.triggered.connect(self._open_options)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit the lanes' height to the room when it changes."""
        if event.type() == QEvent.Type.Resize:
            self._fit_height()
        return super().eventFilter(watched, event)

    def put_out_clip_lights(self) -> None:
        """Put the clip lights of all lanes and of the master out."""
        self._master.put_out_clip_light()
        for lane in self._lanes.values():
            lane.strip.put_out_clip_light()

    def level_words(self) -> str:
        """The highest peaks of the focused lane and of the master."""
        strip = self._mixer.state.focused_strip
        views = [self._lanes[strip.stem].strip, self._master] if strip is not None else [self._master]
        return "; ".join(view.level_words for view in views)

    def stem_at(self, widget: QWidget | None) -> str | None:
        """The lane that a widget is a part of."""
        for stem, lane in self._lanes.items():
            if widget is not None and (lane is widget or lane.isAncestorOf(widget)):
                return stem
        return None

    def lane_of(self, stem: str) -> QWidget | None:
        """The lane of a stem, if there is one."""
        return self._lanes.get(stem)

    def present_references(self, state: ReferenceState) -> None:
        """Show on each strip what is known of its reference, and draw it beside the stages."""
        for stem, lane in self._lanes.items():
            lane.strip.present_reference(state.line(stem))
        if self._separation is not None and state.references != self._references:
            self._references = state.references
            self._draw_again()

    def _draw_again(self) -> None:
        """Show what has been drawn by now."""
        if self._separation is None:
            return
        with suppress(FileNotFoundError):  # it is moved to where finished songs are, and will be shown from there
            self._drawables = drawables(self._separation, self._references)
        self._present_pictures()

    def _make_lane(self, strip: Strip, number: int) -> Lane:
        stem, mixer = strip.stem, self._mixer
        view = StripView(self._theme, mixer, stem, number)
        view.drag_wanted.connect(lambda: self.drag_wanted.emit(view, stem))
        view.reference_wanted.connect(lambda: self.reference_wanted.emit(stem))
        lane = Lane(self._theme, view)
        for canvas in lane.canvases:
            self._connect_axis(canvas)
            canvas.wave_share_wanted.connect(lambda share: self._display.set_look(wave_share=share))
            canvas.ranges.border_wanted.connect(partial(mixer.move_border, stem))
            canvas.ranges.removal_wanted.connect(partial(mixer.remove_range, stem))
            canvas.ranges.clearing_wanted.connect(partial(mixer.clear_ranges, stem))
            canvas.hovered.connect(partial(self._on_hover, canvas))
            canvas.present(self._display.state)
        return lane

    def _add_lane(self, lane: Lane, stem: str) -> None:
        """Put a lane below the others, for Tab as well, which by itself takes what was made last at the end."""
        above = [self._options, *(control for each in self._lanes.values() for control in each.strip.controls)]
        self._column.addWidget(lane, 1)
        for before, control in pairwise((above[-1], *lane.strip.controls)):
            self.setTabOrder(before, control)
        self._lanes[stem] = lane

    def _connect_axis(self, axis: TimeAxis) -> None:
        axis.seek_wanted.connect(self._transport.seek)
        axis.zoom_wanted.connect(self._display.zoom)
        axis.pan_wanted.connect(self._display.pan)
        axis.part_wanted.connect(self._display.show)
        axis.height_wanted.connect(self._display.scale_lanes)

    def _axes(self) -> list[TimeAxis]:
        canvases = [canvas for lane in self._lanes.values() for canvas in lane.canvases]
        return [*self._rulers, *canvases]

    def _present_mixer(self, state: MixerState) -> None:
        if self._separation is None:
            return
        for index, strip in enumerate(state.strips):
            if strip.stem not in self._lanes:
                self._add_lane(self._make_lane(strip, index + 1), strip.stem)
            lane = self._lanes[strip.stem]
            lane.strip.present(strip, state, focused=index == state.focused)
            for canvas in lane.canvases:
                canvas.present_dimmed(not state.audible(strip))
        self._present_pictures()

    def _present_pictures(self) -> None:
        state, compare = self._mixer.state, self._display.state.compare
        stacked = compare == "stacked"
        for strip in state.strips:
            lane = self._lanes.get(strip.stem)
            if lane is None:
                continue
            found = pictures_of(strip, compare, state.stages, self._drawables)
            lane.present([shown(each, strip, state, self._drawables) for each in found], stacked=stacked)
            self._column.setStretchFactor(lane, len(found) if stacked else 1)
        self._rulers[1].setVisible(compare == "side_by_side")
        self._present_readout()

    def _present_display(self, state: DisplayState) -> None:
        for axis in self._axes():
            axis.present(state)
        self._present_pictures()
        self._readout.present(state)
        self._fit_height()
        with silently(self._bar):
            share = state.span / state.samples if state.samples else 1.0
            self._bar.setPageStep(round(share * _SCROLL_UNITS))
            self._bar.setRange(0, _SCROLL_UNITS - self._bar.pageStep())
            self._bar.setValue(round(state.start / state.samples * _SCROLL_UNITS) if state.samples else 0)
            self._bar.setEnabled(share < 1.0)

    def _present_playhead(self, sample: int) -> None:
        if self._transport.state.playing:
            self._display.follow(sample)
        for axis in self._axes():
            axis.present_playhead(sample)
        pause = _READOUT_SECONDS * self._display.state.sample_rate
        if not self._transport.state.playing or abs(sample - self._read_at) > pause:
            self._read_at = sample
            self._present_readout()

    def _present_transport(self, state: TransportState) -> None:
        for axis in self._axes():
            axis.present_loop(state.loop, looping=state.looping)
            axis.present_missing(state.missing)
        if state.ready != self._ready:
            self._ready = state.ready
            self._draw_again()
            if state.missing:
                self._late.start()

    def _on_hover(self, canvas: LaneCanvas, here: bool) -> None:
        self._hover = canvas if here else None
        self._present_readout()

    def _present_readout(self) -> None:
        """Read what is under the pointer; when it is elsewhere, what is at the playhead in the focused lane."""
        view = self._display.state
        point = self._hover.point if self._hover is not None else None
        if self._hover is not None and point is not None:
            self._readout.present_text(point_text(self._hover.shown, point, view))
            return
        state = self._mixer.state
        strip = state.focused_strip
        lane = self._lanes.get(strip.stem) if strip is not None else None
        if lane is None or not view.samples:
            self._readout.present_text("")
            return
        pictures = [canvas.shown for canvas in lane.canvases if not canvas.isHidden()]
        found = next((each for each in pictures if each.sounding), pictures[0])
        self._readout.present_text(playhead_text(found, self._transport.state.position, view))

    def _open_options(self) -> None:
        corner = self._options.mapToGlobal(QPoint(0, self._options.height() + 2))
        self._picture_options.open_at(corner)

    def _present_levels(self, levels: Levels) -> None:
        playing = self._transport.state.playing
        for strip in self._mixer.state.strips:
            lane = self._lanes.get(strip.stem)
            if lane is not None:
                lane.strip.present_level(levels.signals.get(strip.key) if playing else None)

    def _present_theme(self) -> None:
        for place, (stem, lane) in enumerate(self._lanes.items()):
            lane.strip.set_color(self._theme.stem_color(stem, place))
        self._present_mixer(self._mixer.state)

    def _on_scrolled(self, value: int) -> None:
        state = self._display.state
        self._display.pan((value / _SCROLL_UNITS * state.samples - state.start) / state.span)

    def _on_room_changed(self, _first: int, last: int) -> None:
        """Keep the rulers as wide as the pictures when a scroll bar takes its place beside the lanes."""
        bar = self._area.verticalScrollBar()
        self._head.setContentsMargins(0, 0, bar.sizeHint().width() if last > 0 else 0, 0)

    def _fit_height(self) -> None:
        """Give the lanes the room there is, or as much more as the zoom asks for."""
        room = max(self._area.viewport().height(), self._column.minimumSize().height())
        zoom = self._display.state.look.lane_zoom
        self._stack.setMinimumHeight(round(room * zoom) if zoom > 1 else 0)

    def _build(self) -> None:
        self._head.setSpacing(GAP)
        self._options.setObjectName("small")
        self._options.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._options.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        corner = QWidget()
        corner.setFixedWidth(STRIP_WIDTH)
        inside = QHBoxLayout(corner)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(7)
        inside.addWidget(self._options)
        inside.addWidget(self._master, 1)
        self._head.addWidget(corner)
        for ruler in self._rulers:
            self._head.addWidget(ruler, 1)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        area = self._area
        area.setWidget(self._stack)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.verticalScrollBar().rangeChanged.connect(self._on_room_changed)
        area.viewport().installEventFilter(self)
        foot = QHBoxLayout()
        foot.setContentsMargins(STRIP_WIDTH + GAP, 0, 0, 0)
        foot.addWidget(self._bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 4)
        layout.setSpacing(3)
        layout.addLayout(self._head)
        layout.addWidget(area, 1)
        layout.addLayout(foot)
        layout.addWidget(self._readout)
