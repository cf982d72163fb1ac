"""Converts the entries of a settings file to tables of a project."""
