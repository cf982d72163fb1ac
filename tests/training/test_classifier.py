"""What the judge and the reader are told, and how they are scored."""

import torch

from training import classifier
from training.classifier import WIDTHS, Classifier, accuracy, labels, teach
from training.judge import SIZE, new_judge, recoloured, varied
from training.look import Look
from training.palettes import COLOURS
from training.reader import hazed, new_reader
from training.scenes import SCENES


def test_only_what_has_one_world_or_one_colour_has_a_label():
    looks = [
        Look("forest", ("red",)),
        Look("temple", second="aurora"),
        Look("ice", ("red", "gold")),
    ]
    worlds, red = list(SCENES), list(COLOURS).index("red")
    told = [[worlds.index("forest"), red], [-1, -1], [worlds.index("ice"), -1]]
    assert labels(looks).tolist() == told
    assert labels([]).shape == (0, 2)


def test_what_has_no_label_does_not_count():
    class Fixed(Classifier):
        def forward(self, given):
            world = torch.eye(len(SCENES))[[3, 3, 5]]
            return world, torch.eye(len(COLOURS))[[1, 2, 2]]

    told = torch.tensor([[3, 1], [4, -1], [-1, 1]])
    assert accuracy(Fixed(torch.nn.Identity()), torch.zeros(3, 1), told) == (0.5, 0.5)


def test_levels_are_each_half_as_large():
    for model, given in (
        (new_judge(), torch.zeros(1, 3, SIZE, SIZE)),
        (new_reader(), torch.zeros(1, 8, 48, 48)),
    ):
        found = model.eval().levels(given)
        assert [tuple(level.shape[1:]) for level in found] == [
            (width, 24 // 2**i, 24 // 2**i) for i, width in enumerate(WIDTHS)
        ]


def test_it_learns_what_is_plain(tmp_path, monkeypatch):
    torch.manual_seed(0)
    clock = iter(range(1000))
    monkeypatch.setattr(classifier.time, "time", lambda: float(next(clock)))

    def lesson(step):
        told = torch.tensor([[0, 1], [1, 0]]).repeat(4, 1)
        return torch.randn(8, 8, 8, 8) + 2.0 * told[:, :1, None, None], told

    model = new_reader()
    teach(model, lesson, 0.75, tmp_path / "reader.safetensors")
    given, told = lesson(0)
    assert accuracy(model.eval(), given, told) == (1.0, 1.0)


def test_a_varied_picture_is_still_one():
    torch.manual_seed(0)
    pictures = 2 * torch.rand(2, 3, SIZE, SIZE) - 1
    for step in range(12):
        found = varied(pictures, step)
        assert found.shape == pictures.shape
        assert -1.0 <= float(found.min()) < float(found.max()) <= 1.0


def test_other_colours_leave_the_brightness_and_what_is_grey():
    torch.manual_seed(0)
    pictures = 0.6 * torch.rand(4, 3, 8, 8) - 0.3
    found = recoloured(pictures)
    assert torch.allclose(found.mean(dim=1), pictures.mean(dim=1), atol=1e-6)
    assert float((found - pictures).abs().amax(dim=(1, 2, 3)).min()) > 0.01
    grey = torch.full((4, 3, 2, 2), -0.4)
    assert torch.allclose(recoloured(grey), grey, atol=1e-6)


def test_haze_keeps_the_deviation_of_what_has_one():
    latents, noise = torch.randn(2, 4, 8, 32, 32, generator=torch.Generator().manual_seed(0))
    haze = torch.tensor([0.0, 0.3, 0.6, 1.0]).view(4, 1, 1, 1)
    found = hazed(latents, noise, haze)
    assert torch.equal(found[0], latents[0])
    assert torch.equal(found[3], noise[3])
    assert torch.allclose(found.std(dim=(1, 2, 3)), torch.ones(4), atol=0.03)
