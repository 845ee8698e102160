"""What a kind hands to planning: statements, their hazards, and questions to rows."""
