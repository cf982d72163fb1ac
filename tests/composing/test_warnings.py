"""Valid entries that are probably mistakes cause a warning with the likely meaning; usual ones do not."""

import numpy as np
import pytest

from phosphene.composing.compose import compose
from phosphene.testing import synthetic_song

BEAT = {"use": "beat", "to": {"rotation": 1.0}}
CASES = [
    ({"use": "beat", "to": {"zoom": 1.04}}, "motion[0].to.zoom = 1.04 takes zoom to 2.04 (factor per frame); `to` counts from 1, which is rest: for a factor of 1.04 write 0.04"),
    ({"use": "beat", "to": {"zoom": 4}}, "motion[0].to.zoom = 4 takes zoom to 5 (factor per frame); `to` counts from 1, which is rest: for a factor of 1.04 write 0.04"),
    ({"use": "beat", "to": {"brightness": 1.1}}, "motion[0].to.brightness = 1.1 takes brightness to 2.1 (factor); `to` counts from 1, which is rest: for a factor of 1.1 write 0.1"),
    ({"use": "beat", "to": {"zoom": -1.5}}, "motion[0].to.zoom = -1.5 takes it to -0.5; a factor stays above 0, and 0.001 is taken"),
    ({"use": "beat", "to": {"rotation": 90}}, "motion[0].to.rotation = 90 takes rotation to 90 (degrees per frame)"),
    ({"use": "keyframes", "translation_x": 600}, "motion[0] takes translation_x to 600 (px per frame)"),
    ({"use": "spiral", "end_zoom": 1.5, "period": "1s"}, "motion[0] takes zoom to 1.5 (factor per frame); 1 is rest"),
    ({"use": "keyframes", "guidance": 7.5}, "motion[0] takes guidance to 7.5 (times the model's guidance scale)"),
    (BEAT | {"release": "300"}, 'motion[0].release = "300" is 300 frames, 25 s at 12 fps; for milliseconds write "300ms"'),
    (BEAT | {"attack": "300s"}, 'motion[0].attack = "300s" is longer than the song; for milliseconds write "300ms"'),
    (BEAT | {"when": {"feature": "kick", "above": 50}}, "motion[0].when.above = 50, but 'kick' ranges from 0 to 1 here: the layer is never active; for per cent write 0.5"),
    (BEAT | {"when": {"feature": "kick", "below": 50}}, "motion[0].when.below = 50, but 'kick' ranges from 0 to 1 here: the bound has no effect; for per cent write 0.5"),
    (BEAT | {"amount": 50}, 'motion[0].amount = 50 makes the layer 50 times as strong; for per cent write "50%"'),
    (BEAT | {"amount": {"use": "beat", "at_full": 50}}, 'motion[0].amount = 50 makes the layer 50 times as strong; for per cent write "50%"'),
    (BEAT | {"amount": {"use": "beat", "release": "300"}}, 'motion[0].amount.release = "300" is 300 frames, 25 s at 12 fps; for milliseconds write "300ms"'),
]  # fmt: skip


def warnings(project, *layers, **tables):
    tables = {"video": {"fps": 12}} | tables
    return compose(project(*layers, **tables), synthetic_song(8.0)).warnings


@pytest.mark.parametrize(("layer", "expected"), CASES, ids=range(len(CASES)))
def test_probable_mistakes_are_reported(project, layer, expected):
    assert expected in warnings(project, layer)


@pytest.mark.parametrize(
    "layer",
    [
        {"use": "beat", "to": {"zoom": 0.04, "strength": -0.08, "brightness": 1.0}},
        {"use": "beat", "to": {"zoom": 1.04}, "mix": "multiply"},
        {"use": "orbit", "period": "120"},
        {"use": "noise", "period": "120", "to": {"rotation": 2.0}},
        {"use": "spiral"},
        BEAT | {"release": "99"},
        BEAT | {"release": "4 bars", "amount": 2.0},
        BEAT | {"when": {"feature": "low", "above": 0.5}, "amount": "50%"},
        {"use": "beat", "to": {"zoom": 1.04}, "mute": True},
        {"use": "keyframes", "zoom": {"0": 1.0, "2s": 1.1}, "guidance": 1.5, "translation_x": 20},
    ],
)
def test_usual_entries_are_not_reported(project, layer):
    assert warnings(project, layer, {"use": "keyframes", "rotation": 0.1}) == ()


