"""TS-BSMAMBA2: a two-stage band-split Mamba-2 network (arXiv 2409.06245).

Letters used for shapes throughout the package:

    B batch   C audio channels   S sources (stems)   F frequency bins (1025)   T STFT frames
    K bands (57)   N features per band and frame   L length of a sequence that is scanned, T or K
    H heads   P features per head   D state size   W width of one direction's input projection

Modules keep the parameter names of the authors' published code, so that a checkpoint in their format loads unchanged;
what they compute is laid out for speed: features last, bands of equal width together.
"""
