"""A host and its practices: their owners are invited, agreements kept, counts made and costs estimated."""
