"""Motion by role: what moves in verses, builds, drops, breaks, and at the ends of the film.

Values are per frame at 12 fps and 256 px wide. Those of the rest, the beats and the level are
measured (`python -m benchmarks.motion`): the camera is seen, and beats stand out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from phosphene.directing.form import Part
from phosphene.directing.idea import Chance
from phosphene.directing.scenes import LOUD
from phosphene.directing.writing import NEAR, position, table
from phosphene.song.song import Song

STEADY = ("verse", "bridge")
ENDS = ("intro", "outro")
QUIET = ("intro", "break", "outro")
BEATEN = (*STEADY, *ENDS)
FADE = 4.0  # seconds of a fade at most
HUSH = 2.1  # seconds before a drop in which almost nothing moves, at least


@dataclass(frozen=True)
class Plan:
    """What the layers depend on.

    Parameters
    ----------
    song : Song
    parts : tuple of Part
    chance : Chance
    scale : float
        Width of the picture relative to 256 px.
    """

    song: Song
    parts: tuple[Part, ...]
    chance: Chance
    scale: float = 1.0

    @property
    def hit(self) -> str:
        """The modulator that hits with the music: beats, or onsets where there are none."""
        return "beat" if len(self.song.beats) else "onset"

    def of(self, *roles: str) -> list[Part]:
        """The parts of some roles."""
        return [part for part in self.parts if part.role in roles]

    def at(self, seconds: float) -> str:
        """A position."""
        return position(self.song, seconds)

    def gate(self, *roles: str) -> dict[str, Any]:
        """The gate of a layer that moves the parts of some roles alone: by name, or by ranges."""
        sections = self.song.sections
        named = [role for role in roles if any(section.role == role for section in sections)]
        found = (section for role in named for section in self.song.sections_named(role))
        spans = _joined((section.start, section.end) for section in found)
        ranges = _joined((part.start, part.end) for part in self.of(*roles))
        if np.shape(spans) == np.shape(ranges) and np.allclose(spans, ranges, atol=NEAR):
            if len(named) == 1:
                return {"between": named[0]}
            return {"when": {"section": named}}
        last = self.song.duration
        return {"between": [[self.at(a), self.at(b) if b < last else "100%"] for a, b in ranges]}

    def amount(self, *roles: str, low: float = 0.7, high: float = 1.2) -> dict[str, float]:
        """The share of a layer at the start of each part, by the part's energy."""
        return {
            self.at(part.start): round(low + (high - low) * part.energy, 2)
            for part in self.of(*roles)
        }


