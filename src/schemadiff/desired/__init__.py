"""The wanted state: SQL files and templates, read into statements with positions and loaded into a scratch database."""
