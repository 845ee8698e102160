"""What a script changes, object by object: the model that every form of a review is made of."""
