"""Motion by role: what moves in verses, builds, drops, breaks, and at the ends of the film.

Values are per frame at 12 fps and 256 px wide. Those of the rest, the beats and the level are
measured (`python -m benchmarks.motion`): the camera is seen, and beats stand out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from phosphene.directing.form import Part
from phosphene.directing.idea import Chance
from phosphene.directing.scenes import LOUD
from phosphene.directing.writing import position, table
from phosphene.song.song import Song

STEADY = ("verse", "bridge")
ENDS = ("intro", "outro")
QUIET = ("intro", "break", "outro")
BEATEN = (*STEADY, *ENDS)
FADE = 4.0  # seconds of a fade at most


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

    def between(self, *roles: str) -> list[list[str]]:
        """The ranges of some roles; parts that follow each other are one."""
        ranges: list[tuple[float, float]] = []
        for part in self.of(*roles):
            if ranges and ranges[-1][1] == part.start:
                ranges[-1] = (ranges[-1][0], part.end)
            else:
                ranges.append((part.start, part.end))
        last = self.song.duration
        return [[self.at(a), self.at(b) if b < last else "100%"] for a, b in ranges]

    def amount(self, *roles: str, low: float = 0.7, high: float = 1.2) -> dict[str, float]:
        """The share of a layer at the start of each part, by the part's energy."""
        return {
            self.at(part.start): round(low + (high - low) * part.energy, 2)
            for part in self.of(*roles)
        }


def motion(plan: Plan) -> list[str]:
    """The lines of all layers, for the roles that the song has."""
    return [line for write in LAYERS for lines in write(plan) for line in lines]


Lines = Iterator[list[str]]


def _layer(comment: str, **entries: Any) -> list[str]:
    return table("[[motion]]", entries, comment)


def _rest(plan: Plan) -> Lines:
    yield _layer(
        "Between the beats the picture rests: img2img repaints little, so that the camera is seen.",
        use="keyframes", strength=0.16, renewal=0.05, brightness=0.88, saturation=0.85,
    )  # fmt: skip
    yield _layer(
        "The louder the song, the brighter and the more colourful; a pause is dim and still.",
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
            period=period, between=plan.between(*STEADY),
        )  # fmt: skip
    amount = plan.amount(*STEADY, low=0.95, high=1.2) | plan.amount(*ENDS, low=0.35, high=0.65)
    yield _layer(
        "... and moves in with every beat, which lights up and repaints the picture.",
        use=plan.hit, release="0.25s",
        to={"zoom": 0.05, "strength": 0.16, "renewal": 0.2, "brightness": 0.09},
        amount=amount, between=plan.between(*BEATEN),
    )  # fmt: skip


def _build(plan: Plan) -> Lines:
    if not plan.of("build"):
        return
    ranges = plan.between("build")

    def rising(low: float, high: float) -> dict[str, float]:
        return {at: n for start, end in ranges for at, n in ((start, low), (end, high))}

    yield _layer(
        "Builds: the camera accelerates into the picture ...",
        use="keyframes", ease="easeInCubic", zoom=rising(1.0, 1.025), between=ranges,
    )  # fmt: skip
    twice: dict[str, Any] = {"pattern": "xo", "subdivision": 2} if plan.hit == "beat" else {}
    yield _layer(
        "... and hits come twice as often, each harder than the one before.",
        use=plan.hit, **twice, release="0.2s",
        to={"zoom": 0.05, "strength": 0.18, "renewal": 0.3, "brightness": 0.1},
        amount=rising(0.5, 1.3), between=ranges,
    )  # fmt: skip


def _loud(plan: Plan) -> Lines:
    loud = plan.of(*LOUD)
    if not loud:
        return
    side = plan.chance.one((1.0, -1.0), "turn")
    gate = {"between": plan.between(*LOUD)}
    yield _layer(
        f"{_named(plan, LOUD)}: the camera swings wide ...",
        use="oscillator", period=plan.chance.one(("2 bars", "1 bar", "4 bars"), "swing"),
        to={"translation_x": 2.8 * side * plan.scale, "rotation": 0.6 * side}, **gate,
    )  # fmt: skip
    bar = {"pattern": "x" + "o" * (plan.song.metre - 1)} if plan.hit == "beat" else {}
    yield _layer(
        "... and jumps in with every beat, most of all at the head of a bar, where colours turn.",
        use=plan.hit, **bar, release="0.25s",
        to={"zoom": 0.1, "strength": 0.3, "renewal": 0.4, "brightness": 0.16, "hue": 6.0 * side},
        amount=plan.amount(*LOUD, low=0.85, high=1.2), **gate,
    )  # fmt: skip
    yield _layer(
        "The kick shakes the camera down, and hats glint.",
        use="onset", band="kick", release="0.2s", sensitivity=0.6,
        to={"translation_y": 3.0 * plan.scale}, **gate,
    )  # fmt: skip
    yield _layer("", use="onset", band="hat", release="0.1s", to={"saturation": 0.15}, **gate)
    yield _layer(
        "They begin with a burst: a new picture in the very frame of the downbeat.",
        use="cue", at=[plan.at(part.start) for part in loud], release="0.6s",
        to={"zoom": 0.08, "strength": 0.4, "renewal": 0.4, "brightness": 0.2},
    )  # fmt: skip


def _backbeats(plan: Plan) -> Lines:
    if plan.song.metre < 2 or not plan.of(*STEADY, *LOUD):
        return
    side = plan.chance.one((1.0, -1.0), "backbeat")
    pattern = "".join(".x"[beat % 2] for beat in range(plan.song.metre))
    yield _layer(
        "Backbeats push it to the side.",
        use="beat", pattern=pattern, release="0.15s",
        to={"translation_x": 2.5 * side * plan.scale}, between=plan.between(*STEADY, *LOUD),
    )  # fmt: skip


def _quiet(plan: Plan) -> Lines:
    if quiet := plan.of(*QUIET):
        yield _layer(
            f"{_named(plan, QUIET)}: the picture floats ...",
            look="drift", amount=0.8, between=plan.between(*QUIET),
        )  # fmt: skip
    if any(part.role == "break" for part in quiet):
        yield _layer(
            "... and in breaks no beat moves it, and it loses its colour.",
            use="keyframes", saturation=0.6, between=plan.between("break"),
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
