"""Scenes are added, moved and removed as blocks of the file, and others still find them."""

import tomllib

import pytest

from phosphene.errors import ProjectError
from phosphene.studio.editing.operations import operations
from phosphene.studio.editing.patches import patched

TEXT = """\
[song]
file = "song.wav"

# The form of the song.
[[scene]]  # a verse
at = "bar 1"
prompt = "a reef"   # calm
seed = 7
[[scene]]  # a chorus: a cut
at = "bar 5"
prompt = [
  "a city",       # first
  "a burning city",
]
[[scene]]  # the verse again
at = "bar 9"
continues = "bar 1"
dissolve = "1 bar"
[[scene]]  # and once more
at = "bar 13"
continues = "bar 1"

# The beat.
[[motion]]
use = "beat"
"""


def edited(*edits, text=TEXT):
    return patched(text, operations(list(edits)), lambda at: float(at.removeprefix("bar ")))


def put(value, *path):
    return {"op": "put", "path": ["scene", *path], "value": value}


def test_a_scene_moves_and_its_comments_stay():
    after = edited({"op": "move_scene", "index": 1, "at": "bar 6"})
    assert after == TEXT.replace('at = "bar 5"', 'at = "bar 6"')


def test_scenes_that_continue_a_scene_by_its_position_follow():
    after = edited({"op": "move_scene", "index": 0, "at": "bar 2"})
    assert after == TEXT.replace('"bar 1"', '"bar 2"')
    text = TEXT.replace('at = "bar 1"', 'at = "bar 1"\nname = "verse"').replace('continues = "bar 1"', 'continues = "verse"')  # fmt: skip
    after = edited({"op": "move_scene", "index": 0, "at": "bar 2"}, text=text)
    assert after == text.replace('at = "bar 1"', 'at = "bar 2"')


def test_a_scene_that_moves_past_another_takes_its_place_in_the_file():
    after = edited({"op": "move_scene", "index": 2, "at": "bar 15"})
    block = '[[scene]]  # the verse again\nat = "bar 9"\ncontinues = "bar 1"\ndissolve = "1 bar"\n'
    rest = TEXT.replace(block, "")
    moved = block.replace("bar 9", "bar 15")
    assert after == rest.replace("\n# The beat.", f"{moved}\n# The beat.")


def test_a_scene_is_added_where_it_belongs_and_dropped_again():
    added = '[[scene]]\nat = "bar 7"\nprompt = "a fair"\n'
    after = edited({"op": "add_scene", "at": "bar 7", "prompt": "a fair"})
    assert after == TEXT.replace("[[scene]]  # the verse", f"{added}[[scene]]  # the verse")
    assert edited({"op": "drop_scene", "index": 2}, text=after) == TEXT
    last = edited({"op": "add_scene", "at": "bar 14", "prompt": "a fair"})
    added = added.replace("bar 7", "bar 14")
    assert last == TEXT.replace("\n# The beat.", f"{added}\n# The beat.")
    assert edited({"op": "drop_scene", "index": 4}, text=last) == TEXT


def test_the_first_scene_of_a_project_goes_to_its_end():
    text = '[song]\nfile = "song.wav"\n'
    after = edited({"op": "add_scene", "at": "bar 7", "prompt": "a fair"}, text=text)
    assert after == text + '\n[[scene]]\nat = "bar 7"\nprompt = "a fair"\n'


def test_the_first_continuing_scene_takes_the_place_of_a_removed_one():
    after = edited({"op": "drop_scene", "index": 0})
    assert '[[scene]]  # the verse again\nat = "bar 9"\ndissolve = "1 bar"\n' in after
    scenes = tomllib.loads(after)["scene"]
    assert scenes[1] == {"at": "bar 9", "dissolve": "1 bar", "prompt": "a reef", "seed": 7}
    assert scenes[2] == {"at": "bar 13", "continues": "bar 9"}
    chained = TEXT.replace('"bar 13"\ncontinues = "bar 1"', '"bar 13"\ncontinues = "bar 9"')
    scenes = tomllib.loads(edited({"op": "drop_scene", "index": 2}, text=chained))["scene"]
    assert scenes[2] == {"at": "bar 13", "continues": "bar 1"}


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        (put("a lagoon", 0, "prompt"), '"a reef"   # calm', '"a lagoon"   # calm'),
        (put("a port", 1, "prompt", 0), '"a city",  ', '"a port",  '),
        (put("ashes", 1, "prompt", 2), '"a burning city",\n]', '"a burning city",\n  "ashes",\n]'),
        (put("2 beats", 2, "dissolve"), '"1 bar"\n[[', '"2 beats"\n[['),
        (put(9, 0, "seed"), "seed = 7", "seed = 9"),
        (put("bar 1", 1, "continues"), '",\n]\n', '",\n]\ncontinues = "bar 1"\n'),
        ({"op": "drop", "path": ["scene", 0, "seed"]}, "seed = 7\n", ""),
    ],
)
def test_an_entry_of_a_scene_is_changed_alone(edit, before, after):
    assert TEXT.count(before) == 1
    assert edited(edit) == TEXT.replace(before, after)


def test_a_shot_is_dropped():
    after = edited({"op": "drop", "path": ["scene", 1, "prompt", 1]})
    assert tomllib.loads(after)["scene"][1]["prompt"] == ["a city"]


@pytest.mark.parametrize("op", ["move_scene", "drop_scene"])
def test_a_scene_that_is_not_there_is_refused(op):
    about = {"at": "bar 3"} if op == "move_scene" else {}
    with pytest.raises(ProjectError, match=r"scene\[4\]: the file cannot be changed there"):
        edited({"op": op, "index": 4, **about})
