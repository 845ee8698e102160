"""Definitions that servers word differently although they mean the same."""
