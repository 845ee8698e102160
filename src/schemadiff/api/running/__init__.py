"""What writes to live, or says what it would write: plans run, rolled back, recorded."""
