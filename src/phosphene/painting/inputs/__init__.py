"""Guides, masks, overlays and captions of the picture."""
