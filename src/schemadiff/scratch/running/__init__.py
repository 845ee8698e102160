"""Server processes: the account they run as, their directories, and how they end."""
