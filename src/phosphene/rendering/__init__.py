"""Rendering a project to a film, and resuming a render that was stopped."""
