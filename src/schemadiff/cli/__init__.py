"""The command line: the only place that prints, prompts, exits or reads the environment."""
