"""Whether a query on live may run: what it would call, and whose code that is."""
