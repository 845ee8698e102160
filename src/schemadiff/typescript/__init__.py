"""The types of what an API serves, for clients in TypeScript."""
