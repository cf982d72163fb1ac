"""Labels, training and scoring of the judge and the reader."""

import torch

from training import classifier
from training.classifier import WIDTHS, Classifier, accuracy, fit, labels
from training.judge import SIZE, augmented, new_judge, recoloured
from training.look import Look
from training.palettes import COLOURS
from training.reader import new_reader, noised
from training.scenes import SCENES


def test_only_a_single_world_or_colour_has_a_label():
    looks = [
        Look("forest", ("red",)),
        Look("temple", second="aurora"),
        Look("ice", ("red", "gold")),
    ]
    worlds, red = list(SCENES), list(COLOURS).index("red")
    targets = [[worlds.index("forest"), red], [-1, -1], [worlds.index("ice"), -1]]
    assert labels(looks).tolist() == targets
    assert labels([]).shape == (0, 2)


def test_unlabelled_pictures_do_not_count():
    class Fixed(Classifier):
        def forward(self, inputs):
            world = torch.eye(len(SCENES))[[3, 3, 5]]
            return world, torch.eye(len(COLOURS))[[1, 2, 2]]

    targets = torch.tensor([[3, 1], [4, -1], [-1, 1]])
    assert accuracy(Fixed(torch.nn.Identity()), torch.zeros(3, 1), targets) == (0.5, 0.5)


def test_each_level_has_half_the_resolution():
    for model, inputs in (
        (new_judge(), torch.zeros(1, 3, SIZE, SIZE)),
        (new_reader(), torch.zeros(1, 8, 48, 48)),
    ):
        found = model.eval().levels(inputs)
        assert [tuple(level.shape[1:]) for level in found] == [
            (width, 24 // 2**i, 24 // 2**i) for i, width in enumerate(WIDTHS)
        ]


def test_it_learns_a_separable_problem(tmp_path, monkeypatch):
    torch.manual_seed(0)
    clock = iter(range(1000))
    monkeypatch.setattr(classifier.time, "time", lambda: float(next(clock)))

    def batch_of(step):
        targets = torch.tensor([[0, 1], [1, 0]]).repeat(4, 1)
        return torch.randn(8, 8, 8, 8) + 2.0 * targets[:, :1, None, None], targets

    model = new_reader()
    fit(model, batch_of, 0.75, tmp_path / "reader.safetensors")
    inputs, targets = batch_of(0)
    assert accuracy(model.eval(), inputs, targets) == (1.0, 1.0)


def test_an_augmented_picture_keeps_shape_and_range():
    torch.manual_seed(0)
    pictures = 2 * torch.rand(2, 3, SIZE, SIZE) - 1
    for step in range(12):
        found = augmented(pictures, step)
        assert found.shape == pictures.shape
        assert -1.0 <= float(found.min()) < float(found.max()) <= 1.0


def test_recolouring_preserves_brightness_and_grey():
    torch.manual_seed(0)
    pictures = 0.6 * torch.rand(4, 3, 8, 8) - 0.3
    found = recoloured(pictures)
    assert torch.allclose(found.mean(dim=1), pictures.mean(dim=1), atol=1e-6)
    assert float((found - pictures).abs().amax(dim=(1, 2, 3)).min()) > 0.01
    grey = torch.full((4, 3, 2, 2), -0.4)
    assert torch.allclose(recoloured(grey), grey, atol=1e-6)


def test_noise_preserves_the_standard_deviation():
    latents, noise = torch.randn(2, 4, 8, 32, 32, generator=torch.Generator().manual_seed(0))
    sigma = torch.tensor([0.0, 0.3, 0.6, 1.0]).view(4, 1, 1, 1)
    found = noised(latents, noise, sigma)
    assert torch.equal(found[0], latents[0])
    assert torch.equal(found[3], noise[3])
    assert torch.allclose(found.std(dim=(1, 2, 3)), torch.ones(4), atol=0.03)
