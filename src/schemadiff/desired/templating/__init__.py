"""Templates that become SQL, in a sandbox."""
