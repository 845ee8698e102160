"""Objects that are the same under another name."""
