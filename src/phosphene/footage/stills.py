"""The user's pictures, with alpha."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from phosphene.errors import ProjectError
from phosphene.song.files import IMAGE, require_file

if TYPE_CHECKING:
    from phosphene.footage.videos import Form

Pixels = NDArray[np.uint8]
NARROWEST = 50  # longer side over shorter; a narrower picture would fill the memory


def read_still(path: Path, entry: str) -> Pixels:
    """Read a picture.

    Parameters
    ----------
    path : Path
    entry : str
        Its entry in the project file, for errors.

    Returns
    -------
    ndarray, uint8, shape (height, width, 4)
        RGBA, not premultiplied; opaque if it has no alpha.

    Raises
    ------
    ProjectError
        If it is not a readable picture, or very narrow.
    """
    try:
        require_file(path, "picture", IMAGE, ProjectError)
    except ProjectError as error:
        error.name_place(entry)
        raise error from None
    data = np.fromfile(path, np.uint8)
    try:
        pixels = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
        if pixels is not None and pixels.shape[2:] in ((), (3,)):
            # Upright, as photos of phones are shown; with alpha, OpenCV does not turn pictures.
            pixels = cv2.imdecode(data, cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR)
    except cv2.error:  # more pixels than OpenCV allows
        pixels = None
    if pixels is None or max(pixels.shape[:2]) > NARROWEST * min(pixels.shape[:2]):
        about = "is not a readable picture" if pixels is None else "is too narrow"
        raise ProjectError(f"{entry}: {path} {about}", "Give a PNG, JPEG or WebP file.")
    if pixels.dtype != np.uint8:
        largest = float(np.iinfo(pixels.dtype).max) if pixels.dtype.kind == "u" else 1.0
        pixels = np.rint(np.clip(pixels / largest, 0.0, 1.0) * 255.0).astype(np.uint8)
    pixels = pixels if pixels.ndim == 3 else pixels[..., None]
    codes = {1: cv2.COLOR_GRAY2RGBA, 3: cv2.COLOR_BGR2RGBA, 4: cv2.COLOR_BGRA2RGBA}
    if pixels.shape[2] == 2:  # grey and alpha
        pixels = pixels[..., [0, 0, 0, 1]]
    found: Pixels = cv2.cvtColor(pixels, codes[pixels.shape[2]])
    return found


def has_alpha(picture: Pixels) -> bool:
    """Whether some pixel of a picture is not opaque."""
    return bool(picture[..., 3].min() < 255)


def scaled(picture: Pixels, width: int, height: int) -> Pixels:
    """Scale a picture; colours under transparent pixels do not bleed into others."""
    alpha = picture[..., 3:].astype(np.float32) / 255.0
    premultiplied = np.concatenate([picture[..., :3] * alpha, 255.0 * alpha], axis=2)
    smaller = width * height < picture.shape[0] * picture.shape[1]
    method = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    sized = cv2.resize(premultiplied, (width, height), interpolation=method)
    sized[..., :3] /= np.maximum(sized[..., 3:] / 255.0, 1e-6)
    found: Pixels = np.rint(np.clip(sized, 0.0, 255.0)).astype(np.uint8)
    return found


def fitted(picture: Pixels, form: Form, contains: bool) -> Pixels:
    """Fit a picture into a frame, or let it cover the frame; it is centred.

    Returns
    -------
    ndarray, uint8, shape (form.height, form.width, 4)
        Transparent around a picture that fits into the frame.
    """
    height, width = picture.shape[:2]
    scales = form.width / width, form.height / height
    scale = min(scales) if contains else max(scales)
    sized = scaled(picture, max(1, round(width * scale)), max(1, round(height * scale)))
    frame = np.zeros((form.height, form.width, 4), np.uint8)
    (top, crop_top, rows), (left, crop_left, columns) = (
        (max(0, (outer - inner) // 2), max(0, (inner - outer) // 2), min(outer, inner))
        for outer, inner in zip(frame.shape[:2], sized.shape[:2], strict=True)
    )
    frame[top : top + rows, left : left + columns] = sized[
        crop_top : crop_top + rows, crop_left : crop_left + columns
    ]
    return frame
