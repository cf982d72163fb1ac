"""Where the training of the beat network keeps its things, and the sound fonts it plays with."""

from pathlib import Path

HERE = Path(__file__).parent
CACHE, RUNS = HERE.parent / "cache" / "hearing", HERE.parent / "runs" / "hearing"
WEIGHTS = HERE.parents[1] / "src" / "phosphene" / "models" / "hearing" / "beats.safetensors"
#: Debian's fluid-soundfont-gm (MIT) and opl3-soundfont: chance, file, and how many seconds after
#: the note its drums are heard (with FluidSynth's own delay). The benchmark's TimGM6mb is left out,
#: so that what it measures was played by instruments that the network never heard.
FONTS = (
    (0.85, Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"), 0.0065),
    (0.15, Path("/usr/share/sounds/sf2/OPL-3_FM_128M.sf2"), 0.011),
)
