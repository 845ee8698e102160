"""Rehearses a plan on a scratch copy of live, both ways, and has the result judged."""
