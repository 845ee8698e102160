"""Plans that are spoiled on purpose: the proof must not hold."""
