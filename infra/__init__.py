"""Everything around the functions: table, bucket, keys, headers. Templates are data."""
