"""The mixer of the song on show: every change of a strip, with undo, kept with each song."""

from __future__ import annotations

import math
from dataclasses import replace

from app.viewmodel.history import History
from app.viewmodel.made_signals import MadeSignals
from app.viewmodel.playback import Playback
from app.viewmodel.ranges import SILENT, SOUNDING, RangeKind, Ranges, is_silent
from app.viewmodel.sides import sides_of
from app.viewmodel.signals import SOURCE
from app.viewmodel.song_notes import read_mix, write_mix
from app.viewmodel.strips import (
    FADER_MAX_DB,
    FADER_MIN_DB,
    MixerState,
    MixSettings,
    Strip,
    Take,
    after_delta,
    as_delta,
    at_first,
    carried,
    gains,
)
from app.viewmodel.view_model import ViewModel
from engine.api import RESIDUAL, AudioSignal, Comparison, Separation, Stage


class MixerModel(ViewModel[MixerState]):
    """Holds the strips of the song on show and keeps the player's gains in step."""

    def __init__(self, player: Playback, history: History) -> None:
        super().__init__(MixerState())
        self._player = player
        self._history = history
        self._separation: Separation | None = None
        self._kept: dict[object, MixerState] = {}
        self._made = MadeSignals(player, None)
        self._awaited: frozenset[str] = frozenset()
        self._mix_kept: MixSettings | None = None

    @property
    def settings(self) -> MixSettings:
        """What `restore` brings back."""
        return MixSettings(self._state.strips, self._state.delta_gain_db)

    def load(self, separation: Separation | None) -> None:
        """Show the mixer of a song as it was left, perhaps in another session; the player has its signals already.

        At first the original is muted, because stems and residual already add up to it.
        """
        self._history.clear()
        state = self._take_up(separation)
        self._awaited = _with_reference(state)
        self._apply(state)
        recalled = separation is not None and _strips_of(separation) in self._kept
        self._mix_kept = None if recalled else self.settings  # what the song's folder holds, if that is known

    def exchange(self, separation: Separation) -> None:
        """Let the song go on with other sides, whose signals the player has already.

        Faders, pans, mutes, solos, muted ranges and focus stay, and whether A, B or their difference is heard; comps
        are those that were made of these sides.
        """
        before = self._state
        self._awaited = _with_reference(before)
        state = self._take_up(separation)
        strips = tuple(carried(strip, before, state.stages) for strip in state.strips)
        places = {strip.stem: place for place, strip in enumerate(strips)}
        focused = before.focused_strip
        place = places.get(focused.stem, state.focused) if focused is not None else state.focused
        self._apply(replace(state, strips=strips, focused=place))
        self._mix_kept = None

    def restore(self, settings: MixSettings) -> None:
        """Bring back strips and delta gain as they were with the sides of now."""
        self._apply(replace(self._state, strips=settings.strips, delta_gain_db=settings.delta_gain_db))

    def complete(self, separation: Separation) -> None:
        """Take note that the song, which has been played while it was being split, is finished."""
        self._separation = separation

    def keep(self) -> None:
        """Keep the mix with its song, if that is finished and the mix another one by now."""
        song, mix = self._separation, self.settings
        if song is not None and mix != self._mix_kept and song.finished:
            write_mix(song, mix)
            self._mix_kept = mix

    def refresh(self) -> None:
        """Give the player these gains again, after something else has used it."""
        self._player.set_gains(gains(self._state))

    def reset(self) -> None:
        """Put faders, pans, mutes, solos and stages back to how a song begins; the ranges and references stay."""
        song = self._separation
        if song is not None:
            self._put(tuple(at_first(strip, song.final_stage) for strip in self._state.strips))

    def set_gain(self, stem: str, gain_db: float) -> None:
        """Move a fader; from -90 dB down is silence."""
        level = -math.inf if gain_db <= FADER_MIN_DB else min(FADER_MAX_DB, gain_db)
        self._change(stem, f"gain {stem}", gain_db=float(level))

    def set_pan(self, stem: str, pan: float) -> None:
        """Balance a strip, -1 (left) to 1 (right)."""
        self._change(stem, f"pan {stem}", pan=min(1.0, max(-1.0, pan)))

    def toggle_mute(self, stem: str) -> None:
        """Mute a strip, or let it sound again."""
        self._change(stem, muted=not self._strip(stem).muted)

    def toggle_solo(self, stem: str, *, exclusive: bool = False) -> None:
        """Add a strip to the solos or take it off; `exclusive` makes it the only one, or ends all solos."""
        strip = self._strip(stem)
        if not exclusive:
            self._change(stem, soloed=not strip.soloed)
            return
        alone = strip.soloed and sum(other.soloed for other in self._state.strips) == 1
        self._put(tuple(replace(other, soloed=other.stem == stem and not alone) for other in self._state.strips))

    def set_stage(self, stage: Stage, stem: str | None = None) -> None:
        """Hear this stage of one strip, or of all; nothing happens if the song was split without it."""
        if stage in self._state.stages:
            self._put(
                tuple(
                    replace(strip, stage=stage, take="stage")
                    if not strip.is_source and stem in (None, strip.stem)
                    else strip
                    for strip in self._state.strips
                )
            )

    def toggle_stage(self, stem: str | None = None) -> None:
        """Hear the other stage of one strip, or of all; strips that differ all go to stage 1 first.

        A strip that sounds as something else goes back to its stage.
        """
        if stem is None:
            self.set_stage(2 if self._state.stage == 1 else 1)
            return
        strip = self._strip(stem)
        if strip.take != "stage":
            self._change(stem, take="stage")
        else:
            self.set_stage(2 if strip.stage == 1 else 1, stem)

    def toggle_delta(self) -> None:
        """Hear what stage 2 adds to stage 1, of all stems, or again what each stem sounded as before."""
        change = after_delta if self._state.delta else as_delta
        if len(self._state.stages) > 1:
            self._put(tuple(change(strip) if strip.is_stem else strip for strip in self._state.strips))

    def set_delta_gain(self, gain_db: float) -> None:
        """Make deltas this much louder."""
        self._commit(replace(self._state, delta_gain_db=gain_db), "delta gain")

    def set_take(self, stem: str, take: Take) -> None:
        """Hear the delta, the comp or the reference of one stem; what there is not is ignored."""
        strip = self._strip(stem)
        possible = ("stage", *(("delta",) if strip.is_stem and len(self._state.stages) > 1 else ()), *strip.takes)
        if take in possible:
            self._change(stem, take=take)

    def comp(self, stem: str, span: tuple[int, int], stage: Stage) -> None:
        """Take a stage of a stem in a range of samples, and hear the comp."""
        strip, song = self._strip(stem), self._separation
        if song is None or not strip.is_stem or stage not in self._state.stages:
            return
        self._set_ranges(stem, "comp", strip.comp.with_range(*span, stage, strip.stage, song.samples))

    def mute_range(self, stem: str, span: tuple[int, int]) -> None:
        """Mute a stem in a range of samples, whatever sounds of it; where all of that is muted, let it sound again."""
        strip, song = self._strip(stem), self._separation
        if song is None or not strip.is_stem:
            return
        muted = strip.gaps.with_range(*span, SILENT, SOUNDING, song.samples)
        sounding = strip.gaps.with_range(*span, SOUNDING, SOUNDING, song.samples)
        self._set_ranges(stem, "gaps", sounding if muted == strip.gaps else muted)

    def clear_ranges(self, stem: str, kind: RangeKind) -> None:
        """Forget a stem's comp, or its muted ranges."""
        self._set_ranges(stem, kind, Ranges())

    def move_border(self, stem: str, kind: RangeKind, index: int, sample: int) -> None:
        """Move the start of a stem's range, as far as its neighbours allow."""
        song = self._separation
        if song is not None:
            ranges = self._strip(stem).ranges(kind)
            self._set_ranges(stem, kind, ranges.with_border(index, sample, song.samples, song.sample_rate))

    def remove_range(self, stem: str, kind: RangeKind, index: int) -> None:
        """Let a stem's range become as what is before it: the other stage, or to sound again."""
        self._set_ranges(stem, kind, self._strip(stem).ranges(kind).without(index))

    def move_nearest_border(self, stem: str, sample: int) -> None:
        """Move the border of a stem's ranges that is nearest to a sample there, if there is one."""
        strip = self._strip(stem)
        kinds: tuple[RangeKind, ...] = ("gaps", "comp")
        borders: list[tuple[int, RangeKind, int]] = [
            (abs(at - sample), kind, index)
            for kind in kinds
            for index, (at, _choice) in enumerate(strip.ranges(kind).starts)
            if index
        ]
        if borders:
            _distance, kind, index = min(borders, key=lambda border: border[0])
            self.move_border(stem, kind, index, sample)

    def remove_range_at(self, stem: str, sample: int) -> None:
        """Remove the muted range at a sample, else the range of the comp there, if there is one."""
        strip = self._strip(stem)
        kind: RangeKind = "gaps" if is_silent(strip.gaps, sample) else "comp"
        if strip.ranges(kind).starts:
            self.remove_range(stem, kind, strip.ranges(kind).index_at(sample))

    def set_reference(self, stem: str, signal: AudioSignal | None) -> None:
        """Offer a reference of a stem to the ear, or take it away.

        It sounds at once if it did so when the song was left, or before its sides were exchanged.

        Raises:
            ValueError: It does not have the song's length.
        """
        strip = self._strip(stem)
        self._made.set_reference(stem, signal)
        if signal is not None and stem in self._awaited:
            strip = replace(strip, take="reference")
        self._awaited -= {stem}
        self._apply(replace(self._state, strips=self._replaced(strip)))

    def focus(self, index: int) -> None:
        """Choose the strip that keys act on; an index without a strip is ignored."""
        if 0 <= index < len(self._state.strips):
            self._apply(replace(self._state, focused=index))

    def toggle_mute_at(self, index: int) -> None:
        """Mute the lane with this index, if there is one."""
        if index < len(self._state.strips):
            self.toggle_mute(self._state.strips[index].stem)

    def toggle_solo_at(self, index: int) -> None:
        """Solo the lane with this index, if there is one."""
        if index < len(self._state.strips):
            self.toggle_solo(self._state.strips[index].stem)

    def nudge_focused(self, step_db: float) -> None:
        """Move the focused fader by a step; from silence it starts at the bottom."""
        strip = self._state.focused_strip
        if strip is not None:
            self.set_gain(strip.stem, round(max(strip.gain_db, FADER_MIN_DB) + step_db, 1))

    def _take_up(self, separation: Separation | None) -> MixerState:
        """Take the signals of another song or of other sides; returns its mixer as it was left, or as it begins.

        Raises:
            FileNotFoundError: Its files are gone; the song before stays.
        """
        made = MadeSignals(self._player, separation)
        if self._separation is not None:
            self.keep()
            self._kept[_strips_of(self._separation)] = self._state
        self._separation, self._made = separation, made
        if separation is None:
            return MixerState()
        names = (SOURCE, *separation.stems, RESIDUAL)
        strips = tuple(at_first(Strip(name, 0), separation.final_stage) for name in names)
        begins = MixerState(strips, separation.stages, 1, sides=sides_of(separation))
        return self._kept.get(_strips_of(separation)) or read_mix(separation, begins)

    def _strip(self, stem: str) -> Strip:
        found = self._state.find(stem)
        if found is None:
            raise ValueError(f"no strip for {stem!r}")
        return found

    def _set_ranges(self, stem: str, kind: RangeKind, ranges: Ranges) -> None:
        """Put these in the place of a stem's ranges, and hear a comp; one choice for the whole song needs no ranges."""
        strip = self._strip(stem)
        if kind == "gaps":
            self._change(stem, gaps=Ranges() if ranges.starts == ((0, SOUNDING),) else ranges)
        elif len(ranges.starts) > 1:
            self._change(stem, comp=ranges, take="comp")
        else:
            take, stage = ("stage", ranges.starts[0][1]) if ranges.starts else (strip.take, strip.stage)
            self._change(stem, comp=Ranges(), stage=stage, take="stage" if take == "comp" else take)

    def _change(self, stem: str, kind: str = "", **values: object) -> None:
        self._put(self._replaced(replace(self._strip(stem), **values)), kind)  # type: ignore[arg-type]

    def _replaced(self, changed: Strip) -> tuple[Strip, ...]:
        return tuple(changed if strip.stem == changed.stem else strip for strip in self._state.strips)

    def _put(self, strips: tuple[Strip, ...], kind: str = "") -> None:
        self._commit(replace(self._state, strips=strips), kind)

    def _commit(self, state: MixerState, kind: str) -> None:
        """Make a change that can be undone."""
        before, after = self.settings, MixSettings(state.strips, state.delta_gain_db)
        if before != after:
            self._apply(state)
            self._history.record(kind, lambda: self.restore(before), lambda: self.restore(after))

    def _apply(self, state: MixerState) -> None:
        state = replace(state, strips=tuple(map(self._made.numbered, state.strips)))
        self._player.set_gains(gains(state))
        self._set(state)


def _strips_of(separation: Separation) -> object:
    """Whose strips these are: of which samples and network; not the folder, which changes when a song is finished."""
    sides = separation.sides if isinstance(separation, Comparison) else ()
    song = (separation.source, separation.sample_rate, separation.samples)
    network = (separation.model_sha256, separation.quality, separation.stems, separation.stages)
    return song, network, tuple((side.entry, side.stage) for side in sides)


def _with_reference(state: MixerState) -> frozenset[str]:
    """The stems that sound as their references."""
    return frozenset(strip.stem for strip in state.strips if strip.take == "reference")
