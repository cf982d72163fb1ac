"""What `phosphene batch` needs beyond a single render."""
