"""What rows of live are asked before a script runs: those in the way, as far as they may be asked."""
