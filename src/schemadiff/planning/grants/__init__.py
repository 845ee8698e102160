"""Owners and privileges of what a plan makes and changes."""