def _joined(ranges: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The ranges in order; those that follow each other are one."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted(ranges):
        if joined and abs(joined[-1][1] - start) < NEAR:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def motion(plan: Plan) -> list[str]:
    """The lines of all layers, for the roles that the song has."""
    return [line for write in LAYERS for lines in write(plan) for line in lines]


Lines = Iterator[list[str]]


def _layer(comment: str, **entries: Any) -> list[str]:
    return table("[[motion]]", entries, comment)


def _rest(plan: Plan) -> Lines:
    yield _layer(
        "Between beats, little is repainted, so that the camera is seen.",
        use="keyframes", strength=0.16, renewal=0.05, brightness=0.88, saturation=0.85,
    )  # fmt: skip
    yield _layer(
        "The louder the song, the brighter and more colourful; pauses are dim and still.",
        use="level", attack="0.3s", release="0.6s",
        to={"zoom": 0.005, "brightness": 0.12, "saturation": 0.2},
    )  # fmt: skip


def _steady(plan: Plan) -> Lines:
    if not plan.of(*BEATEN):
        return
    side = plan.chance.one((1.0, -1.0), "side")
    period = plan.chance.one(("8 bars", "6 bars", "10 bars"), "orbit")
    if plan.of(*STEADY):
        yield _layer(
            f"{_named(plan, STEADY)}: the camera drifts in a slow ellipse ...",
            use="orbit", radius_x=1.8 * side * plan.scale, radius_y=1.2 * plan.scale,
            period=period, **plan.gate(*STEADY),
        )  # fmt: skip
    amount = plan.amount(*STEADY, low=0.95, high=1.2) | plan.amount(*ENDS, low=0.35, high=0.65)
    yield _layer(
        "... and moves in with every beat, which lights up and repaints the picture.",
        use=plan.hit, release="0.25s",
        to={"zoom": 0.05, "strength": 0.16, "renewal": 0.2, "brightness": 0.09},
        amount=amount, **plan.gate(*BEATEN),
    )  # fmt: skip


def _build(plan: Plan) -> Lines:
    if not plan.of("build"):
        return
    gate = plan.gate("build")

    def rising(low: float, high: float) -> dict[str, float]:
        spans = [(part.start, part.end) for part in plan.of("build")]
        return {plan.at(t): n for a, b in spans for t, n in ((a, low), (b, high))}

    yield _layer(
        "Builds: the camera accelerates into the picture ...",
        use="keyframes", ease="easeInQuad", zoom=rising(1.0, 1.03), **gate,
    )  # fmt: skip
    twice: dict[str, Any] = {"pattern": "xo", "subdivision": 2} if plan.hit == "beat" else {}
    yield _layer(
        "... and hits come twice as often, each harder than the one before.",
        use=plan.hit, **twice, release="0.2s",
        to={"zoom": 0.05, "strength": 0.18, "renewal": 0.3, "brightness": 0.1},
        amount=rising(0.5, 1.3), **gate,
    )  # fmt: skip
    pairs = pairwise(plan.parts)
    if led := [(a, b) for a, b in pairs if a.role == "build" and b.role in LOUD]:
        beats = _hush(plan.song, min((build for build, _ in led), key=lambda part: part.length))
        cue = {
            "use": "cue", "at": [plan.at(part.start) for _, part in led],
            "attack": f"{beats} beat{'s' * (beats > 1)}", "attack_bend": 0.15, "look_ahead": True,
        }  # fmt: skip
        about = "... up to the last beats, in which the picture is almost still, and dim."
        yield _layer(about, look="hush", amount=cue, **gate)


def _hush(song: Song, build: Part) -> int:
    """The beats before a drop in which almost nothing moves: two fifths of the build at most."""
    beat = song.tempo_map.beat_span(build.start, 1.0)
    return max(min(int(np.ceil(HUSH / beat)), int(0.4 * build.length / beat)), 1)


def _loud(plan: Plan) -> Lines:
    loud = plan.of(*LOUD)
    if not loud:
        return
    side = plan.chance.one((1.0, -1.0), "turn")
    gate = plan.gate(*LOUD)
    yield _layer(
        f"{_named(plan, LOUD)}: the camera swings wide ...",
        use="oscillator", period=plan.chance.one(("2 bars", "1 bar", "4 bars"), "swing"),
        to={"translation_x": 2.8 * side * plan.scale, "rotation": 0.6 * side}, **gate,
    )  # fmt: skip
    bar = {"pattern": "x" + "o" * (plan.song.metre - 1)} if plan.hit == "beat" else {}
    yield _layer(
        "... and jumps in at the head of every bar, where colours turn.",
        use=plan.hit, **bar, release="0.25s",
        to={"zoom": 0.1, "strength": 0.3, "renewal": 0.4, "brightness": 0.16, "hue": 6.0 * side},
        amount=plan.amount(*LOUD, low=1.0, high=1.3), **gate,
    )  # fmt: skip
    yield _layer(
        "... kicks shake it down ...",
        use="onset", band="kick", release="0.2s", sensitivity=0.6,
        to={"translation_y": 3.0 * plan.scale}, **gate,
    )  # fmt: skip
    yield _layer(
        "... and hats glint.",
        use="onset", band="hat", release="0.1s", to={"saturation": 0.15}, **gate,
    )  # fmt: skip
    yield _layer(
        "They begin with a burst, in the very frame of the downbeat.",
        use="cue", at=[plan.at(part.start) for part in loud], release="0.6s",
        to={"zoom": 0.08, "strength": 0.4, "renewal": 0.4, "brightness": 0.4},
    )  # fmt: skip


def _backbeats(plan: Plan) -> Lines:
    if plan.song.metre < 2 or not plan.of(*STEADY, *LOUD):
        return
    side = plan.chance.one((1.0, -1.0), "backbeat")
    pattern = "".join(".x"[beat % 2] for beat in range(plan.song.metre))
    yield _layer(
        "Backbeats push it to the side.",
        use="beat", pattern=pattern, release="0.15s",
        to={"translation_x": 2.5 * side * plan.scale}, **plan.gate(*STEADY, *LOUD),
    )  # fmt: skip


def _quiet(plan: Plan) -> Lines:
    if quiet := plan.of(*QUIET):
        yield _layer(
            f"{_named(plan, QUIET)}: the picture floats ...",
            look="drift", amount=plan.amount("break", low=0.4, high=0.4)
            | plan.amount(*ENDS, low=0.8, high=0.8), **plan.gate(*QUIET),
        )  # fmt: skip
    if any(part.role == "break" for part in quiet):
        yield _layer(
            "... and in breaks no beat moves it, less is repainted, and it loses its colour.",
            use="keyframes", mix="replace", saturation=0.55, strength=0.1, **plan.gate("break"),
        )  # fmt: skip


def _fades(plan: Plan) -> Lines:
    first, last, end = plan.parts[0], plan.parts[-1], plan.song.duration
    keys: dict[str, float] = {}
    if first.role == "intro":
        keys |= {"0": 0.05, f"{min(FADE, first.length / 2):.2f}s": 1.0}
    if last.role == "outro":
        keys |= {f"{max(end - 1.5 * FADE, last.start + last.length / 2):.2f}s": 1.0, "100%": 0.03}
    if keys:
        yield _layer("The film fades in and out.", use="keyframes", ease="smooth", brightness=keys)


LAYERS: tuple[Callable[[Plan], Lines], ...] = (
    _rest, _steady, _build, _loud, _backbeats, _quiet, _fades,
)  # fmt: skip


def _named(plan: Plan, roles: Sequence[str]) -> str:
    plurals = {"chorus": "choruses", "intro": "intro", "outro": "outro"}
    there = [plurals.get(role, f"{role}s") for role in roles if plan.of(role)]
    return ", ".join(there).capitalize()
