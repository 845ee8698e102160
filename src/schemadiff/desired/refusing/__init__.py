"""Statements of which nothing would come, each with its reason and what to do instead."""
