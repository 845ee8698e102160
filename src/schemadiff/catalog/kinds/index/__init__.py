"""An index: its kind, and how it is read."""
