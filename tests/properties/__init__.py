"""Random schemas, and what must hold for the plans between them."""
