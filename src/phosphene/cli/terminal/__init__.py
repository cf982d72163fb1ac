"""The terminal: what is printed, and how a command ends."""
