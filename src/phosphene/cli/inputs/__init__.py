"""What a command works on: its options, the project, the plugins, and the render."""
