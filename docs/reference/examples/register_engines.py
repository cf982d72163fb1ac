from phosphene import EngineSpec, Model, Row, Score, hookimpl


class Grey:
    """Paints nothing: a grey picture, which the camera moves."""

    def __init__(self, model: Model, score: Score):
        import torch

        self.device = torch.device("cpu")
        self.grey = torch.full((1, 3, score.height, score.width), 0.5)

    def first(self, row: Row):
        return self.grey

    def img2img(self, picture, row: Row):
        return picture


@hookimpl
def register_engines(register):
    register(EngineSpec("grey", "a grey picture", Grey, diffuses=False))
