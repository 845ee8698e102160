"""Beside the Supabase CLI: what its ledger, its files and ours say of each other."""
