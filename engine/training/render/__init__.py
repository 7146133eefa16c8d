"""Renders four-stem songs from a pack of recordings and note patterns: arranger, sampler, synthesiser, mixer.

    assets -> palette of a split -> score and sections -> drums | bass | other | vocals -> effects -> mix bus

`recipe` holds every weight and range in one place. Everything is drawn from one seed: the same seed, pack and machine
give the same bits.

Shapes: C channels (2 unless told otherwise), N samples at 44.1 kHz; float32, full scale 1.0.
"""
