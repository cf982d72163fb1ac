"""Beats and bars: trackers, beat files and corrections."""
