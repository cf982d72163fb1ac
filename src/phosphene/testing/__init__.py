"""Tests for plugin authors: contract tests, and a synthetic song with known beats.

The complete test of a modulator is two lines:

    class TestWobble(ModulatorContract):
        modulator = Wobble

Each check is a separate test, and a failure explains the problem and the fix. Nothing here
requires pytest; `phosphene plugins check` runs the same checks.
"""

from phosphene.testing.contract import ContractError, Finding
from phosphene.testing.depths import DepthContract, check_depth, examine_depth
from phosphene.testing.directors import DirectorContract, check_director, examine_director
from phosphene.testing.engines import EngineContract, check_engine, examine_engine, small_score
from phosphene.testing.features import FeatureContract, check_feature, examine_feature
from phosphene.testing.modulators import (
    ModulatorContract,
    check_modulator,
    examine_modulator,
    seconds_of,
)
from phosphene.testing.songs import HOP, synthetic_song, timeline
from phosphene.testing.upscalers import UpscalerContract, check_upscaler, examine_upscaler

__all__ = [
    "HOP",
    "ContractError",
    "DepthContract",
    "DirectorContract",
    "EngineContract",
    "FeatureContract",
    "Finding",
    "ModulatorContract",
    "UpscalerContract",
    "check_depth",
    "check_director",
    "check_engine",
    "check_feature",
    "check_modulator",
    "check_upscaler",
    "examine_depth",
    "examine_director",
    "examine_engine",
    "examine_feature",
    "examine_modulator",
    "examine_upscaler",
    "seconds_of",
    "small_score",
    "synthetic_song",
    "timeline",
]
