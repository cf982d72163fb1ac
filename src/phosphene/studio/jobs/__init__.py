"""What is painted while the page is used: requests, the queue and its processes."""
