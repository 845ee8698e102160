"""A plan is data: its model, its scripts, its directory."""
