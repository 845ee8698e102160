"""The wanted state: SQL files and templates, read into statements and loaded into a scratch database."""
