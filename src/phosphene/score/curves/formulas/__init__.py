"""Formulas: a small language for numbers per frame, parsed with a whitelist and never eval'ed.

It has numbers, names, operators, comparisons, `and`, `or`, `not`, `a if c else b`, and the
functions of `words.FUNCTIONS`; nothing else. Existing libraries allow more: numexpr passes the text
to Python's `eval` after a search for forbidden words; asteval is a full interpreter with loops, and
its sandbox was escaped through format strings; simpleeval has strings, attributes and subscripts,
and its conditions do not accept arrays. Here `ast` only parses the text. The result is copied, node
by node, into three classes (`tree`) that can only represent the entries of `words`, and NumPy
evaluates them on arrays of floats. There are no unbounded integers, strings, attributes or loops.
"""

from phosphene.score.curves.formulas.parse import Formula, parse
from phosphene.score.curves.formulas.tree import FormulaError

__all__ = ["Formula", "FormulaError", "parse"]
