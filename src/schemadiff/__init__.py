"""Declarative schema migrations for Postgres and Supabase, with a rollback that is proven."""
