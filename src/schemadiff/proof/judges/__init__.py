"""Who judges what a rehearsal reached."""
