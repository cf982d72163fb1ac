"""Translates entries of a settings file to the tables of a project."""
