"""What is asked about one state: of live, or of the files."""
