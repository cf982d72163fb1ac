"""Which plugin would have what a project names and nothing has registered."""

from __future__ import annotations

from phosphene.hints import hint
from phosphene.plugins.plugin import READY, Plugin
from phosphene.plugins.records import read_record, records
from phosphene.plugins.registry import Registry

NOT_INSTALLED = "not installed"


def provider(registry: Registry, kind: str, name: str) -> Plugin | None:
    """The plugin that is left out, or was once here, and has `name` of a kind; else None.

    Where what a plugin registers was never known, since it has always been broken, it is taken
    for the one if it is called so itself, or `name` is no misspelling of anything that is there.
    """
    left_out = [plugin for plugin in registry.plugins if plugin.state != READY]
    unknown = []
    for plugin in left_out:
        record = read_record(plugin)
        items = plugin.items or (record.items if record else [])
        if (kind, name) in items:
            return plugin
        if not items:
            unknown.append(plugin)
    here = {(plugin.package, plugin.name) for plugin in registry.plugins}
    for record in records():
        if (kind, name) in record.items and (record.package, record.name) not in here:
            if not record.package:
                continue  # a file that belongs to another project
            gone = Plugin(record.name, record.package, record.version)
            install = f"`phosphene plugins install {record.package}`"
            gone.leave_out(NOT_INSTALLED, "it is no longer installed", install)
            return gone
    if called_so := [plugin for plugin in unknown if plugin.called(name)]:
        return called_so[0]
    near = "Did you mean" in hint(name, getattr(registry, kind))
    return unknown[0] if unknown and not near else None


def told(plugin: Plugin, kind: str, name: str) -> str:
    """One sentence: what is missing, which plugin has it, and why that is left out."""
    about = f"{kind.removesuffix('s')} '{name}'"
    return f"the {about} comes from {plugin}, which is {plugin.state}: {plugin.why}"
