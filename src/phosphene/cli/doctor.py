"""`phosphene doctor`: checks everything that a render needs."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from phosphene.errors import PhospheneError


@dataclass(frozen=True)
class Check:
    """One line of the doctor's report."""

    name: str
    ok: bool
    found: str


def _system() -> str:
    from phosphene import __version__

    python = platform.python_version()
    return f"Phosphene {__version__}, Python {python}, {platform.system()} {platform.machine()}"


def _ffmpeg() -> str:
    from phosphene.film import ffmpeg

    return f"{ffmpeg.version()} ({ffmpeg.executable()})"


def _codecs() -> str:
    from phosphene.film.codecs import running

    return ", ".join(running())


def _device() -> str:
    from phosphene.painting.engine import check_torch

    check_torch()
    import torch

    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        name = torch.cuda.get_device_name()
        return f"cuda: {name}, {free / 2**30:.1f} of {total / 2**30:.1f} GiB free"
    if torch.backends.mps.is_available():
        return "mps: Apple GPU"
    return f"cpu: {torch.get_num_threads()} threads; `worlds` runs well, larger models slowly"


def _memory() -> str:
    disk = shutil.disk_usage(Path.cwd()).free / 2**30
    try:
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    except (AttributeError, ValueError, OSError):
        return f"{disk:.0f} GiB of disk free here"
    return f"{pages:.1f} GiB of memory, {disk:.0f} GiB of disk free here"


def _plugins() -> str:
    from phosphene.plugins import load_plugins

    registry = load_plugins()
    if registry.broken:
        raise PhospheneError("; ".join(f"{p} is broken: {p.error}" for p in registry.broken))
    outside = [str(plugin) for plugin in registry.plugins if not plugin.built_in]
    return f"{len(registry.modulators)} modulators; installed: {', '.join(outside) or 'none'}"


def _models() -> str:
    from phosphene.engines.presets import WORLDS
    from phosphene.plugins import load_plugins

    if not (WORLDS / "model_index.json").is_file():
        raise PhospheneError(f"the bundled model is missing from {WORLDS}; install again")
    size = sum(file.stat().st_size for file in WORLDS.rglob("*") if file.is_file()) / 1e6
    return f"worlds bundled ({size:.0f} MB); engines: {', '.join(load_plugins().engines)}"


CHECKS: dict[str, Callable[[], str]] = {
    "system": _system,
    "ffmpeg": _ffmpeg,
    "codecs": _codecs,
    "device": _device,
    "memory": _memory,
    "plugins": _plugins,
    "models": _models,
}


def checks() -> Iterator[Check]:
    """Run every check in turn."""
    for name, check in CHECKS.items():
        try:
            yield Check(name, True, check())
        except PhospheneError as error:
            problem = ". ".join(part for part in (str(error), error.fix) if part)
            yield Check(name, False, problem)
        except Exception as error:  # the doctor examines what is broken in any way
            yield Check(name, False, f"{type(error).__name__}: {error}")


@click.command()
def doctor() -> None:
    """Check ffmpeg, the device, memory, plugins and models, and say what is missing."""
    from phosphene.cli.terminal.console import out, styled

    failed = 0
    for check in checks():
        mark = ("ok  ", "green") if check.ok else ("no  ", "red")
        out.print(styled(mark, " ", (f"{check.name:<10}", "bold"), f" {check.found}"))
        failed += not check.ok
    if failed:
        raise click.exceptions.Exit(1)
