"""What a command works on, and who may say so: options, variables, files of the user and of the project."""
