"""What roles may do: privileges on objects, those that new objects get, and access control lists."""
