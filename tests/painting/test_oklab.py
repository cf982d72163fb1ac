import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from phosphene.painting.oklab import from_oklab, to_oklab


def lab_of(*colour):
    return to_oklab(torch.tensor(colour).view(1, 3, 1, 1)).flatten().tolist()


def test_the_colours_that_its_author_gives():
    # From the table of XYZ white and from sRGB primaries, as published with OKLab.
    assert lab_of(1.0, 1.0, 1.0) == pytest.approx([1.0, 0.0, 0.0], abs=1e-5)
    assert lab_of(1.0, 0.0, 0.0) == pytest.approx([0.62796, 0.22486, 0.12585], abs=1e-4)
    assert lab_of(0.0, 1.0, 0.0) == pytest.approx([0.86644, -0.23389, 0.17950], abs=1e-4)
    assert lab_of(0.0, 0.0, 1.0) == pytest.approx([0.45201, -0.03246, -0.31153], abs=1e-4)
    assert lab_of(0.0, 0.0, 0.0) == pytest.approx([0.0, 0.0, 0.0], abs=1e-6)


@settings(deadline=None)
@given(st.tuples(*[st.floats(0.0, 1.0, width=32)] * 3))
def test_there_and_back(colour):
    before = torch.tensor(colour).view(1, 3, 1, 1)
    torch.testing.assert_close(from_oklab(to_oklab(before)), before, atol=2e-4, rtol=0)


def test_grey_has_no_hue():
    greys = torch.linspace(0, 1, 33).view(1, 1, 1, -1).expand(1, 3, 1, -1)
    lab = to_oklab(greys)
    assert lab[:, 1:].abs().max() < 1e-5
    assert (lab[0, 0, 0].diff() > 0).all()


def test_what_no_screen_can_show_is_clamped():
    got = from_oklab(
        torch.tensor([[1.4, 0.0, 0.0], [0.5, 0.5, 0.5], [-0.2, 0.0, 0.0]]).T.view(1, 3, 1, 3)
    )
    assert got.min() >= 0.0
    assert got.max() <= 1.0
    assert got[0, :, 0, 0].tolist() == pytest.approx([1.0, 1.0, 1.0], abs=1e-5)
    assert got[0, :, 0, 2].tolist() == [0.0, 0.0, 0.0]
