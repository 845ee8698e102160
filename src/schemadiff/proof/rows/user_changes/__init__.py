"""What users do to rows between a plan and its rollback."""
