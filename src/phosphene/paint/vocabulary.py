"""The words that a small model knows: what it makes of a prompt, and what it leaves out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = "words.json"  # lies beside `model_index.json`; a model without it reads every word
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Reading:
    """A prompt as a model reads it.

    Parameters
    ----------
    text : str
        The prompt in known words.
    near : dict of str to str
        Words that it does not know, and those that it took in their place.
    unknown : tuple of str
        Words that it left out.
    """

    text: str
    near: dict[str, str]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The known words of a model, and near ones for some that it does not know.

    Parameters
    ----------
    known : frozenset of str
        In lower case.
    near : dict of str to str
    """

    known: frozenset[str]
    near: dict[str, str]

    def read(self, prompt: str) -> Reading:
        """What the model makes of a prompt.

        A word that is neither known nor near to one is left out, unless no other is left: then the
        prompt stays as it is, spelled out in pieces.
        """
        near: dict[str, str] = {}
        unknown: dict[str, None] = {}

        def known_word(match: re.Match[str]) -> str:
            word = match[0].lower()
            if word in self.known:
                return match[0]
            if word in self.near:
                return near.setdefault(word, self.near[word])
            unknown[word] = None
            return ""

        text = _tidy(_WORD.sub(known_word, prompt))
        return Reading(text if _WORD.search(text) else prompt, near, tuple(unknown))


def _tidy(text: str) -> str:
    """No empty clauses and no double spaces where words were left out."""
    clauses = (" ".join(clause.split()) for clause in text.split(","))
    return ", ".join(clause for clause in clauses if _WORD.search(clause))


@cache
def vocabulary_of(source: str) -> Vocabulary | None:
    """The vocabulary of a model's folder; None where it has none.

    Parameters
    ----------
    source : str
        Folder or hub id.
    """
    path = Path(source) / FILE
    if not path.is_file():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    return Vocabulary(frozenset(told["known"]), told["near"])
