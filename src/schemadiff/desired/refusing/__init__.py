"""Statements that would have no effect, each with its reason and what to do instead."""
