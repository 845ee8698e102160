"""What the bodies of routines say, tried where everything is loaded that the files declare."""
