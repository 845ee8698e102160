"""How a kind of object is declared: fields with rules, rows as objects."""
