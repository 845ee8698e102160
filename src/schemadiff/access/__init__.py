"""What roles can really do with the objects of a catalog, computed from it and from what stands around it."""
