"""What a scratch server is kept from, by which means, and how it starts that way."""
