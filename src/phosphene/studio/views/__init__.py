"""What the page shows of a project, as JSON and packed arrays."""
