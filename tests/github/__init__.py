"""The action for GitHub, and the scripts for other build systems."""
