"""What programs show beside the files of a change: SARIF, and GitHub's annotations."""
