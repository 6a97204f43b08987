"""Widgets to pixels, and a click back to its meaning."""
