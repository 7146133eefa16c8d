"""Widgets: each renders a snapshot of a view-model and keeps no second copy."""
