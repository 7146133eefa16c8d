"""Drum grooves, one bar of sixteenths each: X accent, x normal, o ghost, - open (hats), . nothing.

`feel` says what carries the time: hats, ride or brushes. `bpm` is where a groove is at home; others are not ruled out.
"""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = {"X": 1.0, "x": 0.75, "o": 0.3, "-": 0.8}


@dataclass(frozen=True)
class Groove:
    """One bar: the strokes of kick, snare and hat, and the tempi it is made for."""

    name: str
    kick: str
    snare: str
    hat: str
    feel: str = "hat"
    bpm: tuple[float, float] = (70, 150)

    @property
    def kick_beats(self) -> tuple[float, ...]:
        """Where in the bar the kick sounds."""
        return tuple(step / 4 for step, mark in enumerate(self.kick) if mark in LEVELS)


GROOVES = (
    Groove("rock", "X.......X.......", "....X.......X...", "x.x.x.x.x.x.x.x."),
    Groove("rock push", "X.....x.X.......", "....X.......X...", "x.x.x.x.x.x.x.x."),
    Groove("rock busy", "X..x..x.X.x.....", "....X.......X...", "X.x.X.x.X.x.X.x."),
    Groove("rock sixteenths", "X.......X.x.....", "....X.......X...", "xoxoxoxoxoxoxoxo", bpm=(60, 110)),
    Groove("rock open", "X.......X...x...", "....X.......X...", "x.x.x.x.x.x.x.-."),
    Groove("punk", "X...x...X...x...", "..X...X...X...X.", "X.x.X.x.X.x.X.x.", bpm=(130, 200)),
    Groove("metal", "XxxxXxxxXxxxXxxx", "....X.......X...", "X...X...X...X...", "ride", (90, 180)),
    Groove("half time", "X.....x.........", "........X.......", "x.x.x.x.x.x.x.x.", bpm=(110, 180)),
    Groove("ballad", "X.........x.....", "........X.......", "x...x...x...x...", bpm=(50, 100)),
    Groove("ballad rim", "X.....x.X.......", "....x.......x...", "x.x.x.x.x.x.x.x.", bpm=(50, 100)),
    Groove("pop", "X..x....X..x....", "....X.......X...", "x.x.x.x.x.x.x.x."),
    Groove("pop sixteenths", "X.....x...x.....", "....X.......X..o", "xoxoxoxoxoxoxoxo", bpm=(70, 120)),
    Groove("motown", "X.....x.X.....x.", "x...X...x...X...", "x.x.x.x.x.x.x.x.", bpm=(90, 140)),
    Groove("disco", "X...X...X...X...", "....X.......X...", "x.-.x.-.x.-.x.-.", bpm=(105, 130)),
    Groove("house", "X...X...X...X...", "....X.......X...", "..-...-...-...-.", bpm=(110, 132)),
    Groove("house shaker", "X...X...X...X...", "....x.......x...", "xoxoxoxoxoxoxoxo", bpm=(110, 132)),
    Groove("techno", "X...X...X...X...", "................", "..x...x...x...x.", bpm=(120, 145)),
    Groove("trance", "X...X...X...X...", "....X.......X...", "o.X.o.X.o.X.o.X.", bpm=(125, 145)),
    Groove("electro", "X.....x...x.....", "....X.......X...", "x.xxx.xxx.xxx.x-", bpm=(100, 135)),
    Groove("drum'n'bass", "X.........x.....", "....X.......X...", "x.x.x.x.x.x.x.x.", bpm=(155, 180)),
    Groove("jungle", "X.x.......xx....", "....X..o.o..X..o", "x.x.x.x.x.x.x.x.", "ride", (150, 180)),
    Groove("breakbeat", "X.x.......xx....", "....X..o.o..X...", "x.x.x.x.x.x.x.x.", bpm=(90, 140)),
    Groove("big beat", "X..x..x...x.....", "....X.......X..x", "x.x.x.-.x.x.x.-.", bpm=(95, 130)),
    Groove("two step", "X.........x.....", "....X.......X...", "x..xx.x.x..xx.-.", bpm=(125, 140)),
    Groove("trap", "X......x..x.....", "........X.......", "x.x.x.xxx.x.xxxx", bpm=(120, 170)),
    Groove("trap rolls", "X.....x.......x.", "........X.......", "x.xxx.x.xxxxx.xx", bpm=(120, 170)),
    Groove("boom bap", "X.....x...X.....", "....X.......X...", "x.x.x.x.x.x.x.x.", bpm=(78, 100)),
    Groove("boom bap lazy", "X..x......Xx....", "....X..o....X...", "x.x.x.x.x.x.x.-.", bpm=(78, 100)),
    Groove("reggaeton", "X...X...X...X...", "...x..x....x..x.", "x.x.x.x.x.x.x.x.", bpm=(85, 105)),
    Groove("dembow", "X.......X.......", "...x..x....x..x.", "x.x.x.x.x.x.x.x.", bpm=(85, 110)),
    Groove("reggae", "........X.......", "........X.......", "x.x.x.x.x.x.x.x.", bpm=(65, 95)),
    Groove("bossa", "X..xX..xX..xX..x", "x..x..x...x..x..", "xxxxxxxxxxxxxxxx", bpm=(100, 150)),
    Groove("samba", "X..xX..xX..xX..x", "o.x.oo.xo.x.oo.x", "xoxxxoxxxoxxxoxx", bpm=(90, 125)),
    Groove("afro", "X..x..x.X..x..x.", "....x.......x...", "x.xx.x.xx.xx.x.x", bpm=(95, 125)),
    Groove("shuffle", "X.......X.......", "....X.......X...", "x..xx..xx..xx..x", bpm=(80, 140)),
    Groove("swing ride", "x...o...x...o...", "..o....o..o....o", "x...x..xx...x..x", "ride", (100, 200)),
    Groove("brushes", "o...o...o...o...", "xoooxoooxoooxooo", "....x.......x...", "brush", (70, 180)),
    Groove("waltzing", "X.....x.....x...", "....x.......x...", "x..x..x..x..x..x", "ride", (80, 140)),
    Groove("funk", "X.x...x...x..x..", "....X..o.o..X..o", "xoxoxoxoxoxoxo-o", bpm=(85, 120)),
    Groove("funk linear", "X..x..x....x..x.", "....X..o....X...", "x.x.x.x.-.x.x.x.", bpm=(85, 120)),
    Groove("new orleans", "X..x..x.X..x....", "x.oxo.xox.oxo.xo", "x...x...x...x...", bpm=(85, 120)),
    Groove("march", "X...x...X...x...", "x.xxx.xxx.xxxxxx", "....x.......x...", bpm=(80, 130)),
    Groove("tom groove", "X.......X.......", "....X.......X...", "................", "tom", (80, 140)),
    Groove("four quiet", "x...x...x...x...", "....o.......o...", "x...x...x...x...", bpm=(60, 120)),
    Groove("hats only", "................", "................", "x.x.x.x.x.x.x.x."),
)
