"""Reads schedules, and translates their formulas to Phosphene's."""