def test_frames_that_are_not_shown_are_not_reported_of(project):
    late = {"use": "keyframes", "zoom": {"0": 1.0, "4s": 1.0, "5s": 2.0}}
    assert warnings(project, late)
    assert warnings(project, late, video={"fps": 12, "end": "4s"}) == ()


def test_a_late_offset_is_milliseconds(project):
    expected = warnings(project, BEAT, song={"file": "a.wav", "offset": -20})
    assert expected == (
        "song.offset = -20 moves the beats by as many seconds; for milliseconds write -0.02",
    )


def test_each_is_reported_once(project):
    expected = warnings(project, {"look": "pulse", "amount": 100})
    assert sum("100 times as strong" in text for text in expected) == 1


def test_a_plain_number_is_a_constant_and_per_cent_is_a_share(project):
    song = synthetic_song(2.0)
    score = compose(project({"use": "keyframes", "zoom": 1.02, "rotation": 3}), song)
    np.testing.assert_allclose(score.channels["zoom"], 1.02, rtol=1e-12)
    np.testing.assert_array_equal(score.channels["rotation"], 3.0)
    turn = {"use": "keyframes", "rotation": {"0": 2.0}}
    for amount in (
        "50%",
        " 50 % ",
        0.5,
        {"0": "50%"},
        {"use": "expression", "value": "0", "at_rest": "50%"},
    ):
        half = compose(project(turn | {"amount": amount}), song)
        np.testing.assert_allclose(half.channels["rotation"], 1.0)


@pytest.mark.parametrize(
    ("prompt", "mark", "advice"),
    [
        ("a fox <lora:ink:0.8>", "<lora:ink:0.8>", "add a LoRA as [[model.lora]]"),
        ("embedding:ink, a fox", "embedding:ink", "textual inversion is not supported"),
        ("a [cat:dog:0.5]", "[cat:dog:0.5]", "one prompt becomes another by a second key"),
        ("a [red|blue] fox", "[red|blue]", "give a scene a list of prompts"),
        ("a fox BREAK snow", "BREAK", "long prompts are split at their commas"),
    ],
)
def test_marks_of_other_programs_in_prompts_are_reported(project, prompt, mark, advice):
    (text,) = warnings(project, prompts={"at": {"0": prompt, "10": f"{prompt}, night"}})
    assert text.startswith(f"prompts: '{mark}' is read as words; {advice}")


def test_weights_in_prompts_are_not_reported(project):
    prompt = "a (fox:1.3), ((snow)), [mist], a \\(x\\), 3:4, unbreakable"
    assert warnings(project, prompts={"at": {"0": prompt}}) == ()


MIXED = {"use": "beat", "to": {"prompt_mix": 1.0}}
LIST = [{"at": 0, "prompt": ["a", "b"]}]


@pytest.mark.parametrize(
    ("tables", "layer", "expected"),
    [
        ({"video": {"upscaler": "realesrgan"}}, BEAT, 'video.upscaler = "realesrgan" has no effect: set upscale = 2 or 4 too'),
        ({"video": {"upscaler": "realesrgan", "upscale": 2}}, BEAT, ""),
        ({"video": {"image": "a.png"}, "scene": [{"at": 0, "image": "b.png"}]}, BEAT, "video.image has no effect: the first scene has an image of its own"),
        ({"video": {"image": "a.png"}, "scene": [{"at": 9, "image": "b.png"}]}, BEAT, ""),
        ({"prompts": {"shot": "4 bars"}}, BEAT, "prompts.shot has no effect: no scene has a list of prompts"),
        ({"prompts": {"shot": "1 bar"}, "scene": LIST}, BEAT, ""),
        ({"prompts": {"at": {"0": "a"}}}, MIXED, "motion drives prompt_mix, which has no effect with one prompt"),
        ({"prompts": {"at": {"0": "a", "9": "b"}}}, MIXED, ""),
        ({}, {"use": "beat", "to": {"field_of_view": 20}}, "motion drives field_of_view, which has no effect without tilt, pan or [depth]"),
        ({}, {"use": "beat", "to": {"field_of_view": 20, "pan": 1}}, ""),
        ({"depth": {"source": "ground"}}, {"use": "beat", "to": {"field_of_view": 20}}, ""),
    ],
)  # fmt: skip
def test_an_entry_whose_partner_is_missing_is_reported(project, tables, layer, expected):
    said = warnings(project, layer, **tables)
    assert said == ((expected,) if expected else ())
