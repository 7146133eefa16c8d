"""How good a model is: separations scored against reference stems, beside floors and a ceiling.

Letters used for shapes throughout the package:

    T targets   C audio channels   N samples (n: of a block)   W windows of 1 s   F frequency bins

A target is what a reference file holds: one stem, or several that were mixed (`bass_other`). A system is anything that
makes estimates: a stage of the model, or a baseline.
"""
