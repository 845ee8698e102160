"""Rules that give advice on a plan, beyond what makes it wrong; one file a rule, and `rules.RULES` lists them."""
