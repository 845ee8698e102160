"""Scratch databases with live's roles, default privileges and settings."""
