"""From two catalogs to an ordered migration and its rollback; pure, no connection, no output."""
