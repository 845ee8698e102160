"""Rules that find what is unwise in a state of a database, beyond what makes a plan wrong; `rules` lists them."""
