"""Onsets and the feature curves of a song."""
