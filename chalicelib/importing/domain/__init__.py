"""The CSV files a practice brings: their columns, and what is wrong with them. Pure."""
