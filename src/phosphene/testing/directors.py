"""The contract of a director: for any song, the text of a project that can be composed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from phosphene.composing.compose import compose
from phosphene.directing.direct import directed
from phosphene.directors import Brief, DirectorSpec
from phosphene.errors import PhospheneError
from phosphene.plugins import Registry
from phosphene.plugins.loading import load_built_ins
from phosphene.project.file import make_project
from phosphene.song.song import Song
from phosphene.testing.contract import ContractError, Finding, as_tests, examine, require
from phosphene.testing.features import SONGS
from phosphene.testing.songs import synthetic_song

IDEA = 'the "sea" at night'


@dataclass(frozen=True)
class Directing:
    """A director under test, with the other items that its plugin registers."""

    spec: DirectorSpec
    items: Mapping[tuple[str, str], Any] = field(default_factory=dict)

    def text(self, song: Song, brief: Brief) -> str:
        """The text of its project.

        Raises
        ------
        ContractError
            If it raises, or returns something else.
        """
        try:
            given = self.spec.direct(song, brief)
        except Exception as error:
            raise ContractError(
                f"direct() raised {type(error).__name__}: {error}",
                "Return a project for any song, including one without beats or sections.",
            ) from error
        if not isinstance(given, str):
            raise ContractError(
                f"direct() returned {type(given).__name__}", "Return the text of a project file."
            )
        return given

    @property
    def registry(self) -> Registry:
        """What its project can use: the built-ins and the items of its own plugin."""
        registry = load_built_ins()
        for (kind, name), item in self.items.items():
            getattr(registry, kind)[name] = item
        return registry


def composes(directing: Directing) -> None:
    """Its project is valid TOML and can be composed, for any song and idea."""
    registry = directing.registry
    for where, about in SONGS.items():
        song = synthetic_song(**about)
        for brief in (Brief(IDEA, 7), Brief("", 0, "sd15")):
            text = directing.text(song, brief)
            try:
                data = tomllib.loads(directed(directing.spec, song, brief, {"file": "song.flac"}))
                score = compose(make_project(data, Path("project"), registry), song)
            except (ValueError, PhospheneError) as error:
                raise ContractError(
                    f"{where}, idea {brief.idea!r}: {error}",
                    getattr(error, "fix", "") or "tomlkit.dumps() quotes every text correctly.",
                ) from error
            if not all(np.isfinite(curve).all() for curve in score.channels.values()):
                raise ContractError(f"{where}: a channel is not finite:\n{text}")


def deterministic(directing: Directing) -> None:
    """The same song and brief give the same text."""
    song, brief = synthetic_song(**SONGS["a song in 4/4"]), Brief(IDEA, 7)
    if directing.text(song, brief) != directing.text(song, brief):
        raise ContractError(
            "the text differs between two calls",
            "Draw from random.Random(brief.seed); include no dates or temporary paths.",
        )


CHECKS = {check.__name__: check for check in (composes, deterministic)}
"""Every check of a director, by name."""


def examine_director(
    spec: DirectorSpec, items: Mapping[tuple[str, str], Any] | None = None
) -> list[Finding]:
    """Examine a director by every check.

    Parameters
    ----------
    spec : DirectorSpec
    items : mapping of (kind, name) to object, optional
        The other items of its plugin, which its projects can use.
    """
    return examine(CHECKS, Directing(spec, items or {}))


def check_director(spec: DirectorSpec) -> None:
    """Raise if a director breaks its contract.

    Raises
    ------
    ContractError
        An AssertionError that lists every check that failed, and how to fix it.
    """
    require(examine_director(spec), spec.name)


@as_tests(CHECKS, lambda self: Directing(self.spec))
class DirectorContract:
    """The contract as tests: inherit it, and name the director.

    Attributes
    ----------
    spec : DirectorSpec
    """

    spec: ClassVar[DirectorSpec]
