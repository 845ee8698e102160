"""Tests of execution/."""
