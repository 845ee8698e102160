"""What a plan destroys is kept, and comes back."""
