from phosphene import Depth, DepthSource, DepthSpec, Score, hookimpl


def load(depth: Depth, score: Score, device) -> DepthSource:
    """A wall from near on the left to far on the right."""
    import torch

    nearness = torch.linspace(1.0, 0.0, score.width, device=device)
    distance = depth.distance(nearness).expand(1, 1, score.height, score.width)
    return lambda picture: distance


@hookimpl
def register_depths(register):
    register(DepthSpec("corridor", "near on the left, far on the right", load, fixed=True))
