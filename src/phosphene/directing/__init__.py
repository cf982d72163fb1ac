"""Directing: a song and an idea become a project file that a person can read and edit."""
