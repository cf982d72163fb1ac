"""A UNet with fewer layers starts from the layers of the other one that it keeps."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from diffusers import UNet2DConditionModel

from training.unet_distil import Levels, colours_of, detail_of, inherited


def unet(*layers):
    torch.manual_seed(len(layers) + sum(layers))
    return UNet2DConditionModel(
        sample_size=8, in_channels=4, out_channels=4, block_out_channels=(8, 16),
        layers_per_block=layers, cross_attention_dim=8, norm_num_groups=4, attention_head_dim=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
    ).requires_grad_(False)  # fmt: skip


@pytest.fixture(scope="module")
def teacher():
    return unet(1, 3)


def test_a_student_with_all_layers_predicts_the_same(teacher):
    student = unet(1, 3)
    torch.nn.init.zeros_(student.conv_in.weight)
    student.load_state_dict(inherited(student, teacher))
    inputs = torch.randn(1, 4, 8, 8), 500, torch.randn(1, 3, 8)
    assert torch.equal(student(*inputs).sample, teacher(*inputs).sample)


def test_each_level_keeps_its_first_layers_and_the_last_one_going_up(teacher):
    student = unet(1, 1)
    student.load_state_dict(inherited(student, teacher))
    for kind in ("resnets", "attentions"):
        mine, given = (getattr(model.down_blocks[1], kind) for model in (student, teacher))
        assert len(mine) == 1
        assert all_equal(mine[0], given[0])
        mine, given = (getattr(model.up_blocks[0], kind) for model in (student, teacher))
        assert len(mine) == 2
        assert all_equal(mine[0], given[0])
        assert all_equal(mine[1], given[3])
    assert all_equal(student.mid_block, teacher.mid_block)
    assert all_equal(student.up_blocks[1], teacher.up_blocks[1])


def all_equal(first, second):
    pairs = zip(first.parameters(), second.parameters(), strict=True)
    return all(torch.equal(one, other) for one, other in pairs)


def test_the_outputs_of_levels_are_those_of_this_thread(teacher):
    levels = Levels(teacher)

    def evaluate(size):
        teacher(torch.zeros(1, 4, size, size), 500, torch.zeros(1, 3, 8))
        return [tuple(output.shape[1:]) for output in levels.last.outputs]

    with ThreadPoolExecutor(2) as pool:
        small, large = pool.map(evaluate, (8, 16))
    assert small == [(8, 4, 4), (16, 4, 4), (16, 4, 4), (16, 8, 8), (8, 8, 8)]
    assert large == [(channels, 2 * height, 2 * width) for channels, height, width in small]


def test_detail_is_the_deviation_from_the_neighbourhood():
    assert detail_of(torch.ones(1, 8, 4, 4)).allclose(torch.tensor(1e-3))
    stripes = torch.tensor([1.0, -1.0]).repeat(8).expand(1, 1, 64, 16)
    # Blurred, stripes are grey, except for the first and the last one, at half their contrast.
    mean = (14 * 1.0 + 2 * 0.5**2) / 16
    assert detail_of(stripes).item() == pytest.approx(mean**0.5, rel=1e-4)


def test_colours_are_the_means_of_sixteen_parts():
    latents = torch.zeros(1, 8, 8, 16)
    latents[0, 3, :2, :4] = 2.0  # the first part
    latents[0, 5, 6, 15] = 8.0  # one of the eight values of the last one
    expected = torch.zeros(1, 8, 4, 4)
    expected[0, 3, 0, 0], expected[0, 5, 3, 3] = 2.0, 1.0
    assert torch.equal(colours_of(latents), expected)
