"""The rehearsal of plans and its judges."""
