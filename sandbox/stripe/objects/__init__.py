"""One module per resource. Handlers take (scope, params, *ids in the path) and return the object."""
