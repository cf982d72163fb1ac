"""The vocabulary of a model that knows few words, such as `worlds`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from phosphene.engines.model_files import read_json
from phosphene.engines.words.emphasis import marked, parts_of
from phosphene.errors import EngineError
from phosphene.score.score import Score

FILE = "words.json"  # next to `model_index.json`; a model without it reads every word
_WORD = re.compile(r":[\d.]+\)|[^\W_]+")  # a word, or the weight of a part
_PAIR = re.compile(r"\([^\w:]*:[\d.]+\)")  # brackets without a word


@dataclass(frozen=True)
class KnownWords:
    """A prompt in the words that a model knows.

    Parameters
    ----------
    text : str
        The prompt with only those words.
    near : dict of str to str
        Words that were replaced, and their replacements.
    unknown : tuple of str
        Words that were omitted.
    """

    text: str
    near: dict[str, str]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The words that a model knows, and similar ones for some that it does not know.

    Parameters
    ----------
    known : frozenset of str
        In lower case.
    near : dict of str to str
    """

    known: frozenset[str]
    near: dict[str, str]

    def read(self, prompt: str) -> KnownWords:
        """Reduce a prompt to known words, with its weights (`phosphene.engines.words.emphasis`).

        A word that is neither known nor similar to a known one is omitted. If none is left, the
        prompt is unchanged, and the tokenizer splits it into pieces.
        """
        near: dict[str, str] = {}
        unknown: dict[str, None] = {}

        def known_word(match: re.Match[str]) -> str:
            word = match[0].lower()
            if match[0][0] == ":":  # a weight
                return match[0]
            if word in self.known:
                return match[0]
            if word in self.near:
                return near.setdefault(word, self.near[word])
            unknown[word] = None
            return ""

        parts = parts_of(prompt)
        weighted = marked(parts) if any(part.weight != 1.0 for part in parts) else prompt
        text = _tidy(_WORD.sub(known_word, weighted))
        return KnownWords(text or prompt, near, tuple(unknown))


def _tidy(text: str) -> str:
    """Remove empty clauses and double spaces where words were omitted."""
    clauses = (" ".join(_PAIR.sub("", clause).split()) for clause in text.split(","))
    return ", ".join(clause for clause in clauses if re.search(r"[^\W_]", clause))


@cache
def vocabulary_of(source: str) -> Vocabulary | None:
    """Read the vocabulary in a model's folder; None if it has none.

    Parameters
    ----------
    source : str
        Folder or hub id.

    Raises
    ------
    EngineError
        If its `words.json` is not a vocabulary.
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
            "Remove the file to let the model read every word.",
        )
    return Vocabulary(frozenset(known), near)


def in_known_words(source: str, score: Score) -> Score:
    """Reduce the prompts of a Score to known words, if the model has a vocabulary."""
    vocabulary = vocabulary_of(source)
    if vocabulary is None:
        return score
    prompts, negatives = (
        tuple(vocabulary.read(prompt).text for prompt in kind)
        for kind in (score.prompts, score.negative_prompts)
    )
    return replace(score, prompts=prompts, own_negatives=negatives)
