"""Songs in and stems out: decoding, sample rate conversion and encoding, block by block."""
