"""Loading of desired statements into a scratch database."""
