"""Jobs of the studio: requests of the page, the queue and its worker processes."""
