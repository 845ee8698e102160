"""Files that are there already, changed where live is not what they declare, and nowhere else."""
