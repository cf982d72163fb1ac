"""Formulas: a small language for numbers per frame, parsed over a whitelist, never eval'ed.

It has numbers, names, operators, comparisons, `and`, `or`, `not`, `a if c else b`, and the
functions of `words.FUNCTIONS`; nothing else. The libraries that were looked at let in more:
numexpr hands the text to Python's `eval`, after a pattern has searched it for bad words; asteval
is a whole interpreter with loops, and was broken out of by its format strings; simpleeval has
text, attributes and items in its language, and its conditions take no arrays. Here `ast` only
reads the text; what it read is copied, node by node, into three classes of our own (`tree`),
which can not hold anything that is not in the tables of `words`, and NumPy runs them on whole
arrays of floats: there are no integers that could grow without end, no strings, no attributes
and no loops.
"""

from phosphene.score.formulas.parse import Formula, parse
from phosphene.score.formulas.tree import FormulaError

__all__ = ["Formula", "FormulaError", "parse"]
