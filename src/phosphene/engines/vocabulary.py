"""The words that a small model knows: what it makes of a prompt, and what it leaves out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from phosphene.engines.layout import read_json
from phosphene.errors import EngineError
from phosphene.score.score import Score

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

    Raises
    ------
    EngineError
        If its `words.json` does not hold a vocabulary.
    """
    path = Path(source) / FILE
    if not path.is_file():
        return None
    content = read_json(path)
    known, near = (
        (content.get("known"), content.get("near")) if isinstance(content, dict) else (None, None)
    )
    if not (isinstance(known, list) and isinstance(near, dict)) or not all(
        isinstance(word, str) for word in (*known, *near.values())
    ):
        raise EngineError(
            f'{path}: expected {{"known": ["forest", ...], "near": {{"woods": "forest", ...}}}}',
            "Remove the file to have the model read every word.",
        )
    return Vocabulary(frozenset(known), near)


def in_known_words(source: str, score: Score) -> Score:
    """The Score with its prompts as a model reads them, where the model has a vocabulary."""
    vocabulary = vocabulary_of(source)
    if vocabulary is None:
        return score
    prompts = tuple(vocabulary.read(prompt).text for prompt in score.prompts)
    return replace(score, prompts=prompts, negative=vocabulary.read(score.negative).text)
