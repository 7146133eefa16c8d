"""The networks that separate, their back-ends and checkpoints.

Letters used for shapes throughout the package:

    B batch   C audio channels   S sources (what a network estimates)   F frequency bins   T STFT frames
    K bands   N features per band and frame   L length of a sequence that is scanned, T or K
    H heads   P features per head   D state size   W width of one direction's input projection
    c channels of features: C, or 1 where a band's features describe all audio channels

Modules keep the parameter names of the authors' published code, so that a checkpoint in their format loads unchanged;
what they compute is laid out for speed: features last, bands of equal width together.

An architecture is a config class (`config.py`) that builds its network. All of `architectures.py` share the separator
around them and everything after it; most share band split and heads (`band_modules.py`), some the mixer (`mamba2.py`).
"""
