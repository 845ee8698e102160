"""What lies in the archive, as SQL: how it is saved, and how it comes back."""
