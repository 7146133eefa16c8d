"""Bandsaw's engine: everything between a song file and its stems, without a window or a sound device."""

__version__ = "0.1.0"
