"""How visibly a film follows its camera and its beat, measured on the decoded file."""

from benchmarks.motion.figures import Figures, measure

__all__ = ["Figures", "measure"]
