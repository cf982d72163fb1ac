"""Painting: a Score and an engine become frames."""
