"""Server processes: as whom they run, where, and that they end."""
