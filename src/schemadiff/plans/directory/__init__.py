"""The directory of a plan: its files, their format, reading, writing, and what was edited in them."""
