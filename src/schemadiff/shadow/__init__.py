"""Databases on a scratch server: the desired schema loaded, live copied, scripts rehearsed."""
