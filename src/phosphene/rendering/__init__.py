"""Making a film of a project: painting and filming at once, and resuming what was stopped."""
