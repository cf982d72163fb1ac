"""Edits of a project file that keep its notation, and their history."""
