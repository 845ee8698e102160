"""Acts in an order in which each can be carried out."""
