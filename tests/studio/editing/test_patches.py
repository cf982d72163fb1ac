"""Edits of a project's text change what they name, and nothing else."""

import tomllib

import pytest

from phosphene.errors import ProjectError
from phosphene.studio.editing.operations import operations
from phosphene.studio.editing.patches import patched

TEXT = """\
# A film.
[song]
file = "song.wav"   # the song

# Size and rate.
[video]
fps = 12

[prompts]
blend = "2 bars"
[prompts.at]
"bar 1" = "a reef"   # first
"bar 5" = "a city"   # then

# The path of the camera.
[[motion]]
use = "keyframes"   # points
zoom = { "bar 1" = 1.0, "bar 3" = 1.020, "bar 5" = 1.0 }   # in and out

# The beat.
[[motion]]
use = "beat"
release = "0.3s"
to = { zoom = 0.04 }
"""


def edited(*edits, text=TEXT, moment=lambda text: float(text.removeprefix("bar "))):
    return patched(text, operations(list(edits)), moment)


def changed_lines(after, before=TEXT):
    old = before.splitlines()
    return [line for line in after.splitlines() if line not in old]


def put(value, *path):
    return {"op": "put", "path": list(path), "value": value}


def test_a_value_is_replaced_and_its_comment_stays():
    after = edited(put("orbit", "motion", 0, "use"))
    assert changed_lines(after) == ['use = "orbit"   # points']
    assert after == TEXT.replace('"keyframes"', '"orbit"')


def test_a_keyframe_changes_its_value_and_the_others_keep_their_notation():
    after = edited(put(1.05, "motion", 0, "zoom", "bar 5"))
    line = 'zoom = { "bar 1" = 1.0, "bar 3" = 1.020, "bar 5" = 1.05 }   # in and out'
    assert changed_lines(after) == [line]


def test_a_keyframe_that_moves_past_another_is_sorted_by_time():
    rename = {"op": "rename", "path": ["motion", 0, "zoom"], "key": "bar 1", "to": "bar 4"}
    after = edited(rename)
    line = 'zoom = { "bar 3" = 1.020, "bar 4" = 1.0, "bar 5" = 1.0 }   # in and out'
    assert changed_lines(after) == [line]


def test_a_keyframe_is_added_and_dropped():
    after = edited(put(1.1, "motion", 0, "zoom", "bar 4"))
    assert '"bar 3" = 1.020, "bar 4" = 1.1, "bar 5"' in after
    assert edited({"op": "drop", "path": ["motion", 0, "zoom", "bar 4"]}, text=after) == TEXT


def test_a_prompt_is_moved_and_its_comment_with_it():
    rename = {"op": "rename", "path": ["prompts", "at"], "key": "bar 5", "to": "bar 7"}
    assert edited(rename) == TEXT.replace('"bar 5" = "a city"', '"bar 7" = "a city"')


def test_a_new_line_goes_below_the_last_one_of_its_table_not_below_the_next_comment():
    after = edited(put(3, "song", "downbeat"), put(0.5, "motion", 0, "amount"))
    assert 'file = "song.wav"   # the song\ndownbeat = 3\n\n# Size and rate.' in after
    assert "# in and out\namount = 0.5\n\n# The beat." in after


def test_a_missing_table_is_added_at_the_end_and_inside_of_a_layer_inline():
    after = edited(put("none", "model", "name"), put(2.0, "motion", 0, "to", "hue"))
    assert after.endswith('\n\n[model]\nname = "none"\n')
    assert tomllib.loads(after)["motion"][0]["to"] == {"hue": 2.0}
    assert "to = { hue = 2.0 }" in after


def test_layers_are_added_removed_and_moved_with_their_comments():
    layer = {"use": "level", "to": {"zoom": 0.01}}
    after = edited({"op": "add_layer", "layer": layer})
    assert after == TEXT + '\n[[motion]]\nuse = "level"\nto = { zoom = 0.01 }\n'
    gone = edited({"op": "drop_layer", "index": 0})
    assert "# The path of the camera." not in gone
    assert "# The beat.\n[[motion]]" in gone
    assert [one["use"] for one in tomllib.loads(gone)["motion"]] == ["beat"]
    swapped = edited({"op": "move_layer", "index": 1, "to": 0})
    assert swapped.index("# The beat.") < swapped.index("# The path of the camera.")
    assert edited({"op": "move_layer", "index": 1, "to": 0}, text=swapped) == TEXT


def test_layers_before_another_table_and_with_subtables():
    text = TEXT + '[motion.amount]\n"bar 1" = 0.5\n\n# Last.\n[model]\nname = "none"\n'
    gone = edited({"op": "drop_layer", "index": 1}, text=text)
    assert tomllib.loads(gone)["model"] == {"name": "none"}
    assert "amount" not in gone
    assert "# Last.\n[model]" in gone
    more = edited({"op": "add_layer", "layer": {"use": "orbit"}}, text=text)
    assert more.index('use = "orbit"') < more.index("# Last.\n[model]")


def test_a_table_is_dropped_with_its_comments():
    text = TEXT + '\n# Space.\n[depth]   # deep\nsource = "tunnel"\n'
    drop = {"op": "drop", "path": ["depth"]}
    assert edited(drop, text=text) == TEXT
    assert (
        edited(drop, text=text + "\n# Last.\n[model]\nseed = 1\n")
        == TEXT + "\n# Last.\n[model]\nseed = 1\n"
    )
    assert edited(drop, text='depth = { source = "tunnel" }\n' + TEXT) == TEXT


def test_a_text_that_looks_like_a_header_is_none():
    text = 'style = """\n[[motion]]\n"""\n' + TEXT
    gone = edited({"op": "drop_layer", "index": 0}, text=text)
    assert tomllib.loads(gone)["style"] == "[[motion]]\n"
    assert len(tomllib.loads(gone)["motion"]) == 1


def test_a_line_separator_of_unicode_does_not_end_a_line():
    style = 'style = "a\u2028b\u2028c\u2028d"\n'
    text = style + 'negative = """\n[[motion]]\n"""\n' + TEXT
    gone = edited({"op": "drop_layer", "index": 0}, text=text)
    assert gone.startswith(style)
    assert [layer["use"] for layer in tomllib.loads(gone)["motion"]] == ["beat"]


@pytest.mark.parametrize(
    "edit",
    [
        {"op": "rename", "path": ["prompts", "at"], "key": "bar 1", "to": "bar 5"},
        {"op": "rename", "path": ["prompts", "at"], "key": "bar 2", "to": "bar 9"},
        {"op": "put", "path": ["motion", 9, "use"], "value": "beat"},
        {"op": "put", "path": ["song", "file", "x"], "value": 1},
        {"op": "put", "path": ["song", "downbeat"], "value": None},
        {"op": "drop_layer", "index": 2},
    ],
)
def test_missing_entries_are_refused(edit):
    with pytest.raises(ProjectError, match="cannot be changed there"):
        edited(edit)


@pytest.mark.parametrize("given", [[], [{}], {}, [{"op": "run", "path": ["a"]}], [{"op": "put"}]])
def test_invalid_edits_are_refused(given):
    with pytest.raises(ProjectError, match="not an edit"):
        operations(given)
