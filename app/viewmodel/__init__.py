"""The window's rules: what is shown and what a click does, without any widget."""
