"""Pictures and videos that guide a film: in which frames they are used, and how."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

STILLS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})
"""Endings of pictures; any other file is read as a video."""


@dataclass(frozen=True)
class Clip:
    """A picture or a video in the frames [first, last) of the song.

    Parameters
    ----------
    path : Path
    entry : str
        Its entry in the project file, for errors.
    first, last : int
        Frame numbers in the song.
    begin : Fraction
        Seconds of the video before the first frame.
    loops : bool
        Whether it begins again at its end; else its last frame is held.
    contains : bool
        Whether it fits into the frame, which is transparent around it; else it covers the frame.
    """

    path: Path
    entry: str
    first: int
    last: int
    begin: Fraction = Fraction(0)
    loops: bool = False
    contains: bool = False

    @property
    def still(self) -> bool:
        """Whether it is a picture."""
        return self.path.suffix.lower() in STILLS

    def shows(self, frame: int) -> bool:
        """Whether it is visible in a frame of the song."""
        return self.first <= frame < self.last


@dataclass(frozen=True)
class Guide:
    """A video that guides the picture.

    Parameters
    ----------
    clip : Clip
    mode : str
        ``init``, ``composite`` or ``flow``.
    amount : float
        Share, times the channel `guide`.
    mask : Clip, optional
        Its luma is the opacity of a ``composite``, in place of the video's alpha.
    """

    clip: Clip
    mode: str
    amount: float = 1.0
    mask: Clip | None = None


@dataclass(frozen=True)
class Mask:
    """Where the picture is repainted.

    Parameters
    ----------
    entry : str
        Its entry in the project file, for errors.
    clip : Clip, optional
        A picture or a video.
    part : str
        What of it: ``luma`` or ``alpha``.
    depth : tuple of (float, float), optional
        In place of a clip: from a distance up to another.
    inside : bool
        Whether it is repainted inside; else outside.
    feather : float
        Width of the soft edge, as a share of the picture's height.
    amount : float
        Share, times the channel `mask`; at 0 everything is repainted.
    """

    entry: str
    clip: Clip | None = None
    part: str = "luma"
    depth: tuple[float, float] | None = None
    inside: bool = True
    feather: float = 0.0
    amount: float = 1.0


@dataclass(frozen=True)
class Overlay:
    """A picture over the frames [first, last) of the song.

    Parameters
    ----------
    path : Path
    entry : str
        Its entry in the project file, for errors.
    first, last : int
        Frame numbers in the song.
    fade : int
        Frames over which it appears, and disappears.
    size : float
        Its height, as a share of the picture's height.
    position : tuple of (float, float)
        0 to 1 from the left margin to the right one, and from the upper to the lower.
    amount : float
        Opacity, times the channel `overlay`.
    """

    path: Path
    entry: str
    first: int
    last: int
    fade: int
    size: float
    position: tuple[float, float]
    amount: float = 1.0

    def opacity(self, frame: int) -> float:
        """Opacity in a frame of the song, 0 to 1, without the channel."""
        inside = min(frame - self.first + 1, self.last - frame)
        return self.amount * min(max(inside / (self.fade + 1), 0.0), 1.0)


@dataclass(frozen=True)
class Inputs:
    """All pictures and videos of a film, besides its first pictures.

    Parameters
    ----------
    guides : tuple of Guide
    masks : tuple of Mask
    overlays : tuple of Overlay
    controls : tuple of (Clip or None)
        The video of each ControlNet, None where it has none.
    """

    guides: tuple[Guide, ...] = ()
    masks: tuple[Mask, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    controls: tuple[Clip | None, ...] = ()

    def within(self, first: int, last: int) -> Inputs:
        """Those that are visible in some of the frames [first, last) of the song."""

        def some(one: Clip | Overlay) -> bool:
            return one.first < last and one.last > first

        return Inputs(
            tuple(guide for guide in self.guides if some(guide.clip)),
            tuple(mask for mask in self.masks if mask.clip is None or some(mask.clip)),
            tuple(overlay for overlay in self.overlays if some(overlay)),
            tuple(clip if clip is not None and some(clip) else None for clip in self.controls),
        )

    @property
    def clips(self) -> tuple[Clip, ...]:
        """The clips of all guides, masks and ControlNets."""
        found = [clip for guide in self.guides for clip in (guide.clip, guide.mask)]
        found += [*(mask.clip for mask in self.masks), *self.controls]
        return tuple(clip for clip in found if clip is not None)


NO_INPUTS = Inputs()
