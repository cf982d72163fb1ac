"""Prompts with negative parts and weights."""

import pytest

from phosphene.errors import ProjectError
from phosphene.importers.deforum.tables.prompts import read_prompts


def test_positive_and_negative_parts(saved):
    found = read_prompts(
        saved(
            max_frames=120,
            prompts={"0": "a fox --neg text, blur", "30": "a cat --neg photo, text"},
            positive_prompts="oil",
            negative_prompts="frame",
        ),
        119, 0,
    )  # fmt: skip
    assert found.at == {"0": "oil a fox", "30": "oil a cat"}
    assert found.negative == "frame"
    assert found.negatives == {"0": "text, blur, frame", "30": "photo, text, frame"}
    assert found.lost == []


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("a (red:1.3) fox", "a (red:1.3) fox"),
        ("a ((very)) [small] fox", "a ((very)) [small] fox"),
        ("a fox:`where(t<30, 1, 0)` AND a storm:0.5", "a fox, a storm"),
        ("a fox :1 AND a storm :0.25", "a fox, a storm"),
        ("a fox <lora:fur:0.8>, snow", "a fox , snow"),
        ("16:9 picture at 3:1 scale", "16:9 picture at 3:1 scale"),
        ("plain words", "plain words"),
    ],
)
def test_weights_of_words_are_kept_and_other_syntax_is_removed(saved, given, plain):
    found = read_prompts(saved(max_frames=9, prompts={"0": given}), 8, 0)
    assert found.at == {"0": plain}


def test_frames_may_be_formulas_and_later_prompts_are_listed(saved):
    prompts = {'"max_f/2"': "b", "0": "a", "900": "c"}
    found = read_prompts(saved(max_frames=101, prompts=prompts), 100, 0)
    assert found.at == {"0": "a", "50": "b"}
    assert ['"900"' in line for line in found.lost] == [True]


def test_older_files(saved):
    old = saved(max_frames=9, animation_prompts={"0": "a"}, animation_prompts_negative="x")
    found = read_prompts(old, 8, 0)
    assert (found.at, found.negative) == ({"0": "a"}, "x")


@pytest.mark.parametrize("prompts", [{"soon": "a"}, "[", 7])
def test_prompts_of_other_types_are_an_error(saved, prompts):
    with pytest.raises(ProjectError, match=r"settings\.txt: prompts"):
        read_prompts(saved(max_frames=9, prompts=prompts), 8, 0)
