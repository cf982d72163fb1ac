"""Curves: one value per frame, made from keyframes, features, events and formulas, and mixed."""
