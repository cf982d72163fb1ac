"""What is painted: the prompts of directed scenes."""

import tomllib

import pytest

from phosphene.directing.director import direct
from phosphene.directors import Brief


def test_other_models_get_the_idea_in_its_own_words(pop):
    data = tomllib.loads(direct(pop, Brief("a fox, dancing", 5, "sdxl")))
    given = [scene.get("prompt", []) for scene in data["scene"]]
    texts = [text for shots in given for text in ([shots] if isinstance(shots, str) else shots)]
    assert len(texts) > 6
    assert all(text.startswith("a fox, dancing, ") for text in texts)
    assert data["prompts"]["style"]
    assert data["model"]["name"] == "sdxl"
    assert data["video"]["width"] == 512


def test_an_idea_without_a_known_word_is_noted_and_still_gives_a_film(pop):
    text = direct(pop, Brief("my dog Rex", 5))
    assert "# Left out, as the model does not know them: dog, rex." in text
    assert tomllib.loads(text)["scene"]


@pytest.mark.parametrize(
    ("idea", "first"),
    [
        ("a journey through space", "space, in "),
        ("a fox in the snow", "forest in the snow, in "),  # the model does not know foxes
        ("my dog at the sea", "at the sea, in "),
    ],
)
def test_the_loudest_scene_shows_the_idea_with_its_world(pop, idea, first):
    scenes = tomllib.loads(direct(pop, Brief(idea, 1)))["scene"]
    chorus = next(scene for scene in scenes if scene["at"] == "chorus 1")
    assert chorus["prompt"][0].startswith(first)


def test_without_an_idea_the_seed_chooses_one(pop):
    ideas = {direct(pop, Brief("", seed)).splitlines()[1] for seed in range(12)}
    assert len(ideas) > 5
    assert all("(chosen by the seed; give your own with --idea)" in idea for idea in ideas)


def test_with_a_colour_in_the_idea_the_second_scene_has_its_opposite(pop):
    scenes = tomllib.loads(direct(pop, Brief("machines in a neon city", 1)))["scene"]
    prompts = {scene["at"]: str(scene.get("prompt")) for scene in scenes}
    assert "neon city" in prompts["chorus 1"]
    assert sum("neon" in prompt for prompt in prompts.values()) == 1
    assert "gold" in prompts["verse 1"]
