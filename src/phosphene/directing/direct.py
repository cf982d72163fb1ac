"""Directing: a song and an idea in, a project out."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit

from phosphene.directing.idea import one_line
from phosphene.directors import Brief, DirectorSpec
from phosphene.errors import ProjectError
from phosphene.hints import hint
from phosphene.plugins import Registry, load_plugins
from phosphene.plugins.trial import missing, provider
from phosphene.project.file import make_project
from phosphene.project.listening import listen
from phosphene.project.schema import Project
from phosphene.song.song import Song

DEFAULT = "form"
LONGEST = 500  # characters of an idea
SEEDS = 100_000  # seeds stay short enough to type


def direct(
    song: Song | Path | str,
    idea: str = "",
    *,
    director: str = DEFAULT,
    seed: int | None = None,
    model: str = "worlds",
    registry: Registry | None = None,
) -> Project:
    """Make the project of a film from a song and an idea.

    Parameters
    ----------
    song : Song, Path or str
        From `listen`, or an audio file.
    idea : str
        What the film is about, such as ``"the sea at night"``.
    director : str
        ``form``, or the name of a plugin's.
    seed : int, optional
        A different seed gives a different film. Without it, the seed follows from the song and the
        idea.
    model : str
        Name of the engine that will paint; the prompts are in words that it knows.
    registry : Registry, optional
        The plugins to use; without it, those that are installed.

    Returns
    -------
    Project
        The same for the same arguments. `directed` in this module gives its text.

    Raises
    ------
    ProjectError
        If there is no such director, or the idea is too long.
    SongError
        If the song cannot be read.
    PluginError
        If a plugin's director fails.
    """
    registry = registry or load_plugins()
    require_director(director, registry)
    require_idea(idea)
    analysed = song if isinstance(song, Song) else listen(song)
    file = (analysed.path or Path("song")).absolute()
    brief = brief_of(analysed, idea, seed, model)
    text = directed(registry.directors[director], analysed, brief, {"file": str(file)})
    return make_project(tomllib.loads(text), _source(file, director), registry)


def require_director(name: str, registry: Registry) -> None:
    """Refuse a director that does not exist.

    Raises
    ------
    ProjectError
    """
    if name in registry.directors:
        return
    if (plugin := provider(registry, "directors", name)) is not None:
        raise ProjectError(f"--director {name}: {missing(plugin, 'directors', name)}", plugin.fix)
    raise ProjectError(f"unknown director '{name}'", hint(name, registry.directors))


def require_idea(idea: str) -> None:
    """Refuse an idea that is too long.

    Raises
    ------
    ProjectError
    """
    if len(idea) > LONGEST:
        raise ProjectError(
            f"the idea has {len(idea)} characters; at most {LONGEST} are allowed",
            "A few words are enough; the project can be edited afterwards.",
        )


def brief_of(song: Song, idea: str, seed: int | None, model: str) -> Brief:
    """The brief for a song; without a seed, one that follows from its sound and the idea."""
    idea = one_line(idea)
    if seed is None:
        content = hashlib.sha256(idea.casefold().encode(errors="replace"))
        content.update(np.ascontiguousarray(song.samples).data)
        seed = int(content.hexdigest()[:12], 16) % SEEDS
    return Brief(idea, seed, model)


def directed(director: DirectorSpec, song: Song, brief: Brief, entries: Mapping[str, Any]) -> str:
    """The text of a directed project, with the song and the name of the model in it.

    Parameters
    ----------
    director : DirectorSpec
    song : Song
    brief : Brief
    entries : mapping
        Of `[song]`: the file, and the corrections with which it was analysed. Those that the
        director writes itself stay.
    """
    text = director.direct(song, brief)
    data = tomllib.loads(text)
    if "song" not in data:
        lines = [f"{key} = {_item(entry).as_string()}\n" for key, entry in entries.items()]
        text = _before_tables(text, "".join(["[song]\n", *lines]))
    elif missing := {key: entries[key] for key in entries if key not in data["song"]}:
        document = tomlkit.parse(text)
        for key, entry in missing.items():
            document["song"][key] = _item(entry)
        text = tomlkit.dumps(document)
    if "name" not in data.get("model", {}):
        document = tomlkit.parse(text)
        document.setdefault("model", tomlkit.table())["name"] = brief.model
        text = tomlkit.dumps(document)
    return text


def song_entries(project: Project, place: Path) -> dict[str, Any]:
    """The entries of `[song]` of a project, for a project file at another place."""
    entries = dict(project.data["song"])
    for key in ("file", "beats", "sections"):
        if isinstance(path := getattr(project.song, key), Path):
            entries[key] = beside(path, place)
    return entries


def _item(entry: Any) -> Any:
    """An entry of TOML on one line."""
    if not isinstance(entry, Mapping):
        return tomlkit.item(entry)
    inline = tomlkit.inline_table()
    inline.update(entry)
    return inline


def beside(file: Path, project: Path) -> str:
    """The path of a file as a project in another folder names it; absolute on another drive."""
    folder = project.absolute().parent
    try:
        near = os.path.relpath(file.absolute(), folder)
        if near.startswith(os.pardir):  # leads out of the folder itself, not of a link to it
            real = os.path.join(os.path.realpath(file.parent), file.name)
            near = os.path.relpath(real, os.path.realpath(folder))
    except ValueError:  # on another drive of Windows
        return str(file.absolute())
    return near


def _before_tables(text: str, table: str) -> str:
    """A text with a table added before its first one."""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.startswith("[") and _complete("".join(lines[:number])):
            return "".join([*lines[:number], table, *lines[number:]])
    return f"{text.rstrip()}\n\n{table}"


def _complete(text: str) -> bool:
    """Whether the beginning of a TOML text does not end inside a multi-line value."""
    try:
        tomllib.loads(text)
    except ValueError:
        return False
    return True


def _source(file: Path, director: str) -> Path:
    return Path(f"{file} (directed by {director})")
