"""Files of a practice, of other systems and of insurers: what they say, and what is wrong with them. Pure."""
