"""Work that must not hold up the window."""
