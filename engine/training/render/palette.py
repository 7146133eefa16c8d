"""What a split may draw from: the items of the pack, sorted by use, and nothing that the other split holds.

Where a class of sounds has held-out items, validation uses only those; there are none of basses. Kits lack pieces (the
held-out ones have no cymbals); what a kit lacks is borrowed from the spare pieces, which are no split's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine.training.render import recipe
from engine.training.render.bank import Item
from engine.training.render.recipe import SAMPLE_RATE, Split

Items = tuple[Item, ...]
Groups = dict[str, Items]

SPARE_KIT = "gm_standard"
# Its files that are called drums but are not.
NO_DRUMS = ("orange_Arp", "orange_SpookPad", "orange_epiano")
# Pieces that are kept as they are; everything else in a drum bank is percussion.
PIECES = (
    "kick", "snare", "rim", "clap", "tom", "hat_closed", "hat_open", "ride", "ride_bell", "crash", "shaker",
)  # fmt: skip
SAME_PIECE = {"china": "crash", "splash": "crash", "hat_pedal": "hat_closed", "maracas": "shaker", "cabasa": "shaker"}
# A label that is an octave off what sounds, measured on every note.
PITCH_CORRECTION = {"growlybass_jazz": -12.0, "splendid_grand": 12.0}


@dataclass(frozen=True)
class Palette:
    """The items of one split.

    Attributes:
        kits: For each kit its pieces; `acoustic`, `gm` or `electronic` is the key of the outer mapping.
        spare: Pieces for kits that lack them.
        loops: Drum loops of unknown tempo.
        basses: Notes of each instrument, under `real` and `gm`.
        instruments: Notes of each instrument, by class of sound.
        singers: Phrases of each synthetic singer.
        real_singers: Phrases of each real one.
        real: Long stretches of real stems, by stem.
        patterns: Names of the note patterns.
    """

    kits: dict[str, dict[str, Groups]]
    spare: Groups
    loops: Items
    basses: dict[str, Groups]
    instruments: dict[str, Groups]
    singers: Groups
    real_singers: Groups
    real: Groups
    patterns: tuple[str, ...]

    def items(self) -> set[Item]:
        """Everything but the spare pieces and the basses, which both splits share."""
        groups = [*self.singers.values(), *self.real_singers.values(), self.real["drums"], self.real["other"]]
        groups += [self.loops, *(notes for group in self.instruments.values() for notes in group.values())]
        groups += [hits for kits in self.kits.values() for kit in kits.values() for hits in kit.values()]
        return {item for group in groups for item in group}


def palette_of(items: Mapping[str, Items], patterns: Iterable[str], split: Split) -> Palette:
    """Sort what a split may use of a pack's items and note patterns."""
    speech = (*items["vocals/syn_speech"], *items["vocals/syn_iona"])
    misc = [item for item in items["real/misc_real"] if not any(name in item.source for name in NO_DRUMS)]
    real_vocals = (*items["real/evf_vocals"], *_of_kind(misc, "vocals"))
    return Palette(
        kits=_kits(items, split),
        spare=_pieces([item for item in items["drums/gm_kits"] if item.group == SPARE_KIT]),
        loops=items["drums/loops_cc0"] if split == "train" else (),
        basses={
            "real": _by_group(_pitched(items["bass/bass_real_cc0"])),
            "gm": _by_group(_pitched(items["bass/gm_bass"])),
        },
        instruments=_instruments(items, split),
        singers=_by_group(_of_split(speech, split, lambda item: item.group.startswith(recipe.HELD_OUT_SINGERS))),
        real_singers=_by_group(
            _of_split(real_vocals, split, _in_held_out_span), lambda item: f"{item.group} {item.part}"
        ),
        real={
            stem: _of_split((*items[f"real/evf_{stem}"], *_of_kind(misc, stem)), split, _in_held_out_span)
            for stem in ("bass", "drums", "other")
        },
        patterns=tuple(name for name in patterns if name.endswith(recipe.HELD_OUT_SONG_ENDING) == (split == "valid")),
    )


def overlaps_held_out_span(song: str, start: int, stop: int) -> bool:
    """Whether samples [start, stop) of a real song touch what is kept for validation."""
    span = recipe.HELD_OUT_SPANS_SECONDS.get(song)
    return span is not None and start < span[1] * SAMPLE_RATE and stop > span[0] * SAMPLE_RATE


def _in_held_out_span(item: Item) -> bool:
    return overlaps_held_out_span(item.group, item.offset, item.offset + item.length)


def _of_split(items: Iterable[Item], split: Split, held_out: Callable[[Item], bool]) -> Items:
    """Training has all but the held-out items; validation has those, or everything where there are none."""
    items = tuple(items)
    kept = tuple(item for item in items if held_out(item))
    if split == "valid":
        return kept or items
    return tuple(item for item in items if not held_out(item))


def _of_kind(items: Iterable[Item], kind: str) -> Items:
    return tuple(item for item in items if item.kind == kind)


def _by_group(items: Iterable[Item], key: Callable[[Item], str] = lambda item: item.group) -> Groups:
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return {name: tuple(members) for name, members in groups.items()}


def _pieces(items: Iterable[Item]) -> Groups:
    def piece(item: Item) -> str:
        kind = SAME_PIECE.get(item.kind, item.kind)
        return kind if kind in PIECES else "perc"

    return _by_group(items, piece)


def _kits(items: Mapping[str, Items], split: Split) -> dict[str, dict[str, Groups]]:
    banks = {"acoustic": "drums/acoustic_muldjord", "gm": "drums/gm_kits", "electronic": "drums/electronic_cc0"}
    held_out = recipe.HELD_OUT_KITS
    everything = [item for bank in banks.values() for item in items[bank]]
    allowed = set(_of_split(everything, split, lambda item: item.group in held_out))
    kits = {
        family: {name: _pieces(hits) for name, hits in _by_group(i for i in items[bank] if i in allowed).items()}
        for family, bank in banks.items()
    }
    return {family: members for family, members in kits.items() if members}


def _pitched(items: Iterable[Item]) -> Items:
    return tuple(item for item in items if item.pitch > 0)


def _instruments(items: Mapping[str, Items], split: Split) -> dict[str, Groups]:
    def held_out(item: Item) -> bool:
        name, ending = recipe.HELD_OUT_ROUND_ROBIN
        return item.group in recipe.HELD_OUT_INSTRUMENTS or (
            item.group.startswith(name) and item.source.endswith(ending)
        )

    notes = _of_split(_pitched((*items["other/guitar_keys_real"], *items["other/gm_melodic"])), split, held_out)
    return {kind: _by_group(members) for kind, members in _by_group(notes, lambda item: item.kind).items()}
