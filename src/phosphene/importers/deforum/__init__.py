"""Imports Deforum settings files as projects.

docs/deforum.md lists the keys, their defaults, and how each is imported.
"""

from phosphene.importers.deforum.project import Imported, import_settings
from phosphene.importers.deforum.settings import Settings, read_settings

__all__ = ["Imported", "Settings", "import_settings", "read_settings"]
