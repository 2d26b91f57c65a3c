"""CSV files to commands."""
