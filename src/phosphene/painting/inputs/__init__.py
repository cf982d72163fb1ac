"""What a project lays into or over the picture: guides, masks, overlays and captions."""
