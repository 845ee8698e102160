"""From the text of a file to statements with a place, a declared object and annotations."""
