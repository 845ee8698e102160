"""The state that the demo starts from, and the project that declares the wanted one."""
