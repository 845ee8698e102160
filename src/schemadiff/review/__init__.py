"""A plan for people and machines: the plan directory, scripts, Markdown and JSON."""
