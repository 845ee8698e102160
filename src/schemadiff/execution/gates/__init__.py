"""What must hold before and after a plan runs."""
