"""What `phosphene plugins check` examines."""

from phosphene import EngineSpec
from phosphene.testing.engines import CHECKS
from phosphene.testing.examining import findings

painted = []


def load(model, score):
    painted.append(score.prompts)
    raise RuntimeError("no weights here")


def test_an_engine_paints_its_own_examples():
    painted.clear()
    [found] = findings({("engines", "grey"): EngineSpec("grey", "", load, examples=("a", "b"))})
    assert set(painted) == {("a", "b")}
    assert (found["of"], found["check"], found["about"]) == (
        "engine grey",
        "made",
        "It can be created.",
    )
    assert "no weights here" in found["problem"]
    assert len(CHECKS) > 1  # what cannot be made is reported once, not by each check


def test_an_engine_without_examples_is_not_loaded():
    painted.clear()
    assert not list(findings({("engines", "grey"): EngineSpec("grey", "", load)}))
    assert not painted
