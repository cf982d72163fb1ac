"""Fonts, and drawing of text within a picture."""
