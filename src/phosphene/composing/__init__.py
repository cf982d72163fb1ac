"""Composing: a project and a Song become a Score."""
