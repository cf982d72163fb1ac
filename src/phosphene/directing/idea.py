"""Reading an idea: which worlds, times, colours and styles its words mean."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from phosphene.directing.worlds import COLOURS, STYLES, SUGGESTED_BY, TIMES, WEATHERS, WORLDS
from phosphene.engines.words.vocabulary import vocabulary_of

T = TypeVar("T")

_WORD = re.compile(r"[^\W\d_]+(?='s\b)|(?<!')[^\W\d_]+")
#: Words that mean nothing by themselves.
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "a an the and or of in on at by to from with without into over under above below through "
        "between beyond behind after before for as is are was be it its my your our their his her "
        "me you we they this that these those all no not one two some very so like where when "
        "while who what how there here then than up down out off near far full old new big small "
        "long little deep journey first last",
    )
)


@dataclass(frozen=True)
class Idea:
    """An idea, as the bundled model can paint it.

    Parameters
    ----------
    text : str
        On one line.
    worlds : tuple of str
        Names in `WORLDS`, in the order of the idea's words; empty if no word suggests one.
    time, weather, style : str
        In words of the model; empty if the idea has none.
    colours : tuple of str
    instead : dict of str to str
        Words that the model does not know, and what they are taken for.
    unknown : tuple of str
        Words that are left out.
    """

    text: str
    worlds: tuple[str, ...] = ()
    time: str = ""
    weather: str = ""
    style: str = ""
    colours: tuple[str, ...] = ()
    instead: dict[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


class Chance:
    """Choices that depend on a seed and their own name, so that adding one changes no other."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def number(self, name: str) -> int:
        """A number from 0 to 2^32 - 1."""
        return zlib.crc32(f"{self.seed} {name}".encode())

    def one(self, options: Sequence[T], name: str) -> T:
        """One of the options."""
        return options[self.number(name) % len(options)]

    def shuffled(self, options: Iterable[str], name: str) -> list[str]:
        """The options in another order."""
        return sorted(options, key=lambda option: self.number(f"{name} {option}"))


def one_line(text: str) -> str:
    """Text without line ends and characters that are not printed."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def read_idea(text: str) -> Idea:
    """Find the worlds, times, weathers, colours and styles that the words of an idea mean."""
    text = one_line(text)
    worlds: dict[int, list[str]] = {}  # those that are named, then by place among associations
    late: dict[str, None] = {}
    found: dict[str, list[str]] = {"time": [], "weather": [], "colour": [], "style": []}
    instead: dict[str, str] = {}
    unknown: dict[str, None] = {}
    tables = {"time": TIMES, "weather": WEATHERS, "colour": COLOURS, "style": STYLES}
    for word in _WORD.findall(text.lower()):
        if word in _SMALL:
            continue
        reading, meant = _known(word)
        attributes = {kind: _matches(reading, table) for kind, table in tables.items()}
        for kind, values in attributes.items():
            found[kind] += values
        if any(attributes.values()):
            late |= dict.fromkeys(meant)
        else:
            for place, world in enumerate(meant):
                named = word.removesuffix("s") == world.removesuffix("s")
                worlds.setdefault(-1 if named else place, []).append(world)
        if not meant and not any(attributes.values()):
            if not _vocabulary_has(word):
                unknown[word] = None
        elif reading != word:
            instead[word] = reading
    ordered = [world for place in sorted(worlds) for world in worlds[place]]
    return Idea(
        text=text,
        worlds=tuple(dict.fromkeys(ordered or late)),
        time=next(iter(found["time"]), ""),
        weather=next(iter(found["weather"]), ""),
        style=next(iter(found["style"]), ""),
        colours=tuple(dict.fromkeys(found["colour"]))[:2],
        instead=instead,
        unknown=tuple(unknown),
    )


def in_known_words(text: str) -> str:
    """The part of a text that the bundled model knows, with near words for others; may be empty.

    Articles, pronouns and prepositions before a word that is left out are left out with it.
    """
    vocabulary = vocabulary_of(_folder())
    assert vocabulary is not None
    reading = vocabulary.read(text)
    small, unknown = ("|".join(map(re.escape, words)) for words in (_SMALL, reading.unknown))
    shorter = re.sub(rf"(?i)\b(?:(?:{small})\s+)*(?:{unknown})\b", "", text) if unknown else text
    known = vocabulary.read(shorter)
    return "" if known.unknown else known.text  # without known words, a text is read as it is


def _known(word: str) -> tuple[str, list[str]]:
    """A word with the worlds that it suggests: itself, its singular, or a near word."""
    vocabulary = vocabulary_of(_folder())
    near = vocabulary.near.get(word, "") if vocabulary else ""
    for candidate in (word, word.removesuffix("s"), near):
        if candidate and (worlds := _matches(candidate, SUGGESTED_BY, named=WORLDS)):
            return candidate, worlds
    attributes = any(_matches(near, t) for t in (TIMES, WEATHERS, COLOURS, STYLES) if near)
    return (near if attributes else word), []


def _matches(
    word: str, table: Mapping[str, str], named: Mapping[str, object] | None = None
) -> list[str]:
    """The keys of a table that a word belongs to; one that it names comes first."""
    keys = [key for key, words in table.items() if word in words.split()]
    return [*([word] if named and word in named else []), *(key for key in keys if key != word)]


def _vocabulary_has(word: str) -> bool:
    vocabulary = vocabulary_of(_folder())
    return vocabulary is not None and (word in vocabulary.known or word in vocabulary.near)


def _folder() -> str:
    from phosphene.engines.presets import WORLDS as folder

    return str(folder)
