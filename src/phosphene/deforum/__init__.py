"""Deforum's world comes along: its settings file becomes a project.

What is known here of the file are facts: its keys, their defaults, and how they are read. They
are put together in docs/deforum.md.
"""

from phosphene.deforum.project import Imported, imported
from phosphene.deforum.settings import Settings, read_settings

__all__ = ["Imported", "Settings", "imported", "read_settings"]
