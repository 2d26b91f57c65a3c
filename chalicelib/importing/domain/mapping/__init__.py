"""Other systems' exports as rows of ours: maps of headers and rules, and what they make of a file. Pure."""
