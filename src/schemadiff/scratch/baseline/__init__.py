"""Scratch databases that begin as live does: roles, privileges, settings."""
