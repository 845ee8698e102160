"""Throwaway Postgres servers: where desired SQL is loaded and plans are rehearsed."""
