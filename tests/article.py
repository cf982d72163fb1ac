"""The article's own formulas, to compare with."""

from __future__ import annotations

import math

TRANSLATION_X = {0: 0, 30: 2, 60: -1, 90: 3, 120: 0}
TRANSLATION_Y = {0: 0, 30: -1, 60: 0, 90: -2, 120: 0}
ROTATION = {0: 0, 30: 0.5, 60: -0.3, 90: 0.8, 120: 0}
ZOOM = {0: 1.0, 30: 1.02, 60: 1.0, 90: 1.01, 120: 1.0}
STRENGTH = {0: 0.55, 60: 0.6, 120: 0.55}


def interpolate_keyframes(keys: dict[int, float], frame: int) -> float:
    frames = sorted(keys)
    if frame <= frames[0]:
        return keys[frames[0]]
    if frame >= frames[-1]:
        return keys[frames[-1]]
    start = max(f for f in frames if f <= frame)
    end = min(f for f in frames if f > frame)
    return keys[start] + (frame - start) / (end - start) * (keys[end] - keys[start])


def circular_motion_keys(total: int, radius_x: float = 3.0, radius_y: float = 2.0):
    angles = {f: 2 * math.pi * (f / total) for f in range(0, total + 1, 10)}
    across = {f: radius_x * math.cos(angle) for f, angle in angles.items()}
    return across, {f: radius_y * math.sin(angle) for f, angle in angles.items()}


def spiral_zoom_keys(total: int, start_zoom: float = 1.0, end_zoom: float = 1.5):
    eased = {f: 0.5 * (1 - math.cos(math.pi * f / total)) for f in range(0, total + 1, 10)}
    return {f: start_zoom + share * (end_zoom - start_zoom) for f, share in eased.items()}
