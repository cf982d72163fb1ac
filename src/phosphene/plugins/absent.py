"""Which plugin would register what a project names, were it not left out."""

from __future__ import annotations

import re

from phosphene.plugins.plugin import READY, Plugin, Registry
from phosphene.plugins.trial import recorded, records, source_of

NOT_INSTALLED = "not installed"


def provider(registry: Registry, kind: str, name: str) -> Plugin | None:
    """The plugin that is left out, or was once installed, and has `name` of a kind; else None.

    What a plugin registered when it last worked is on record. Of one that never did its source
    tells: that which names its modulator `name`, or at least contains that word in quotes.
    """
    unknown = []
    for plugin in registry.plugins:
        if plugin.state != READY:
            record = recorded(plugin)
            items = plugin.items or (record.items if record else [])
            if (kind, name) in items:
                return plugin
            if not items:
                unknown.append(plugin)
    here = {(plugin.package, plugin.name) for plugin in registry.plugins}
    for record in records():
        # Without a package it is a file, which belongs to another project.
        new = record.package and (record.package, record.name) not in here
        if new and (kind, name) in record.items:
            gone = Plugin(record.name, record.package, record.version)
            install = f"`phosphene plugins install {record.package}`"
            gone.leave_out(NOT_INSTALLED, "it is no longer installed", install)
            return gone
    likely = [(_signs(plugin, name), plugin) for plugin in unknown]
    most = max((signs for signs, _ in likely), default=0)
    return next((plugin for signs, plugin in likely if signs == most), None) if most else None


def _signs(plugin: Plugin, name: str) -> int:
    """How much speaks for a plugin that has never worked being the one that has `name`."""
    word = rf"""(?P<quote>["']){re.escape(name)}(?P=quote)"""
    source = source_of(plugin)
    if re.search(rf"(\bname\b[^=\n]*=|\bregister\(|Spec\()\s*{word}", source):
        return 3
    return 2 if plugin.called(name) else int(re.search(word, source) is not None)


def told(plugin: Plugin, kind: str, name: str) -> str:
    """One sentence: what is missing, which plugin has it, and why that is left out."""
    about = f"{kind.removesuffix('s')} '{name}'"
    return f"the {about} comes from {plugin}, which is {plugin.state}: {plugin.why}"
