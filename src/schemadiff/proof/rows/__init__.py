"""Rows in the rehearsal: made up or sampled, counted and compared before and after."""
