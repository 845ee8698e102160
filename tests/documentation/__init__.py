"""Tests of the pages, of what they show, and of the site that is made of them."""
