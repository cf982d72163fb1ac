"""Plugins: discovered by their metadata, tried in a separate process, and loaded one by one."""

from phosphene.plugins.loading import load_plugins
from phosphene.plugins.plugin import Plugin, Registry

__all__ = ["Plugin", "Registry", "load_plugins"]
