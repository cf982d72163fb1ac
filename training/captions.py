"""Random captions of a look."""

import random

from training.look import Look
from training.scenes.mixing import GROUNDS, SKIES
from training.words import (
    ABOVE,
    ARTICLE_STYLE,
    BESIDE,
    COLOUR_WORDS,
    EXTRA_FRONT,
    EXTRAS,
    FILLERS,
    HELD_OUT,
    IN_COLOUR,
    MOODS,
    NAMES,
    NEGATIVES,
    STYLES,
    TIMES,
    WEATHERS,
)  # fmt: skip

HELD = tuple(wording for wordings in HELD_OUT.values() for wording in wordings)


def caption(look: Look, rng: random.Random) -> str:
    """A random caption without any held-out wording."""
    while any(wording in (words := _caption(look, rng)) for wording in HELD):
        pass
    return words


def _caption(look: Look, rng: random.Random) -> str:
    """Adjectives, the name with its extras, and clauses in random order."""
    name = rng.choice(NAMES[look.world])
    front = [rng.choice(MOODS[look.world])] if rng.random() < 0.35 else []
    clauses = []
    if look.colours:
        colour = " and ".join(rng.choice(COLOUR_WORDS[word]) for word in look.colours)
        if rng.random() < 0.65:
            front.insert(rng.randint(0, len(front)), colour)
        else:
            clauses.append(rng.choice(IN_COLOUR).format(colour))
    if look.extra:
        if look.world in EXTRA_FRONT and rng.random() < 0.6:
            front.append(rng.choice(EXTRA_FRONT[look.world]))
        else:
            name = f"{name} {rng.choice(EXTRAS[look.world])}"
        if look.world in EXTRA_FRONT and rng.random() < 0.4:
            clauses.append("cyberpunk")
    if look.second:
        above = look.world in GROUNDS and look.second in SKIES
        name = f"{name} {rng.choice(ABOVE if above else BESIDE).format(rng.choice(NAMES[look.second]))}"  # noqa: E501
    for value, table, share in ((look.time, TIMES, 0.8), (look.weather, WEATHERS, 0.9)):
        if value and rng.random() < share:
            phrase = rng.choice(table[value])
            if rng.random() < 0.7:
                name = f"{name} {phrase}"
            else:
                clauses.append(phrase)
    words = " ".join([*front, name])
    if rng.random() < 0.5:
        words = f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
    if look.style:
        style = rng.choice(STYLES[look.style])
        kind = rng.random()
        if kind < 0.3:
            words = f"{style} of {words}"
        else:
            clauses.append(style)
    clauses += fillers(rng)
    if rng.random() < 0.4:
        rng.shuffle(clauses)
    at = rng.randint(0, len(clauses)) if rng.random() < 0.25 else 0
    return ", ".join([*clauses[:at], words, *clauses[at:]])


def fillers(rng: random.Random) -> list[str]:
    """The usual quality words: none, some, or those of the article. They should change little."""
    kind = rng.random()
    if kind < 0.4:
        return []
    if kind < 0.62:
        return ARTICLE_STYLE.split(", ")
    return rng.sample(FILLERS, rng.randint(1, 5))


def empty_captions(count: int, rng: random.Random) -> list[str]:
    """Captions for guidance: empty, or only the usual negative words."""
    return [
        "" if i % 5 < 3 else ", ".join(rng.sample(NEGATIVES, rng.randint(1, 4)))
        for i in range(count)
    ]


def poor_caption(words: str, rng: random.Random) -> str:
    """A caption that describes its picture as low quality, with the usual negative words."""
    negatives = rng.sample(NEGATIVES[:2], rng.randint(1, 2))
    negatives += rng.sample(NEGATIVES[2:], rng.randint(0, 3))
    rng.shuffle(negatives)
    front = [words] if rng.random() < 0.5 else []
    return ", ".join(front + negatives)
