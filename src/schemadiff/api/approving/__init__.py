"""Saying yes to a plan."""
