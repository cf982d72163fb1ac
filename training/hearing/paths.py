"""Folders of the beat network's training, and its sound fonts."""

from pathlib import Path

HERE = Path(__file__).parent
CACHE, RUNS = HERE.parent / "cache" / "hearing", HERE.parent / "runs" / "hearing"
WEIGHTS = HERE.parents[1] / "src" / "phosphene" / "models" / "hearing" / "beats.safetensors"
#: (probability, file, latency of its drums in seconds, FluidSynth's included) of Debian's
#: fluid-soundfont-gm (MIT) and opl3-soundfont. TimGM6mb is reserved for the benchmark.
FONTS = (
    (0.85, Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"), 0.0065),
    (0.15, Path("/usr/share/sounds/sf2/OPL-3_FM_128M.sf2"), 0.011),
)
