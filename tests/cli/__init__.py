"""Tests of the command line and of what people read."""
