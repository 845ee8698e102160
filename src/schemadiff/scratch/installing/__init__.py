"""Postgres programs and initialised data directories, kept between runs."""
