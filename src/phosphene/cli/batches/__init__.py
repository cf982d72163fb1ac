"""Parts of `phosphene batch`."""
