"""The depth network's figures on held-out drawings, and a sheet of pictures that `worlds` paints.

python -m training.depth.evaluate

It writes training/runs/depth.png: pictures, and beside each its nearness, from dark to light.
"""

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from phosphene.engines.depths.estimated import input_size
from phosphene.engines.depths.network import MULTIPLE, SIDE, DepthNetwork, load_network
from training.contact import load, paint
from training.depth.samples import REPAINTED, Pairs
from training.depth.train import HELD_OUT, chunks, training_chunks
from training.paths import RUNS
from training.scenes import SCENES

COLUMNS = 4
Field = NDArray[np.float32]


@torch.no_grad()
def estimated(network: DepthNetwork, pictures: Pairs) -> Field:
    """The nearness of pictures (n, height, width, 3) at the network's size, (n, height, width)."""
    given = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
    found: Field = network(given)[:, 0].clamp(0, 1).numpy()
    return found


def constant(numbers: list[int], height: int, width: int) -> Field:
    """The mean nearness of all training pictures, for each pixel."""
    means = [chunk[..., 3].mean(0) / 255 for chunk in chunks(numbers)]
    size = (width, height)
    return np.mean([cv2.resize(mean, size, interpolation=cv2.INTER_AREA) for mean in means], 0)


def figures(network: DepthNetwork) -> None:
    """Print the mean absolute error of the network, and of two maps that see no picture."""
    errors: dict[str, list[tuple[float, float, float]]] = {"drawn": [], "repainted": []}
    for number, chunk in enumerate(chunks(list(range(HELD_OUT)))):
        near = chunk[..., 3] / np.float32(255)
        height, width = near.shape[1:]
        ramp = np.linspace(0, 1, height)[:, None]
        maps = estimated(network, chunk[..., :3]), constant(training_chunks(), height, width), ramp
        kind = "repainted" if number % REPAINTED == 1 else "drawn"
        errors[kind].append(tuple(float(np.abs(one - near).mean()) for one in maps))
    for kind, rows in errors.items():
        net, mean, ramp = np.mean(rows, 0)
        print(f"{kind}: network {net:.4f}, mean map {mean:.4f}, ramp {ramp:.4f}")


def painted(network: DepthNetwork) -> Image.Image:
    """Every world as the bundled model paints it, and its estimated nearness."""
    pictures = paint(load(), list(SCENES), 5, 2, 1.0)
    height, width = input_size(256, 256, SIDE, MULTIPLE)
    small = [cv2.resize(one, (width, height), interpolation=cv2.INTER_AREA) for one in pictures]
    maps = estimated(network, np.stack(small))
    cells = []
    for picture, near in zip(small, maps, strict=True):
        shown = cv2.applyColorMap((255 * near).astype(np.uint8), cv2.COLORMAP_INFERNO)
        cells.append(np.hstack([picture, shown[..., ::-1]]))
    rows = [np.hstack(cells[i : i + COLUMNS]) for i in range(0, len(cells), COLUMNS)]
    return Image.fromarray(np.vstack(rows))


if __name__ == "__main__":
    torch.set_num_threads(1)
    trained = load_network()
    figures(trained)
    painted(trained).save(RUNS / "depth.png")
