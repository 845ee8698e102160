"""Shadow databases that hold live without its rows."""
