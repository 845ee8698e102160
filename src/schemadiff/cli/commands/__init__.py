"""One file a command, and what several commands do alike."""
