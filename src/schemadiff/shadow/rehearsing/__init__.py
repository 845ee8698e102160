"""Scripts run on shadow databases."""
