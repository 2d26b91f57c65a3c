"""Files that a practice puts into its folder of the bucket, until somebody has them posted."""
