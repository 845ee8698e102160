"""Shadow databases that hold what the desired files declare."""
