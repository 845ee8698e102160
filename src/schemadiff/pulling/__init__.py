"""A database as files: what declares it, in which file each statement stands, and what is left out."""
