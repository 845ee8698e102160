"""Plans as migrations of the Supabase CLI: files that it runs, and versions that its ledger knows."""
