"""Optical flow between two frames."""

from __future__ import annotations

import threading

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
"""A displacement or a place for each pixel, x and y in px; shape (height, width, 2)."""

SMALLEST = 32  # px; smaller than the patches of the coarsest scale
# DIS splits the picture by threads, and its result depends on their number.
_one_thread = threading.Lock()


def flow(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> Map:
    """Where each pixel of a frame is in another, as a displacement: dense optical flow.

    DIS: Kroeger et al., "Fast Optical Flow using Dense Inverse Search" (ECCV 2016). The same to the
    bit for any number of cores.

    Parameters
    ----------
    first, second : ndarray, uint8, shape (height, width)
        Grey.

    Returns
    -------
    ndarray, float32, shape (height, width, 2)
        0 for pictures smaller than 32 px.
    """
    if min(first.shape) < SMALLEST:
        return np.zeros((*first.shape, 2), np.float32)
    with _one_thread:
        threads = cv2.getNumThreads()
        cv2.setNumThreads(1)
        try:
            dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
            found: Map = dis.calc(first, second, None)
        finally:
            cv2.setNumThreads(threads)
    return found
