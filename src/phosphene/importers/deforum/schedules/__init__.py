"""Reads schedules, and translates their formulas."""
