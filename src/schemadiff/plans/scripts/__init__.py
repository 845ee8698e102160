"""The text of up.sql and down.sql: written from a plan, and read back."""
