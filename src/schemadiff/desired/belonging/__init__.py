"""Whose objects the statements of files are about: ours, or those of a platform, an extension or the system."""
