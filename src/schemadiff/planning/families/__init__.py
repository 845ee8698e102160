"""Tables that get a part of what they are from others: children, partitions, typed tables."""
