"""How much a plan directory may hold: it may come from a pull request."""

MOST_TEXT = 256 * 2**20
"""Bytes of each file that is text, and of the states when they are unpacked."""

MOST_PACKED = 64 * 2**20
"""Bytes of the packed states."""
